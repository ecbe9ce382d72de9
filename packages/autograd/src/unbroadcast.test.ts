import { broadcastShapes, full, type Shape, sizeOf, type Tensor } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  broadcastableShapes,
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../test/support/strided-views.ts';
import { clamp, div, mul } from './ops/elementwise.ts';
import { matmul } from './ops/matmul.ts';
import { type Differentiable, jvp, vjp } from './transforms.ts';
import { expandTo, sumTo } from './unbroadcast.ts';
import { variable } from './variable.ts';

/** Adds to each position of `shape` what `values` gives for the positions that it is repeated to. */
function naiveSums(shape: Shape, repeated: Shape, values: (position: readonly number[]) => number): number[] {
  const sums = new Map(positionsOf(shape).map((position) => [String(position), 0]));
  for (const position of positionsOf(repeated)) {
    const own = position.slice(repeated.length - shape.length);
    const key = String(own.map((index, axis) => (shape[axis] === 1 ? 0 : index)));
    sums.set(key, sums.get(key)! + values(position));
  }
  return [...sums.values()];
}

/** The elements, with 0 for −0: sums of nothing else differ in that alone. */
const unsigned = (x: Tensor): number[] => elementsOf(x).map((value) => value + 0);

const product: Differentiable = (a, b) => mul(a!, b!);
const operands = broadcastableShapes(2).chain(([a, b]) => {
  const shape = broadcastShapes('test', { a: a!, b: b! });
  return fc.tuple(stridedView(a!), stridedView(b!), stridedView(shape));
});

describe('cotangents have the shapes of their inputs', () => {
  test('of a product: summed over the repetitions, for lengths 0 and 1 and any strides', () => {
    fc.assert(
      fc.property(operands, ([a, b, cotangent]) => {
        const [da, db] = vjp(product, a, b).pullback(cotangent);
        const other = (x: Tensor) => (position: readonly number[]) =>
          elementAt(cotangent, position) * elementAt(x, position);
        expect([da!.shape, db!.shape]).toEqual([a.shape, b.shape]);
        // Multiples of 1/16: sums of a few are exact.
        expect(unsigned(da!.value)).toEqual(naiveSums(a.shape, cotangent.shape, other(b)));
        expect(unsigned(db!.value)).toEqual(naiveSums(b.shape, cotangent.shape, other(a)));
      }),
      { numRuns: 200 },
    );
  });

  test('of a quotient and of an operation of three inputs, first and second order', () => {
    const shapes = broadcastableShapes(3).chain((each) => fc.tuple(...each.map(stridedView)));
    const clamped: Differentiable = (x, low, high) => div(clamp(x!, low!, high!), 3);
    fc.assert(
      fc.property(shapes, (inputs) => {
        const { output, pullback } = vjp(clamped, ...inputs);
        const cotangents = pullback(full(output.shape, 0.5, { dtype: 'float64' }));
        expect(cotangents.map(({ shape }) => shape)).toEqual(inputs.map(({ shape }) => shape));
        const second = vjp(
          (...x) => vjp(product, x[0]!, x[1]!).pullback(mul(x[0]!, x[1]!))[0]!,
          inputs[0]!,
          inputs[1]!,
        );
        const secondCotangents = second.pullback(full(second.output.shape, 1, { dtype: 'float64' }));
        expect(secondCotangents.map(({ shape }) => shape)).toEqual([inputs[0]!.shape, inputs[1]!.shape]);
      }),
      { numRuns: 100 },
    );
  });

  test('of a matrix product over batches that broadcast', () => {
    const batches = broadcastableShapes(2).chain(([a, b]) =>
      fc.tuple(stridedView([...a!.slice(-2), 2, 3]), stridedView([...b!.slice(-2), 3, 1])),
    );
    fc.assert(
      fc.property(batches, ([a, b]) => {
        const { output, pullback } = vjp((x, y) => matmul(x!, y!), a, b);
        const [da, db] = pullback(full(output.shape, 1, { dtype: 'float64' }));
        expect([da!.shape, db!.shape]).toEqual([a.shape, b.shape]);
      }),
      { numRuns: 100 },
    );
  });

  test('⟨v, J u⟩ = ⟨Jᵀ v, u⟩ for a product', () => {
    const dot = (a: Tensor, b: Tensor): number =>
      positionsOf(a.shape).reduce((sum, at) => sum + elementAt(a, at) * elementAt(b, at), 0);
    const directions = operands.chain(([a, b, v]) =>
      fc.tuple(fc.constant([a, b, v] as const), stridedView(a.shape), stridedView(b.shape)),
    );
    fc.assert(
      fc.property(directions, ([[a, b, v], u, w]) => {
        const [da, db] = vjp(product, a, b).pullback(v);
        const { tangent } = jvp(product, [a, b], [u, w]);
        expect(tangent.shape).toEqual(v.shape);
        expect(dot(v, tangent.value)).toBe(dot(da!.value, u) + dot(db!.value, w));
      }),
      { numRuns: 100 },
    );
  });
});

test('sumTo and expandTo leave what already fits as it is', () => {
  const x = variable([[1, 2]]);
  expect(sumTo(x, [1, 2])).toBe(x);
  expect(expandTo(x, [1, 2])).toBe(x);
  expect(
    sumTo(
      variable([
        [1, 2],
        [3, 4],
      ]),
      [1, 2],
    ).toArray(),
  ).toEqual([[4, 6]]);
  expect(
    sumTo(
      variable([
        [1, 2],
        [3, 4],
      ]),
      [],
    ).toArray(),
  ).toBe(10);
  expect(sizeOf(sumTo(variable([[], []]), [2, 1]).shape)).toBe(2);
  expect(sumTo(variable([[], []]), [2, 1]).toArray()).toEqual([[0], [0]]);
});
