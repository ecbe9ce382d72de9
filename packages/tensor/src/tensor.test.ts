import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, stridedView } from '../../../test/support/strided-views.ts';
import { arange, scalar, tensor, zeros } from './create.ts';
import { ArgumentError, AxisError, IndexError, ShapeError } from './errors.ts';
import type { SliceRange } from './layout.ts';

/** 0 … 23 as [2, 3, 4]: the element (i, j, k) is 12i + 4j + k. */
const cube = arange(24).reshape([2, 3, 4]);

describe('reshape', () => {
  test('keeps the row-major order and shares the data', () => {
    const x = cube.reshape([4, 6]);
    expect(x.data).toBe(cube.data);
    expect(x.toArray()).toEqual([0, 6, 12, 18].map((row) => [0, 1, 2, 3, 4, 5].map((i) => row + i)));
    expect(scalar(7).reshape([1, 1]).toArray()).toEqual([[7]]);
    expect(
      tensor([[7]])
        .reshape([])
        .toArray(),
    ).toBe(7);
  });

  test.each([
    [
      [-1, 6],
      [4, 6],
    ],
    [[-1], [24]],
    [
      [2, -1, 1],
      [2, 12, 1],
    ],
    [
      [24, -1],
      [24, 1],
    ],
  ])('%j of 24 elements is %j', (requested, shape) => {
    expect(cube.reshape(requested).shape).toEqual(shape);
  });

  test('-1 beside a length of 0', () => {
    expect(zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3]);
    expect(zeros([0, 3]).reshape([0, -1]).shape).toEqual([0, 0]);
    expect(zeros([0, 3]).reshape([5, 0, 2]).shape).toEqual([5, 0, 2]);
  });

  test('of a view that is not row-major copies, in the order of the view', () => {
    const x = cube.permute([2, 0, 1]).reshape([8, 3]);
    expect(x.data).not.toBe(cube.data);
    expect(x.toArray()).toEqual([0, 12, 1, 13, 2, 14, 3, 15].map((first) => [first, first + 4, first + 8]));
  });

  test('that only adds or drops axes of length 1 shares the data of any view', () => {
    const column = cube.slice([null, [null, null, -2], 1]);
    const x = column.reshape([1, 2, 1, 2]);
    expect(x.data).toBe(cube.data);
    expect(x.toArray()).toEqual([[[[9, 1]], [[21, 13]]]]);
    expect(x.reshape([2, 2]).toArray()).toEqual(column.toArray());
  });

  test.each([
    [[5, 5], '[2, 3, 4] has 24 elements, which do not fill [5, 5].'],
    [[-1, 7], '[2, 3, 4] has 24 elements, which do not fill [-1, 7].'],
    [[-1, 0], '[2, 3, 4] has 24 elements, which do not fill [-1, 0].'],
  ])('refuses %j', (requested, explanation) => {
    expect(() => cube.reshape(requested)).toThrow(ShapeError);
    expect(() => cube.reshape(requested)).toThrow(
      `reshape: ${explanation} The product of the lengths has to stay the same; one length may be -1 to be worked out.`,
    );
  });

  test('refuses lengths that are none', () => {
    expect(() => cube.reshape([-1, -1])).toThrow(
      'reshape: shape [-1, -1] leaves more than one length to be worked out; only one may be -1.',
    );
    for (const bad of [-2, 1.5, Number.NaN]) expect(() => cube.reshape([bad, -1])).toThrow(ArgumentError);
  });
});

describe('permute and transpose', () => {
  test('put axis axes[i] first, second, …', () => {
    const x = cube.permute([2, 0, -2]);
    expect(x.shape).toEqual([4, 2, 3]);
    expect(x.slice([3, 1, 2]).item()).toBe(12 + 8 + 3);
    expect(x.data).toBe(cube.data);
    expect(scalar(1).permute([]).item()).toBe(1);
  });

  test('transpose swaps the last two axes unless told', () => {
    expect(cube.transpose().toArray()).toEqual(cube.permute([0, 2, 1]).toArray());
    expect(cube.transpose(0, -1).toArray()).toEqual(cube.permute([2, 1, 0]).toArray());
    expect(cube.transpose(1, 1).toArray()).toEqual(cube.toArray());
  });

  test('refuse axes that are missing, repeated or not there', () => {
    expect(() => cube.permute([0, 1])).toThrow(
      'permute: axes [0, 1] must name each of the 3 axes of [2, 3, 4] once.',
    );
    expect(() => cube.permute([0, 1, -2])).toThrow(AxisError);
    expect(() => cube.permute([0, 1, 3])).toThrow('permute: no axis 3 in shape [2, 3, 4]');
    expect(() => tensor([1, 2]).transpose()).toThrow('transpose: no axis -2 in shape [2]');
  });
});

describe('expand', () => {
  test('repeats axes of length 1 and adds leading ones without copying', () => {
    const x = tensor([[1], [2]]);
    const expanded = x.expand([3, 2, 4]);
    expect(expanded.data).toBe(x.data);
    expect(expanded.toArray()).toEqual(Array(3).fill([Array(4).fill(1), Array(4).fill(2)]));
    expect(scalar(5).expand([2]).toArray()).toEqual([5, 5]);
    expect(x.expand([2, 0]).shape).toEqual([2, 0]);
  });

  test.each([[[3, 3]], [[2]], [[2, 1, 1]], [[]]])('[2, 1] does not fill %j', (target) => {
    expect(() => zeros([2, 1]).expand(target)).toThrow(ShapeError);
  });

  test('names the shapes and the axis', () => {
    expect(() => zeros([2, 1]).expand([3, 3])).toThrow(
      'expand: [2, 1] cannot be expanded to [3, 3] (axis 0 of the target): ' +
        'only axes of length 1 are repeated, and new axes come first.',
    );
  });
});

