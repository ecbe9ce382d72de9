import { AxisError, arange, ShapeError, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { flatten, squeeze, unsqueeze } from './axes.ts';

const shapes = fc.array(fc.constantFrom(0, 1, 1, 2, 3), { maxLength: 4 });

describe('squeeze and unsqueeze', () => {
  test('by hand', () => {
    expect(squeeze(zeros([1, 3, 1, 2])).shape).toEqual([3, 2]);
    expect(squeeze(zeros([1, 3, 1, 2]), -2).shape).toEqual([1, 3, 2]);
    expect(squeeze(zeros([1, 3, 1, 2]), [2, 0]).shape).toEqual([3, 2]);
    expect(squeeze(zeros([1, 1])).shape).toEqual([]);
    expect(squeeze(zeros([0, 1]), []).shape).toEqual([0, 1]);
    expect(unsqueeze(zeros([2, 3]), 0).shape).toEqual([1, 2, 3]);
    expect(unsqueeze(zeros([2, 3]), -1).shape).toEqual([2, 3, 1]);
    // NumPy: expand_dims(x, axis=(2, 0)) of shape (2,) is (1, 2, 1).
    expect(unsqueeze(zeros([2]), [2, 0]).shape).toEqual([1, 2, 1]);
    expect(unsqueeze(3, [0, 1]).toArray()).toEqual([[3]]);
  });

  test('keep the elements, and undo each other', () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        x: stridedView(shape),
        axes: fc.uniqueArray(fc.nat(shape.length), { maxLength: 2 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ x, axes }) => {
        const longer = unsqueeze(x, axes);
        expect(longer.rank).toBe(x.rank + axes.length);
        expect(longer.shape.filter((_, axis) => !axes.includes(axis))).toEqual(x.shape);
        expect(axes.map((axis) => longer.shape[axis])).toEqual(axes.map(() => 1));
        const back = squeeze(longer, axes);
        expect(back.shape).toEqual(x.shape);
        expect(elementsOf(back.value)).toEqual(elementsOf(x));
      }),
    );
  });

  test('refuse axes that are longer, missing or listed twice', () => {
    expect(() => squeeze(zeros([1, 3]), 1)).toThrow(
      'squeeze: axis 1 of [1, 3] has length 3, not 1. To pick one entry of it use slice, ' +
        'to join it with its neighbour reshape.',
    );
    expect(() => squeeze(zeros([1, 3]), 1)).toThrow(ShapeError);
    expect(() => squeeze(zeros([1, 3]), 2)).toThrow(AxisError);
    expect(() => unsqueeze(zeros([2]), 2)).toThrow('unsqueeze: no axis 2 in shape [2, 1]');
    expect(() => unsqueeze(zeros([2]), [0, -3])).toThrow('unsqueeze: axis 0 is listed twice');
  });
});

describe('flatten', () => {
  const x = arange(24).reshape([2, 3, 4]);

  test('joins a run of axes in row-major order', () => {
    expect(flatten(x).toArray()).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(flatten(x, 1).shape).toEqual([2, 12]);
    expect(flatten(x, 0, -2).shape).toEqual([6, 4]);
    expect(
      flatten(x.transpose(), 1)
        .value.slice([[0, 1]])
        .toArray(),
    ).toEqual([[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]]);
    expect(flatten(zeros([2, 0, 3]), 1).shape).toEqual([2, 0]);
    expect(flatten(5).toArray()).toEqual([5]);
  });

  test('refuses a run that ends before it starts, and missing axes', () => {
    expect(() => flatten(x, 2, 0)).toThrow(
      'flatten: axes 2 to 0 of [2, 3, 4] are none: axis 0 comes before axis 2.',
    );
    expect(() => flatten(x, 2, 0)).toThrow(ShapeError);
    expect(() => flatten(x, 3)).toThrow(AxisError);
    expect(() => flatten(5, 1)).toThrow('flatten: no axis 1 in shape []: a scalar has no axes.');
  });
});
