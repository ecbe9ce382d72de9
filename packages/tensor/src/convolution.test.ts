import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, positionsOf, stridedView } from '../../../test/support/strided-views.ts';
import { useBackend } from './backend/backend.ts';
import { referenceBackend } from './backend/reference/reference.ts';
import { columnLimit, convolutionInput, convolutionOutput, convolutionWeight } from './convolution.ts';
import { type ConvolutionGeometry, resolveConvolution } from './convolution-geometry.ts';
import { normal } from './random/distributions.ts';
import { RandomKey } from './random/key.ts';
import { type Shape, sizeOf } from './shape.ts';
import type { Tensor } from './tensor.ts';

interface Case {
  readonly geometry: ConvolutionGeometry;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly y: Tensor;
}

function flatIndex(position: readonly number[], shape: Shape): number {
  return position.reduce((index, each, axis) => index * shape[axis]! + each, 0);
}

/** Every product x·w·y of the definition, by the row-major indices of its three factors. */
function forEachProduct(
  { geometry, x, weight, y }: Case,
  visit: (x: number, weight: number, y: number) => void,
): void {
  const { size, count, stride, dilation, padding, groups, spatial } = geometry;
  const [perGroup, outputsPerGroup] = [weight.shape[1]!, weight.shape[0]! / groups];
  const kernel = positionsOf(size);
  for (const [n, o, ...p] of positionsOf([x.shape[0]!, weight.shape[0]!, ...count])) {
    const firstChannel = Math.floor(o! / outputsPerGroup) * perGroup;
    for (const k of kernel) {
      const s = p.map((each, axis) => each * stride[axis]! + k[axis]! * dilation[axis]! - padding[axis]![0]);
      if (s.some((each, axis) => each < 0 || each >= spatial[axis]!)) continue;
      for (let c = 0; c < perGroup; c++) {
        visit(
          flatIndex([n!, firstChannel + c, ...s], x.shape),
          flatIndex([o!, c, ...k], weight.shape),
          flatIndex([n!, o!, ...p], y.shape),
        );
      }
    }
  }
}

