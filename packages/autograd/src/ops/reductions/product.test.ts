import { tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { grad, vjp } from '../../transforms.ts';
import { mul } from '../elementwise.ts';
import { prod } from './product.ts';
import { sum } from './sum.ts';

const doubles = (values: readonly number[]) => tensor(values, { dtype: 'float64' });

/** The product of all entries except those listed. */
function productWithout(values: readonly number[], ...left: number[]): number {
  return values.reduce((product, value, i) => (left.includes(i) ? product : product * value), 1);
}

test('by hand, over every choice of axes', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(prod(x).item()).toBe(720);
  expect(prod(x, { axes: 0 }).toArray()).toEqual([4, 10, 18]);
  expect(prod(x, { axes: -1, keepDims: true }).toArray()).toEqual([[6], [120]]);
  expect(prod(x, { axes: [1, 0], keepDims: true }).toArray()).toEqual([[720]]);
  expect(prod(tensor([3, -2], { dtype: 'int32' })).item()).toBe(-6);
  expect(prod(tensor(5)).item()).toBe(5);
});

test('of nothing is 1', () => {
  expect(prod(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([1, 1]);
  expect(prod(zeros([0])).item()).toBe(1);
  expect(prod(zeros([2, 0]), { axes: 0 }).shape).toEqual([0]);
  expect(grad((x) => prod(x!))(zeros([2, 0]))[0]!.shape).toEqual([2, 0]);
});

test('float32 factors are multiplied in double precision: what is between may leave its range', () => {
  expect(prod(tensor([2 ** 100, 2 ** 100, 2 ** -100, 2 ** -100])).item()).toBe(1);
});

describe('derivatives with zeros among the factors', () => {
  // A known wrong answer: y/x is 0/0 there.
  test.each([[[2, 3, 5]], [[2, 0, 5, 7]], [[0, 3, 0, 5]], [[0, 0, 0, 2, 3]], [[0]]])(
    '%j, first and second',
    (values) => {
      const x = doubles(values);
      const expected = values.map((_, i) => productWithout(values, i));
      expect(grad((v) => prod(v!))(x)[0]!.toArray()).toEqual(expected);
      values.forEach((_, i) => {
        const unit = doubles(values.map((_, j) => Number(i === j)));
        const [row] = grad((v) => sum(mul(grad((u) => prod(u!))(v!)[0]!, unit)))(x);
        expect(row!.toArray()).toEqual(values.map((_, j) => (i === j ? 0 : productWithout(values, i, j))));
      });
    },
  );

  test('along any axes of any view, the product of the others', () => {
    const cases = fc
      .array(fc.constantFrom(1, 2, 3, 5), { minLength: 2, maxLength: 3 })
      .chain((shape) => fc.tuple(stridedView(shape), fc.subarray(shape.map((_, axis) => axis))));
    fc.assert(
      fc.property(cases, ([x, axes]) => {
        const { output, pullback } = vjp((v) => prod(v!, { axes, keepDims: true }), x);
        const values = elementsOf(x);
        const at = positionsOf(x.shape);
        const together = (position: readonly number[]): number[] =>
          at.flatMap((other, j) =>
            other.every((index, axis) => axes.includes(axis) || index === position[axis]) ? [j] : [],
          );
        const close = (found: number, expected: number): void => {
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
        };
        elementsOf(output.value).forEach((value, k) => {
          const group = together(positionsOf(output.shape)[k]!);
          close(value, productWithout(group.map((j) => values[j]!)));
        });
        elementsOf(pullback(tensor(1, { dtype: 'float64' }).expand(output.shape))[0]!.value).forEach(
          (gradient, i) => {
            const others = together(at[i]!).filter((j) => j !== i);
            close(gradient, productWithout(others.map((j) => values[j]!)));
          },
        );
      }),
      { numRuns: 100 },
    );
  });
});
