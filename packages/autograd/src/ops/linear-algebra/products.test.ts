import { tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { kron, outer } from './products.ts';

const batches = fc.constantFrom<[number[], number[]]>([[], []], [[2], []], [[1], [3]], [[2, 1], [3]]);
const lengths = fc.integer({ min: 0, max: 3 });

test('outer products are aᵢbⱼ, for any views that broadcast', () => {
  const pairs = fc
    .tuple(batches, lengths, lengths)
    .chain(([[left, right], m, n]) => fc.tuple(stridedView([...left, m]), stridedView([...right, n])));
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const { value } = outer(a, b);
      expect(value.shape.slice(-2)).toEqual([a.shape.at(-1), b.shape.at(-1)]);
      for (const position of positionsOf(value.shape)) {
        const [i, j] = position.slice(-2) as [number, number];
        const batch = position.slice(0, -2);
        expect(elementAt(value, position)).toBe(elementAt(a, [...batch, i]) * elementAt(b, [...batch, j]));
      }
    }),
    { numRuns: 60 },
  );
});

test('Kronecker products hold a⌊i/p⌋⌊j/q⌋ times b(i mod p)(j mod q)', () => {
  const pairs = fc
    .tuple(batches, lengths, lengths, lengths, lengths)
    .chain(([[left, right], m, n, p, q]) =>
      fc.tuple(stridedView([...left, m, n]), stridedView([...right, p, q])),
    );
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const { value } = kron(a, b);
      const [p, q] = b.shape.slice(-2) as [number, number];
      expect(value.shape.slice(-2)).toEqual([a.shape.at(-2)! * p, a.shape.at(-1)! * q]);
      for (const position of positionsOf(value.shape)) {
        const [i, j] = position.slice(-2) as [number, number];
        const batch = position.slice(0, -2);
        const left = elementAt(a, [...batch, Math.floor(i / p), Math.floor(j / q)]);
        expect(elementAt(value, position)).toBe(left * elementAt(b, [...batch, i % p, j % q]));
      }
    }),
    { numRuns: 60 },
  );
});

test('by hand', () => {
  expect(outer(tensor([1, 2]), tensor([3, 4, 5])).toArray()).toEqual([
    [3, 4, 5],
    [6, 8, 10],
  ]);
  expect(
    kron(
      tensor([[1, 2]]),
      tensor([
        [0, 1],
        [1, 0],
      ]),
    ).toArray(),
  ).toEqual([
    [0, 1, 0, 2],
    [1, 0, 2, 0],
  ]);
});

test('errors name the operand', () => {
  expect(() => outer(tensor([1]), 2)).toThrow(
    'outer: b is [], but needs at least one axis. The operands are a [1] and b [].',
  );
  expect(() => kron(zeros([3]), zeros([2, 2]))).toThrow(
    'kron: a is [3], but needs at least two axes. The operands are a [3] and b [2, 2].',
  );
});
