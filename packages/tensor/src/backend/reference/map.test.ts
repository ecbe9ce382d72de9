import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  broadcastableShapes,
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { arange, scalar, tensor, zeros } from '../../create.ts';
import { constant, input } from '../../expression/expression.ts';
import { add, divide, less, multiply, negate, select, subtract, tanh } from '../../expression/functions.ts';
import { map } from '../../primitives.ts';
import { broadcastShapes } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';

const [x, y, z] = [input(0), input(1), input(2)];
/** (a < b ? a·c : c − b) + a, whose operands differ, so that mixing them up shows. */
const formula = add(select(less(x, y), multiply(x, z), subtract(z, y)), x);
const compute = (a: number, b: number, c: number): number => (a < b ? a * c : c - b) + a;

const views = broadcastableShapes(3).chain((shapes) => fc.tuple(...shapes.map(stridedView)));

function expectMapped(result: Tensor, operands: readonly Tensor[], f: (...values: number[]) => number): void {
  const [a, b, c] = operands.map(({ shape }) => shape);
  const shape = broadcastShapes('test', { a: a ?? [], b: b ?? [], c: c ?? [] });
  expect(result.shape).toEqual(shape);
  expect(result.isContiguous).toBe(true);
  expect(elementsOf(result)).toEqual(
    positionsOf(shape).map((position) => f(...operands.map((operand) => elementAt(operand, position)))),
  );
}

describe('map equals a naive loop', () => {
  test('for three views that broadcast, with any strides, in float64', () => {
    fc.assert(
      fc.property(views, (operands) => {
        expectMapped(map(formula, operands), operands, compute as (...values: number[]) => number);
      }),
      { numRuns: 300 },
    );
  });

  test('in float32: computed in double precision and rounded once', () => {
    const single = scalar(1 / 3).expand([2]);
    const third = Math.fround(1 / 3);
    expect(map(subtract(multiply(x, x), x), [single]).toArray()).toEqual(
      Array(2).fill(Math.fround(third * third - third)),
    );
    fc.assert(
      fc.property(views, (operands) => {
        const singles = operands.map((operand) => operand.cast('float32'));
        // Multiples of 1/4 up to 5: nothing is rounded.
        expectMapped(map(formula, singles), singles, compute as (...values: number[]) => number);
      }),
      { numRuns: 50 },
    );
  });

  test('for one tensor in several places', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 3 }).chain(stridedView), (a) => {
        const operands = [a, a, a];
        expectMapped(map(formula, operands), operands, compute as (...values: number[]) => number);
      }),
      { numRuns: 50 },
    );
  });
});

test('operands may share their memory in different orders', () => {
  const square = arange(9).reshape([3, 3]);
  expect(map(subtract(x, y), [square, square.transpose()]).toArray()).toEqual([
    [0, -2, -4],
    [2, 0, -2],
    [4, 2, 0],
  ]);
});

test('inputs are left as they were', () => {
  const a = tensor([1, 2, 3]);
  map(negate(x), [a]);
  expect(a.toArray()).toEqual([1, 2, 3]);
});

test('scalars, numbers alone and empty shapes', () => {
  expect(map(divide(x, y), [scalar(1), scalar(4)]).toArray()).toBe(0.25);
  expect(map(constant(7), [zeros([2, 1])]).toArray()).toEqual([[7], [7]]);
  expect(map(tanh(x), [zeros([3, 0])]).shape).toEqual([3, 0]);
  expect(map(add(x, y), [zeros([1, 0]), zeros([4, 1])]).shape).toEqual([4, 0]);
});

test('an input that the formula does not read still takes part in the shape', () => {
  expect(map(y, [zeros([2, 1]), tensor([5, 6])]).toArray()).toEqual([
    [5, 6],
    [5, 6],
  ]);
});