/** Compares all three maps with sums over the products of the definition. */
function expectDefinition(each: Case, close: (got: Tensor, wanted: Float64Array) => void): void {
  const { geometry, x, weight, y } = each;
  const [xs, ws, ys] = [x, weight, y].map(elementsOf) as [number[], number[], number[]];
  const wanted = [x, weight, y].map((of) => new Float64Array(of.size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  forEachProduct(each, (i, j, k) => {
    wanted[0][i]! += ws[j]! * ys[k]!;
    wanted[1][j]! += xs[i]! * ys[k]!;
    wanted[2][k]! += xs[i]! * ws[j]!;
  });
  close(convolutionInput(y, weight, geometry), wanted[0]);
  close(convolutionWeight(x, y, geometry), wanted[1]);
  close(convolutionOutput(x, weight, geometry), wanted[2]);
}

/** Convolutions over one to three axes with everything that can vary, of strided views. */
const cases: fc.Arbitrary<Case> = fc
  .integer({ min: 1, max: 3 })
  .chain((axes) => {
    const perAxis = (low: number, high: number) =>
      fc.array(fc.integer({ min: low, max: high }), { minLength: axes, maxLength: axes });
    return fc.record({
      size: perAxis(1, 3),
      stride: perAxis(1, 3),
      dilation: perAxis(1, 2),
      before: perAxis(0, 2),
      after: perAxis(0, 2),
      slack: perAxis(0, axes === 3 ? 2 : 4),
      batch: fc.integer({ min: 0, max: 3 }),
      groups: fc.integer({ min: 1, max: 2 }),
      channels: fc.integer({ min: 1, max: 2 }),
      outputs: fc.integer({ min: 1, max: 2 }),
    });
  })
  .chain(({ size, stride, dilation, before, after, slack, batch, groups, channels, outputs }) => {
    const spatial = size.map((length, axis) =>
      Math.max(1, (length - 1) * dilation[axis]! + 1 + slack[axis]! - before[axis]! - after[axis]!),
    );
    const padding = before.map((each, axis) => [each, after[axis]!] as const);
    const shapes = {
      x: [batch, groups * channels, ...spatial],
      weight: [groups * outputs, channels, ...size],
    };
    const options = { stride, dilation, padding, groups };
    const geometry = resolveConvolution('conv', shapes.x, shapes.weight, size.length, options);
    return fc.record({
      geometry: fc.constant(geometry),
      x: stridedView(shapes.x),
      weight: stridedView(shapes.weight),
      y: stridedView([batch, groups * outputs, ...geometry.count]),
    });
  });

test('input, weight and output are sums over the definition, for any geometry and strides', () => {
  fc.assert(
    fc.property(cases, (each) => {
      // Quarters: every sum is exact.
      expectDefinition(each, (got, wanted) => {
        expect(Array.from(got.toTypedArray(), (value) => value + 0)).toEqual(
          Array.from(wanted, (v) => v + 0),
        );
      });
    }),
    { numRuns: 150 },
  );
});

const key = RandomKey.fromSeed(3);

/** A case of float64 normal numbers. */
function randomCase(x: Shape, weight: Shape, options: Parameters<typeof resolveConvolution>[4]): Case {
  const geometry = resolveConvolution('conv', x, weight, x.length - 2, options);
  const draw = (i: number, shape: Shape) => normal(key.foldIn(i), shape, { dtype: 'float64' });
  return {
    geometry,
    x: draw(0, x),
    weight: draw(1, weight),
    y: draw(2, [x[0]!, weight[0]!, ...geometry.count]),
  };
}

/** The sizes of all tensors that primitives make. */
function recordSizes(fn: () => unknown): number[] {
  const sizes: number[] = [];
  const recording = Object.fromEntries(
    Object.entries(referenceBackend).map(([name, primitive]) => [
      name,
      typeof primitive === 'function'
        ? (...operands: unknown[]) => {
            const result: Tensor = (primitive as (...operands: unknown[]) => Tensor)(...operands);
            sizes.push(result.size);
            return result;
          }
        : primitive,
    ]),
  );
  const previous = useBackend(recording as unknown as typeof referenceBackend);
  try {
    fn();
  } finally {
    useBackend(previous);
  }
  return sizes;
}

describe('columns that are larger than the limit', () => {
  const large: readonly (readonly [string, Case])[] = [
    ['a batch of images', randomCase([6, 3, 40, 38], [2, 3, 5, 5], { padding: 2 })],
    ['one large image', randomCase([1, 1, 150, 140], [2, 1, 5, 5], { padding: [2, 0] })],
    ['one long signal', randomCase([1, 2, 9000], [2, 1, 30], { groups: 2, dilation: 3, padding: 'same' })],
  ];

  test.each(large)('%s: the same sums', (_, each) => {
    expectDefinition(each, (got, wanted) => {
      const scale = Math.max(...wanted.map(Math.abs));
      const error = Array.from(got.toTypedArray()).reduce(
        (worst, v, i) => Math.max(worst, Math.abs(v - wanted[i]!)),
        0,
      );
      expect(got.size).toBe(wanted.length);
      expect(error / scale).toBeLessThan(1e-14);
    });
  });

  test.each(large)('%s: nothing larger than the padded input, the output or the limit', (_, each) => {
    const { geometry, x, weight, y } = each;
    const padded =
      x.shape[0]! *
      x.shape[1]! *
      sizeOf(geometry.spatial.map((length, i) => geometry.padding[i]![0] + length + geometry.padding[i]![1]));
    const columns = x.shape[1]! * sizeOf(geometry.size) * sizeOf(geometry.count) * x.shape[0]!;
    const limit = Math.max(columnLimit, padded, y.size);
    expect(columns).toBeGreaterThan(1.5 * limit);
    for (const run of [
      () => convolutionOutput(x, weight, geometry),
      () => convolutionWeight(x, y, geometry),
      () => convolutionInput(y, weight, geometry),
    ]) {
      const sizes = recordSizes(run);
      expect(sizes.length).toBeGreaterThan(2);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
    }
  });
});

test('float32 stays float32', () => {
  const { geometry, x, weight, y } = randomCase([2, 1, 5], [1, 1, 2], {});
  const [a, w, b] = [x, weight, y].map((each) => each.cast('float32')) as [Tensor, Tensor, Tensor];
  const results = [
    convolutionOutput(a, w, geometry),
    convolutionWeight(a, b, geometry),
    convolutionInput(b, w, geometry),
  ];
  expect(results.map(({ dtype }) => dtype)).toEqual(['float32', 'float32', 'float32']);
});
