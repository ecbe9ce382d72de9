import { type SliceRange, Tensor, tensor } from '@reparam/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  broadcastableShapes,
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { index } from './mixed.ts';

/** All of an axis, all of it backwards, one position, or an array of positions. */
type Choice = SliceRange | Tensor;

/**
 * NumPy's rule, entry by entry: arrays, and single positions beside them, share one broadcast shape, whose axes stand
 * at the first of them if no range comes between them, else in front; the other axes follow in order.
 */
function byDefinition(x: Tensor, choices: readonly Choice[]): { shape: number[]; elements: number[] } {
  const picks = choices.map((choice) => typeof choice === 'number' || choice instanceof Tensor);
  const [first, last] = [picks.indexOf(true), picks.lastIndexOf(true)];
  const place = first < 0 || picks.slice(first, last).includes(false) ? 0 : first;
  const common = broadcast(choices.flatMap((choice) => (choice instanceof Tensor ? [choice.shape] : [])));
  const kept = x.shape.flatMap((_, axis) => (picks[axis] ? [] : [axis]));
  const shape = kept.map((axis) => x.shape[axis]!).toSpliced(place, 0, ...common);
  const elements = positionsOf(shape).map((position) => {
    const among = position.slice(place, place + common.length);
    const rest = position.toSpliced(place, common.length);
    const source = choices.map((choice, axis) => {
      const length = x.shape[axis]!;
      if (choice === null) return rest[kept.indexOf(axis)]!;
      if (typeof choice === 'object' && !(choice instanceof Tensor)) {
        return length - 1 - rest[kept.indexOf(axis)]!;
      }
      const picked = typeof choice === 'number' ? choice : elementAt(choice, among);
      return picked < 0 ? picked + length : picked;
    });
    return elementAt(x, source);
  });
  return { shape, elements };
}

function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

/** The values of a view as positions −length … length − 1, under the same shape. */
function asPositions(view: Tensor, length: number): Tensor {
  const positions = elementsOf(view).map((value) => (Math.abs(value * 4) % (2 * length)) - length);
  return tensor(positions, { dtype: 'int32' }).reshape(view.shape);
}

test('with arrays, positions and ranges in any order', () => {
  const axis = fc.oneof(
    fc.record({ kind: fc.constantFrom('whole', 'backwards'), length: fc.nat(3) }),
    fc.record({
      kind: fc.constantFrom('position', 'array', 'array'),
      length: fc.integer({ min: 1, max: 3 }),
    }),
  );
  const cases = fc.array(axis, { minLength: 1, maxLength: 4 }).chain((axes) =>
    fc.record({
      kinds: fc.constant(axes.map(({ kind }) => kind)),
      x: stridedView(axes.map(({ length }) => length)),
      arrays: broadcastableShapes(axes.length).chain((shapes) => fc.tuple(...shapes.map(stridedView))),
    }),
  );
  fc.assert(
    fc.property(cases, ({ kinds, x, arrays }) => {
      const choices = kinds.map((kind, axis): Choice => {
        if (kind === 'whole') return null;
        if (kind === 'backwards') return [null, null, -1];
        if (kind === 'position') return (axis % 2) - 1;
        return asPositions(arrays[axis]!, x.shape[axis]!);
      });
      const result = index(x, ...choices);
      const expected = byDefinition(x, choices);
      expect(result.shape).toEqual(expected.shape);
      expect(elementsOf(result.value)).toEqual(expected.elements);
    }),
    { numRuns: 300 },
  );
});

test('with a mask of any of the axes', () => {
  const cases = fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }).chain((shape) =>
    fc.record({
      x: stridedView(shape),
      start: fc.nat(shape.length - 1),
      span: fc.nat(2),
      bits: fc.array(fc.boolean(), { minLength: 27, maxLength: 27 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ x, start, span, bits }) => {
      const lengths = x.shape.slice(start, start + 1 + span);
      const covered = positionsOf(lengths);
      const mask = tensor(covered.map((_, i) => Number(bits[i]))).reshape(lengths);
      const chosen = covered.filter((_, i) => bits[i]);
      const result = index(x, ...new Array<null>(start).fill(null), mask);
      expect(result.shape).toEqual(x.shape.toSpliced(start, lengths.length, chosen.length));
      const expected = positionsOf(result.shape).map((position) =>
        elementAt(x, position.toSpliced(start, 1, ...chosen[position[start]!]!)),
      );
      expect(elementsOf(result.value)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
