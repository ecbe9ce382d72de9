import { fromTypedArray, type Shape, type SliceRange, sizeOf, type Tensor } from '@reparam/tensor';
import fc from 'fast-check';

/** Every position of a shape in row-major order; the one position of a scalar is []. */
export function positionsOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((head) => Array.from({ length }, (_, i) => [...head, i])),
    [[]],
  );
}

/**
 * One element by the definition of a view, offset + Σ iₖ·strides[k], without any kernel. The position may be one
 * of a larger shape that the tensor broadcasts to.
 */
export function elementAt({ data, shape, strides, offset }: Tensor, position: readonly number[]): number {
  const lead = position.length - shape.length;
  return data[
    shape.reduce(
      (at, length, axis) => at + (length === 1 ? 0 : position[lead + axis]! * strides[axis]!),
      offset,
    )
  ]!;
}

/** All elements in row-major order, read with {@link elementAt}. */
export function elementsOf(x: Tensor): number[] {
  return positionsOf(x.shape).map((position) => elementAt(x, position));
}

/** Shapes that broadcast against each other, lengths 0 to 3: axes become 1 and leading axes are left out. */
export function broadcastableShapes(count: number): fc.Arbitrary<number[][]> {
  const rank = 3;
  const full = fc.array(fc.constantFrom(0, 1, 2, 2, 3, 3), { maxLength: rank });
  const shortening = fc.record({
    skipped: fc.nat(rank),
    short: fc.array(fc.boolean(), { minLength: rank, maxLength: rank }),
  });
  return fc
    .tuple(full, fc.array(shortening, { minLength: count, maxLength: count }))
    .map(([shape, choices]) =>
      choices.map(({ skipped, short }) =>
        shape.map((length, axis) => (short[axis] ? 1 : length)).slice(skipped % (shape.length + 1)),
      ),
    );
}

/** How the view steps along an axis; a repeated axis has stride 0, so that all of its elements share memory. */
const steppings = ['plain', 'backwards', 'everySecond', 'repeated'] as const;
type Stepping = (typeof steppings)[number];

/** A float64 view of the given shape with permuted, negative, wide or zero strides and an offset. */
export function stridedView(shape: Shape): fc.Arbitrary<Tensor> {
  const axes = shape.map((_, axis) => axis);
  return fc
    .record({
      order: fc.shuffledSubarray(axes, { minLength: axes.length }),
      stepping: fc.tuple(...axes.map(() => fc.constantFrom(...steppings))),
      seed: fc.nat(1000),
    })
    .map(({ order, stepping, seed }) => buildView(shape, order, stepping, seed));
}

function buildView(
  shape: Shape,
  order: readonly number[],
  stepping: readonly Stepping[],
  seed: number,
): Tensor {
  const stored: Record<Stepping, (length: number) => number> = {
    plain: (length) => length,
    backwards: (length) => length,
    everySecond: (length) => 2 * length,
    repeated: () => 1,
  };
  const ranges: Record<Stepping, SliceRange> = {
    plain: null,
    backwards: [null, null, -1],
    everySecond: [null, null, 2],
    repeated: null,
  };
  const storage = order.map((axis) => stored[stepping[axis]!](shape[axis]!));
  // Multiples of 1/4 from −5 to 5: sums and products of a few are exact in float32 too.
  const lead = seed % 3;
  const data = Float64Array.from(
    { length: lead + sizeOf(storage) },
    (_, i) => (((i + seed) * 7919) % 41) / 4 - 5,
  );
  return fromTypedArray(data)
    .slice([[lead, null]])
    .reshape(storage)
    .permute(shape.map((_, axis) => order.indexOf(axis)))
    .slice(stepping.map((kind) => ranges[kind]))
    .expand(shape);
}
