import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { arange, full, ones, scalar, tensor, zeros } from '../../create.ts';
import { reduce } from '../../primitives.ts';
import { reducedShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import type { Reduction } from '../backend.ts';

const naive: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  product: (values) => values.reduce((a, b) => a * b, 1),
  maximum: (values) => Math.max(...values),
  minimum: (values) => Math.min(...values),
};
const kinds = Object.keys(naive) as Reduction[];
const subsets = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

/** The elements that fall together when `axes` are reduced, group by group in row-major order. */
function groups(source: Tensor, axes: readonly number[]): number[][] {
  const kept = positionsOf(reducedShape(source.shape, axes, true));
  return kept.map((head) => {
    const within = positionsOf(source.shape.map((length, axis) => (axes.includes(axis) ? length : 1)));
    return within.map((position) =>
      elementAt(
        source,
        position.map((index, axis) => index + head[axis]!),
      ),
    );
  });
}

const cubes = fc.array(fc.constantFrom(1, 2, 3, 4), { minLength: 3, maxLength: 3 }).chain(stridedView);

describe.each(kinds)('%s', (kind) => {
  test.each(subsets.map((axes) => [axes]))('over axes %j of any three-dimensional view', (axes) => {
    fc.assert(
      fc.property(cubes, fc.boolean(), (source, keepDims) => {
        const result = reduce(kind, source, { axes, keepDims });
        expect(result.shape).toEqual(reducedShape(source.shape, axes, keepDims));
        elementsOf(result).forEach((value, i) => {
          const expected = naive[kind](groups(source, axes)[i]!);
          // Multiples of 1/4 add up exactly; products are rounded, in another order than here.
          const allowed = kind === 'product' ? 1e-13 * Math.abs(expected) : 0;
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(allowed);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('negative axes, one axis as a number, and all axes unless told', () => {
    const x = arange(1, 7).reshape([2, 3]);
    expect(reduce(kind, x, { axes: -1 }).toArray()).toEqual([naive[kind]([1, 2, 3]), naive[kind]([4, 5, 6])]);
    expect(reduce(kind, x).toArray()).toBe(naive[kind]([1, 2, 3, 4, 5, 6]));
    expect(reduce(kind, x, { keepDims: true }).shape).toEqual([1, 1]);
    expect(reduce(kind, scalar(3)).item()).toBe(3);
  });

  test('NaN reaches the result, wherever it stands', () => {
    for (const values of [
      [Number.NaN, 1, 2],
      [1, Number.NaN, 2],
      [1, 2, Number.NaN],
    ]) {
      expect(reduce(kind, tensor(values)).item()).toBeNaN();
      expect(reduce(kind, tensor([values, [1, 2, 3]]).transpose(), { axes: 0 }).toArray()).toEqual([
        Number.NaN,
        naive[kind]([1, 2, 3]),
      ]);
    }
  });

  test('keeps the type', () => {
    for (const dtype of ['float32', 'float64', 'int32'] as const) {
      const result = reduce(kind, tensor([2, 3], { dtype }));
      expect([result.dtype, result.item()]).toEqual([dtype, naive[kind]([2, 3])]);
    }
  });
});

describe('of nothing', () => {
  test('the sum is 0 and the product 1', () => {
    expect(reduce('sum', zeros([2, 0]), { axes: 1 }).toArray()).toEqual([0, 0]);
    expect(reduce('product', zeros([0, 2]), { axes: 0 }).toArray()).toEqual([1, 1]);
    expect(reduce('sum', zeros([0])).item()).toBe(0);
  });

  test.each(['maximum', 'minimum'] as const)('there is no %s', (kind) => {
    expect(() => reduce(kind, zeros([2, 0]), { axes: 1 })).toThrow(
      `${kind}: x is [2, 0], and the ${kind} over axis 1 of length 0 does not exist.`,
    );
  });

  test('other axes of length 0 do no harm', () => {
    for (const kind of kinds) expect(reduce(kind, zeros([2, 0]), { axes: 0 }).shape).toEqual([0]);
  });
});

describe('sums are accumulated in double precision', () => {
  test('of ten million float32 tenths, along either kind of axis', () => {
    // Added up in float32 this would be 1087937.
    const tenths = full([1], 0.1).expand([10_000_000]);
    expect(reduce('sum', tenths).item()).toBe(Math.fround(10_000_000 * Math.fround(0.1)));
  });

  test('small terms beside a large one are not lost', () => {
    const x = tensor([
      [2 ** 24, 1],
      [1, 1],
      [-(2 ** 24), 1],
    ]);
    expect(reduce('sum', x, { axes: 0 }).toArray()).toEqual([1, 3]);
    expect(reduce('sum', x.transpose(), { axes: 1 }).toArray()).toEqual([1, 3]);
  });
});

test('an expanded axis counts every repetition', () => {
  expect(reduce('sum', ones([1, 2]).expand([5, 2]), { axes: 0 }).toArray()).toEqual([5, 5]);
});
