import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { place } from '../../primitives.ts';
import { coalesce, forEachRow } from './iterate.ts';

const shapes = fc.array(fc.nat(3), { maxLength: 4 });

test('placing a view equals writing entry by entry', () => {
  const placements = shapes.chain((shape) =>
    fc.record({
      source: stridedView(shape),
      margins: fc.tuple(...shape.map(() => fc.tuple(fc.nat(2), fc.nat(2)))),
      steps: fc.tuple(...shape.map(() => fc.constantFrom(-2, -1, 1, 2))),
    }),
  );
  fc.assert(
    fc.property(placements, ({ source, margins, steps }) => {
      const reach = source.shape.map((length, axis) => Math.max(length - 1, 0) * Math.abs(steps[axis]!) + 1);
      const shape = reach.map((length, axis) => margins[axis]![0] + length + margins[axis]![1]);
      const start = reach.map((length, axis) => margins[axis]![0] + (steps[axis]! < 0 ? length - 1 : 0));
      const expected = new Map(positionsOf(shape).map((position) => [String(position), 7]));
      for (const position of positionsOf(source.shape)) {
        const target = position.map((index, axis) => start[axis]! + index * steps[axis]!);
        expected.set(String(target), elementAt(source, position));
      }
      const result = place([{ source, start, step: steps }], shape, { dtype: 'float64', fill: 7 });
      expect(elementsOf(result)).toEqual([...expected.values()]);
    }),
    { numRuns: 200 },
  );
});

describe('the walk that all kernels share', () => {
  test('makes one row of whatever lies evenly in every view', () => {
    expect(coalesce([2, 3, 4], [[12, 4, 1]])).toEqual({ shape: [24], strides: [[1]] });
    expect(
      coalesce(
        [2, 3, 4],
        [
          [12, 4, 1],
          [0, 0, 0],
        ],
      ),
    ).toEqual({ shape: [24], strides: [[1], [0]] });
    expect(coalesce([2, 1, 4], [[4, 99, 1]])).toEqual({ shape: [8], strides: [[1]] });
    expect(coalesce([1, 1], [[5, 5]])).toEqual({ shape: [], strides: [[]] });
  });

  test('keeps apart what one of the views does not', () => {
    expect(
      coalesce(
        [2, 3, 4],
        [
          [12, 4, 1],
          [0, 4, 1],
        ],
      ),
    ).toEqual({
      shape: [2, 12],
      strides: [
        [12, 1],
        [0, 1],
      ],
    });
    expect(coalesce([2, 3], [[1, 2]])).toEqual({ shape: [2, 3], strides: [[1, 2]] });
  });

  test('visits every position once, in row-major order', () => {
    fc.assert(
      fc.property(shapes.chain(stridedView), (view) => {
        const visited: number[] = [];
        forEachRow(coalesce(view.shape, [view.strides]), [view.offset], ([start], count, [stride]) => {
          for (let i = 0; i < count; i++) visited.push(view.data[start! + i * stride!]!);
        });
        expect(visited).toEqual(elementsOf(view));
      }),
      { numRuns: 200 },
    );
  });
});