describe('slice', () => {
  const row = arange(6);

  test.each<[SliceRange, number[]]>([
    [null, [0, 1, 2, 3, 4, 5]],
    [
      [1, 3],
      [1, 2],
    ],
    [
      [null, 2],
      [0, 1],
    ],
    [
      [4, null],
      [4, 5],
    ],
    [
      [-2, null],
      [4, 5],
    ],
    [
      [-4, -1],
      [2, 3, 4],
    ],
    [
      [0, 6, 2],
      [0, 2, 4],
    ],
    [
      [1, 6, 4],
      [1, 5],
    ],
    [
      [null, null, -1],
      [5, 4, 3, 2, 1, 0],
    ],
    [
      [4, 1, -2],
      [4, 2],
    ],
    [
      [-1, 0, -2],
      [5, 3, 1],
    ],
    [[3, 3], []],
    [[4, 2], []],
    [[6, null], []],
    [[1, 4, -1], []],
  ])('%j of 0 … 5 is %j', (range, expected) => {
    expect(row.slice([range]).toArray()).toEqual(expected);
  });

  test('a number drops its axis, axes not listed stay whole', () => {
    expect(cube.slice([1]).toArray()).toEqual(arange(12, 24).reshape([3, 4]).toArray());
    expect(cube.slice([-1, null, -1]).toArray()).toEqual([15, 19, 23]);
    expect(cube.slice([0, 2, 3]).toArray()).toBe(11);
    expect(cube.slice([]).toArray()).toEqual(cube.toArray());
  });

  test('shares the data, also of a slice of a slice', () => {
    const x = cube.slice([1, [null, null, -1], [1, 4, 2]]).slice([
      [0, 2],
      [null, null, -1],
    ]);
    expect(x.data).toBe(cube.data);
    expect(x.toArray()).toEqual([
      [23, 21],
      [19, 17],
    ]);
  });

  test('of an empty axis', () => {
    const empty = zeros([2, 0]);
    expect(empty.slice([null, [null, null]]).shape).toEqual([2, 0]);
    expect(empty.slice([1, [null, null, -1]]).shape).toEqual([0]);
    expect(() => empty.slice([null, 0])).toThrow(
      'slice: 0 is outside axis 1 of [2, 0]: the axis has no elements.',
    );
  });

  test.each<[SliceRange, number, string]>([
    [6, 6, 'positions run from -6 to 5.'],
    [-7, -7, 'positions run from -6 to 5.'],
    [1.5, 1.5, 'positions run from -6 to 5.'],
    [[0, 7], 7, 'positions run from -6 to 6.'],
    [[-7, null], -7, 'positions run from -6 to 6.'],
    [[6, null, -1], 6, 'positions run from -6 to 5.'],
  ])('%j leaves the axis', (range, index, explanation) => {
    expect(() => row.slice([range])).toThrow(IndexError);
    expect(() => row.slice([range])).toThrow(`slice: ${index} is outside axis 0 of [6]: ${explanation}`);
  });

  test('refuses steps of 0 and parts of steps, and more ranges than axes', () => {
    expect(() => row.slice([[0, 2, 0]])).toThrow('slice: the step of axis 0 is 0; use a whole number ≠ 0.');
    expect(() => row.slice([[0, 2, 0.5]])).toThrow(ArgumentError);
    expect(() => row.slice([null, null])).toThrow(
      'slice: there are 2 ranges, but the rank of [6] is 1. Give at most one an axis.',
    );
  });
});

describe('reading', () => {
  test('toTypedArray is a fresh row-major copy, also of a view', () => {
    const values = cube.toTypedArray();
    values[0] = 100;
    expect(cube.slice([0, 0, 0]).item()).toBe(0);
    expect(cube.slice([0, [0, 2], 3]).toTypedArray()).toEqual(new Float32Array([3, 7]));
  });

  test('toArray and toTypedArray agree with the strides of any view', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 4 }).chain(stridedView), (view) => {
        expect(Array.from(view.toTypedArray())).toEqual(elementsOf(view));
        const depth = Math.max(view.rank - 1, 0);
        const nested = view.toArray();
        expect(Array.isArray(nested) ? nested.flat(depth) : [nested]).toEqual(elementsOf(view));
      }),
      { numRuns: 200 },
    );
  });

  test('contiguous is the tensor itself where it can be', () => {
    expect(cube.contiguous()).toBe(cube);
    const x = cube.transpose().contiguous();
    expect(x.isContiguous).toBe(true);
    expect(x.toArray()).toEqual(cube.transpose().toArray());
    expect(cube.slice([1]).isContiguous).toBe(true);
    expect(cube.slice([null, 1]).isContiguous).toBe(false);
    // The stride of an axis of length 1 is never taken: a row of a column's memory is no copy.
    const row = arange(4).reshape([4, 1]).transpose();
    expect([row.shape, row.strides]).toEqual([
      [1, 4],
      [1, 1],
    ]);
    expect(row.contiguous()).toBe(row);
  });

  test('item reads the only element, wherever it lies', () => {
    expect(cube.slice([[1, 2], [2, 3], 3]).item()).toBe(23);
    expect(() => cube.item()).toThrow(
      'item: a tensor of shape [2, 3, 4] has 24 elements, not one. Reduce it first (a sum or mean), or pick one with slice.',
    );
    expect(() => zeros([0]).item()).toThrow(ShapeError);
  });

  test('rank and size', () => {
    expect([cube.rank, cube.size]).toEqual([3, 24]);
    expect([scalar(1).rank, scalar(1).size]).toEqual([0, 1]);
    expect(zeros([3, 0]).size).toBe(0);
  });
});
