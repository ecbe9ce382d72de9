import { ArgumentError, AxisError, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { repeat, tile } from './repeat.ts';

const x = tensor([
  [1, 2],
  [3, 4],
]);
const shapes = fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 3 });

describe('repeat', () => {
  // The examples of NumPy's manual.
  test('by hand', () => {
    expect(repeat(3, 4).toArray()).toEqual([3, 3, 3, 3]);
    expect(repeat(x, 2).toArray()).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(repeat(x, 3, 1).toArray()).toEqual([
      [1, 1, 1, 2, 2, 2],
      [3, 3, 3, 4, 4, 4],
    ]);
    expect(repeat(x, [1, 2], 0).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [3, 4],
    ]);
    expect(repeat(x, 0, -1).shape).toEqual([2, 0]);
  });

  test('writes each entry as often as it counts', () => {
    const cases = shapes.chain((shape) =>
      fc.nat(shape.length - 1).chain((axis) =>
        fc.record({
          x: stridedView(shape),
          axis: fc.constant(axis),
          counts: fc.array(fc.nat(3), { minLength: shape[axis]!, maxLength: shape[axis]! }),
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ({ x, axis, counts }) => {
        const sources: number[] = [];
        counts.forEach((count, i) => {
          for (let k = 0; k < count; k++) sources.push(i);
        });
        const repeated = repeat(x, counts, axis);
        expect(repeated.shape).toEqual(x.shape.with(axis, sources.length));
        const expected = positionsOf(repeated.shape).map((position) =>
          elementAt(x, position.with(axis, sources[position[axis]!]!)),
        );
        expect(elementsOf(repeated.value)).toEqual(expected);
      }),
    );
  });

  test('the cotangents of the copies add up', () => {
    const weights = tensor([1, 10, 100, 1000, 10000]);
    const [gradient] = grad((v) => sum(mul(repeat(v!, [2, 0, 3]), weights)))(tensor([5, 6, 7]));
    expect(gradient?.toArray()).toEqual([11, 0, 11100]);
  });

  test('refuses counts that are negative, not whole or not as many as entries', () => {
    expect(() => repeat(x, [1, 2, 3], 0)).toThrow(
      'repeat: there are 3 counts for the 2 entries of axis 0 of [2, 2]. Give one for each, or one number for all.',
    );
    expect(() => repeat(x, -1, 0)).toThrow('repeat: the count -1 in [-1] is no whole number ≥ 0.');
    expect(() => repeat(x, [1, 0.5], 0)).toThrow(ArgumentError);
    expect(() => repeat(x, 1, 2)).toThrow(AxisError);
  });
});

describe('tile', () => {
  // The examples of NumPy's manual.
  test('by hand', () => {
    const a = tensor([0, 1, 2]);
    expect(tile(a, 2).toArray()).toEqual([0, 1, 2, 0, 1, 2]);
    expect(tile(a, [2, 2]).toArray()).toEqual([
      [0, 1, 2, 0, 1, 2],
      [0, 1, 2, 0, 1, 2],
    ]);
    expect(tile(a, [2, 1, 2]).toArray()).toEqual([[[0, 1, 2, 0, 1, 2]], [[0, 1, 2, 0, 1, 2]]]);
    expect(tile(x, 2).toArray()).toEqual([
      [1, 2, 1, 2],
      [3, 4, 3, 4],
    ]);
    expect(tile(x, [2, 1]).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [1, 2],
      [3, 4],
    ]);
    expect(tile(7, []).item()).toBe(7);
  });

  test('y[i] = x[i mod n], the shorter of counts and shape filled up in front', () => {
    const cases = fc.record({
      x: shapes.chain(stridedView),
      counts: fc.array(fc.nat(3), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ x, counts }) => {
        const rank = Math.max(x.rank, counts.length);
        const lengths = [...new Array(rank - x.rank).fill(1), ...x.shape];
        const times = [...new Array(rank - counts.length).fill(1), ...counts];
        const tiled = tile(x, counts);
        expect(tiled.shape).toEqual(lengths.map((length, axis) => length * times[axis]));
        const expected = positionsOf(tiled.shape).map((position) =>
          elementAt(x, position.map((i, axis) => i % lengths[axis]).slice(rank - x.rank)),
        );
        expect(elementsOf(tiled.value)).toEqual(expected);
      }),
    );
  });

  test('refuses counts that are negative or not whole', () => {
    expect(() => tile(zeros([2]), [2, -1])).toThrow('tile: the count -1 in [2, -1] is no whole number ≥ 0.');
    expect(() => tile(zeros([2]), 1.5)).toThrow(ArgumentError);
  });
});
