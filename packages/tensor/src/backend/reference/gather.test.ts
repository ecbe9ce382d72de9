import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { arange, tensor, zeros } from '../../create.ts';
import { IndexError } from '../../errors.ts';
import { gather, scatterAdd } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';

interface Case {
  readonly source: Tensor;
  readonly axis: number;
  readonly indices: Tensor;
}

/** A view, one of its axes and indices into it, themselves of any shape and a view. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 3 }),
    indexShape: fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 2 }),
    pick: fc.nat(100),
  })
  .chain(({ shape, indexShape, pick }) =>
    fc.record({
      source: stridedView(shape),
      axis: fc.constant(pick % shape.length),
      indices: stridedView(indexShape).map((view) =>
        tensor(
          elementsOf(view).map((value) => Math.abs(value * 4) % shape[pick % shape.length]!),
          { dtype: 'int32' },
        ).reshape(indexShape),
      ),
    }),
  );

/** Splits a position of the picked shape into those before the axis, in the indices, and after it. */
function split({ axis, indices }: Case, position: readonly number[]): [number[], number, number[]] {
  const picked = elementAt(indices, position.slice(axis, axis + indices.rank));
  return [position.slice(0, axis), picked, position.slice(axis + indices.rank)];
}

const pickedShape = ({ source, axis, indices }: Case): number[] => [
  ...source.shape.slice(0, axis),
  ...indices.shape,
  ...source.shape.slice(axis + 1),
];

test('gather equals looking up entry by entry', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const result = gather(each.source, each.indices, each.axis);
      expect(result.shape).toEqual(pickedShape(each));
      const expected = positionsOf(pickedShape(each)).map((position) => {
        const [before, picked, after] = split(each, position);
        return elementAt(each.source, [...before, picked, ...after]);
      });
      expect(elementsOf(result)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('scatterAdd equals adding entry by entry, and leaves its base alone', () => {
  const withUpdates = cases.chain((each) =>
    fc.record({ each: fc.constant(each), updates: stridedView(pickedShape(each)) }),
  );
  fc.assert(
    fc.property(withUpdates, ({ each, updates }) => {
      const expected = new Map(
        positionsOf(each.source.shape).map((position) => [
          String(position),
          elementAt(each.source, position),
        ]),
      );
      const before = elementsOf(each.source);
      for (const position of positionsOf(updates.shape)) {
        const [head, picked, tail] = split(each, position);
        const key = String([...head, picked, ...tail]);
        expected.set(key, expected.get(key)! + elementAt(updates, position));
      }
      const result = scatterAdd(each.source, each.indices, updates, each.axis);
      expect(elementsOf(result)).toEqual([...expected.values()]);
      expect(elementsOf(each.source)).toEqual(before);
    }),
    { numRuns: 200 },
  );
});

describe('by hand', () => {
  const rows = arange(6).reshape([3, 2]);
  const indices = tensor([2, 0, 2], { dtype: 'int32' });

  test('rows, columns, one entry', () => {
    expect(gather(rows, indices).toArray()).toEqual([
      [4, 5],
      [0, 1],
      [4, 5],
    ]);
    expect(gather(rows, tensor([1, 1], { dtype: 'int32' }), -1).toArray()).toEqual([
      [1, 1],
      [3, 3],
      [5, 5],
    ]);
    expect(gather(rows, tensor(1, { dtype: 'int32' })).toArray()).toEqual([2, 3]);
    expect(gather(rows, zeros([0], { dtype: 'int32' })).shape).toEqual([0, 2]);
  });

  test('repeated indices add up', () => {
    expect(scatterAdd(zeros([3]), indices, tensor([1, 10, 100])).toArray()).toEqual([10, 0, 101]);
  });
});

describe('indices outside the axis', () => {
  test.each([3, -1])('%d of 3', (index) => {
    const indices = tensor([0, index], { dtype: 'int32' });
    expect(() => gather(zeros([2, 3]), indices, 1)).toThrow(IndexError);
    expect(() => gather(zeros([2, 3]), indices, 1)).toThrow(
      `gather: index ${index} is outside axis 1 of [2, 3]: indices run from 0 to 2.`,
    );
    expect(() => scatterAdd(zeros([3]), indices, zeros([2]))).toThrow(IndexError);
  });

  test('of an empty axis, which has none', () => {
    expect(() => gather(zeros([0, 2]), tensor([0], { dtype: 'int32' }))).toThrow(
      'gather: index 0 is outside axis 0 of [0, 2]: the axis has no elements.',
    );
  });
});
