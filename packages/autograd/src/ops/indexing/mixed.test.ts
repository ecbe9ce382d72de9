import { ArgumentError, AxisError, arange, IndexError, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { variable } from '../../variable.ts';
import { lessEqual, mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { type IndexSpec, index } from './mixed.ts';

const at = (...positions: number[]) => new Int32Array(positions);
const int = (values: number[] | number[][]) => tensor(values, { dtype: 'int32' });

// "Indexing on ndarrays" in NumPy's user guide.
describe("NumPy's examples", () => {
  const y = arange(35).reshape([5, 7]);
  const x = arange(12).reshape([4, 3]);

  test('arrays of positions', () => {
    expect(index(y, at(0, 2, 4), at(0, 1, 2)).toArray()).toEqual([0, 15, 30]);
    expect(index(y, at(0, 2, 4), 1).toArray()).toEqual([1, 15, 29]);
    expect(index(y, at(0, -1)).toArray()).toEqual([
      [0, 1, 2, 3, 4, 5, 6],
      [28, 29, 30, 31, 32, 33, 34],
    ]);
    expect(() => index(y, at(0, 2, 4), at(0, 1))).toThrow(
      'index: shapes do not broadcast: the array at axis 0 is [3] (axis -1 = 3), the array at axis 1 is [2] (axis -1 = 2).',
    );
  });

  test('corners, by two arrays and by a row and a column that broadcast', () => {
    const corners = [
      [0, 2],
      [9, 11],
    ];
    const rows = int([
      [0, 0],
      [3, 3],
    ]);
    const columns = int([
      [0, 2],
      [0, 2],
    ]);
    expect(index(x, rows, columns).toArray()).toEqual(corners);
    expect(index(x, int([[0], [3]]), at(0, 2)).toArray()).toEqual(corners);
  });

  test('arrays and ranges', () => {
    expect(index(y, at(0, 2, 4), [1, 3]).toArray()).toEqual([
      [1, 2],
      [15, 16],
      [29, 30],
    ]);
    expect(index(y, 2, [null, null, -3]).toArray()).toEqual([20, 17, 14]);
  });

  test('where the axes of the arrays stand', () => {
    const shape = [2, 3, 4, 3, 2];
    const a = zeros(shape);
    const first = zeros([5, 6, 7], { dtype: 'int32' });
    const second = zeros([6, 1], { dtype: 'int32' });
    expect(index(a, null, null, first).shape).toEqual([2, 3, 5, 6, 7, 3, 2]);
    expect(index(a, null, first, second).shape).toEqual([2, 5, 6, 7, 3, 2]);
    expect(index(a, null, first, null, second).shape).toEqual([5, 6, 7, 2, 4, 2]);
    // A single position counts as an array.
    expect(index(a, 0, null, at(0, 1)).shape).toEqual([2, 3, 3, 2]);
    expect(index(a, null, 0, at(0, 1)).shape).toEqual([2, 2, 3, 2]);
  });

  test('masks', () => {
    const rowSums = sum(
      tensor([
        [0, 1],
        [1, 1],
        [2, 2],
      ]),
      { axes: -1 },
    );
    expect(index(arange(6).reshape([3, 2]), lessEqual(rowSums, 2), null).toArray()).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const even = [false, true, false, true];
    expect(index(x, even, at(0, 2)).toArray()).toEqual([3, 11]);
    const mask = [
      [true, true, false],
      [false, true, true],
    ];
    expect(index(arange(30).reshape([2, 3, 5]), mask).toArray()).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [20, 21, 22, 23, 24],
      [25, 26, 27, 28, 29],
    ]);
    expect(index(y, [false, false, false, false, false]).shape).toEqual([0, 7]);
  });
});

test('cotangents are scattered to where the entries came from, and add up', () => {
  const x = arange(6).reshape([2, 3]);
  const weights = tensor([1, 10, 100]);
  const gradient = (...specs: IndexSpec[]) =>
    grad((v) => sum(mul(index(v!, ...specs), weights)))(x)[0]?.toArray();
  expect(gradient(at(0, 1, 0), at(2, -3, 2))).toEqual([
    [0, 0, 101],
    [10, 0, 0],
  ]);
  expect(
    gradient([
      [true, false, true],
      [false, false, true],
    ]),
  ).toEqual([
    [1, 0, 10],
    [0, 0, 100],
  ]);
});

test('a mask that was computed from x is a constant', () => {
  const x = variable([3, -1, 2], { requiresGrad: true });
  const positive = index(x, lessEqual(0, x));
  expect(positive.toArray()).toEqual([3, 2]);
  const [gradient] = grad((v) => sum(mul(index(v!, lessEqual(0, v!)), 5)))(x);
  expect(gradient?.toArray()).toEqual([5, 0, 5]);
});

describe('refuses', () => {
  const x = zeros([2, 3]);

  test.each<[string, IndexSpec[], new (...args: never[]) => Error]>([
    ['index: index 3 is outside axis 1 of [2, 3]: indices run from -3 to 2.', [0, at(0, 3)], IndexError],
    ['index: index -3 is outside axis 0 of [2, 3]: indices run from -2 to 1.', [-3, at(0)], IndexError],
    ['slice: 2 is outside axis 0 of [2, 3]: positions run from -2 to 1.', [2], IndexError],
    ['index: the specs stand for 3 axes, but the rank of [2, 3] is 2.', [null, at(0), 1], AxisError],
    [
      'index: the mask [3] stands at axis 0 of x [2, 3], and needs the lengths of as many of its axes from there, ' +
        'at least one.',
      [[true, false, true]],
      ShapeError,
    ],
    ['index: the mask [2, 3] stands at axis 1 of x [2, 3]', [null, zeros([2, 3])], ShapeError],
    ['index: the mask [] stands at axis 0 of x [2, 3]', [tensor(1)], ShapeError],
    [
      'index: a float32 tensor is a mask of 0 and 1, but the one of shape [2] has the entry 2. ' +
        "Positions are int32: use cast('int32').",
      [tensor([1, 2])],
      ArgumentError,
    ],
    [
      'index: a plain array is a range [start, stop] or [start, stop, step], or booleans, but for axis 0 of [2, 3] ' +
        'there is [0]. Give positions as an Int32Array or int32 tensor.',
      [[0] as unknown as IndexSpec],
      ArgumentError,
    ],
  ])('%s', (message, specs, type) => {
    expect(() => index(x, ...specs)).toThrow(message);
    expect(() => index(x, ...specs)).toThrow(type);
  });
});
