import { describe, expect, test } from 'vitest';
import { useBackend } from '../backend/backend.ts';
import { referenceBackend } from '../backend/reference/reference.ts';
import { constant, type Expression, input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { normal } from '../random/distributions.ts';
import { RandomKey } from '../random/key.ts';
import { sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { WasmBackend, wasmAvailable } from './backend.ts';

const key = RandomKey.fromSeed(61);
const wasm = new WasmBackend({ sparesSmall: false });

function largestError(actual: Tensor, expected: Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  const exact = expected.toTypedArray();
  return Array.from(actual.toTypedArray()).reduce((most, value, i) => {
    if (Object.is(value, exact[i]) || value === exact[i]) return most;
    return Math.max(most, Math.abs(value - exact[i]!) / Math.max(1e-30, Math.abs(exact[i]!)));
  }, 0);
}

const x = normal(key, [5, 7, 9]);
const y = normal(key.foldIn(1), [7, 9]);
const row = normal(key.foldIn(2), [9]);

/** Views of every kind: whole, transposed, sliced with steps and backwards, repeated, of single elements. */
const views: readonly (readonly [string, Tensor])[] = [
  ['a whole tensor', x],
  ['a transposed one', x.permute([2, 0, 1])],
  ['every other row, backwards', x.slice([null, [null, null, -2]])],
  ['a column of a wide one', normal(key.foldIn(3), [400, 30]).slice([null, 4])],
  ['a repeated row', row.expand([6, 7, 9])],
  ['a repeated number', normal(key.foldIn(4), []).expand([3, 5])],
  ['nothing', x.slice([[2, 2]])],
  ['double precision', normal(key.foldIn(5), [4, 5], { dtype: 'float64' })],
];

describe.skipIf(!wasmAvailable())('eager operations agree with the reference', () => {
  const softplus: Expression = f.add(f.softplus(input(0)), constant(0.25));

  test.each(views)('maps over %s', (_, view) => {
    const [actual, expected] = [wasm, referenceBackend].map((each) =>
      each.map(softplus, [view], view.shape, view.dtype),
    );
    expect(largestError(actual!, expected!)).toBeLessThan(1e-6);
  });

  test('maps of views that broadcast against each other', () => {
    const formula = f.multiply(f.subtract(input(0), input(1)), f.exp(input(2)));
    const [actual, expected] = [wasm, referenceBackend].map((each) =>
      each.map(formula, [x, y, row], x.shape, 'float32'),
    );
    expect(largestError(actual!, expected!)).toBeLessThan(1e-6);
  });

  test.each(views)('reductions of %s', (_, view) => {
    const subsets = view.shape.length === 3 ? [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] : [[0]];
    for (const axes of subsets.filter((each) => each.every((axis) => axis < view.rank))) {
      for (const kind of ['sum', 'product', 'maximum', 'minimum'] as const) {
        const isEmpty = axes.some((axis) => view.shape[axis] === 0);
        if (isEmpty && (kind === 'maximum' || kind === 'minimum')) continue;
        const [actual, expected] = [wasm, referenceBackend].map((each) => each.reduce(kind, view, axes));
        expect(largestError(actual!, expected!)).toBeLessThan(2e-5);
      }
    }
  });

  test('matrix products, batched, transposed and of nothing', () => {
    const pairs: readonly (readonly [Tensor, Tensor])[] = [
      [x, normal(key.foldIn(6), [5, 9, 11])],
      [x.transpose(), x],
      [x, y.transpose().expand([5, 9, 7])],
      [x.slice([null, [0, 0]]), normal(key.foldIn(7), [5, 9, 2])],
      [
        y.slice([null, [0, 0]]),
        row
          .slice([[0, 0]])
          .expand([4, 0])
          .transpose(),
      ],
    ];
    for (const [a, b] of pairs) {
      const [actual, expected] = [wasm, referenceBackend].map((each) => each.matmul(a, b));
      const products = sizeOf(expected!.shape);
      const [got, exact] = [actual!.toTypedArray(), expected!.toTypedArray()];
      expect(actual!.shape).toEqual(expected!.shape);
      // |a·b| summed is at most some 30 here, of which float32 loses a few parts in 10⁷ for each of 9 terms.
      for (let i = 0; i < products; i++) expect(Math.abs(got[i]! - exact[i]!)).toBeLessThan(3e-5);
    }
  });

  test('draws, the same bits', () => {
    for (const kind of ['uniform', 'normal'] as const) {
      for (const dtype of ['float32', 'float64'] as const) {
        const [actual, expected] = [wasm, referenceBackend].map((each) =>
          each.random(kind, key, [3, 41], dtype).toTypedArray(),
        );
        expect(actual).toEqual(expected);
      }
    }
  });
});

describe.skipIf(!wasmAvailable())('what is left to the reference', () => {
  test('formulas without vector instructions, and int32', () => {
    const lgamma = wasm.map(f.lgamma(input(0)), [x.slice([0])], [7, 9], 'float32');
    expect(lgamma.toArray()).toEqual(
      referenceBackend.map(f.lgamma(input(0)), [x.slice([0])], [7, 9], 'float32').toArray(),
    );
    const whole = x.cast('int32');
    expect(wasm.reduce('sum', whole, [0, 1, 2]).dtype).toBe('int32');
  });

  test('operands and results stay apart from the memory of the kernels', () => {
    const before = useBackend(wasm);
    try {
      const [a, b] = [normal(key, [9000]), normal(key.foldIn(9), [9000])];
      const held = a.toTypedArray();
      const sum = wasm.map(f.add(input(0), input(1)), [a, b], [9000], 'float32');
      const first = sum.toTypedArray();
      wasm.map(f.exp(input(0)), [b], [9000], 'float32');
      expect(sum.toTypedArray()).toEqual(first);
      expect(a.toTypedArray()).toEqual(held);
    } finally {
      useBackend(before);
    }
  });
});
