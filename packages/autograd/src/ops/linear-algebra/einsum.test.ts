import { ArgumentError, arange, ShapeError, type Tensor, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { checkGradients } from '../../check/check-gradients.ts';
import { tapeOf } from '../../tape.ts';
import { Variable } from '../../variable.ts';
import { einsum } from './einsum.ts';

/** A term as it is written: letters, perhaps an ellipsis (with the shape under it), and letters. */
interface Written {
  readonly before: readonly string[];
  readonly ellipsis: readonly number[] | undefined;
  readonly after: readonly string[];
}

interface Example {
  readonly lengths: Readonly<Record<string, number>>;
  readonly broadcast: readonly number[];
  readonly terms: readonly Written[];
  /** Undefined leaves the output to the convention. */
  readonly output: Written | undefined;
}

const write = ({ before, ellipsis, after }: Written): string =>
  `${before.join('')}${ellipsis ? '...' : ''}${after.join(' ')}`;

function specOf({ terms, output }: Example): string {
  return terms.map(write).join(',') + (output ? ` -> ${write(output)}` : '');
}

const alphabet = ['a', 'B', 'c', 'd'];

/** Random specs over up to four letters with lengths 0 to 3, repeated at will, and up to two axes under an ellipsis. */
const examples: fc.Arbitrary<Example> = fc
  .record({
    lengths: fc.tuple(...alphabet.map(() => fc.constantFrom(0, 1, 2, 2, 3))),
    broadcast: fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }),
    withEllipsis: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ lengths, broadcast, withEllipsis, count }) => {
    const letters = fc.array(fc.constantFrom(...alphabet), { maxLength: 2 });
    const under = fc
      .record({ skipped: fc.nat(broadcast.length), ones: fc.tuple(...broadcast.map(() => fc.boolean())) })
      .map(({ skipped, ones }) => broadcast.map((length, i) => (ones[i] ? 1 : length)).slice(skipped));
    const term = fc.record({
      before: letters,
      ellipsis: withEllipsis ? fc.option(under, { nil: undefined }) : fc.constant(undefined),
      after: letters,
    });
    return fc
      .record({
        terms: fc.array(term, { minLength: count, maxLength: count }),
        explicit: fc.boolean(),
        order: fc.shuffledSubarray(alphabet),
        split: fc.nat(4),
      })
      .map(({ terms, explicit, order, split }): Example => {
        const used = new Set(terms.flatMap(({ before, after }) => [...before, ...after]));
        const kept = order.filter((letter) => used.has(letter));
        const shapes = terms.flatMap(({ ellipsis }) => (ellipsis ? [ellipsis] : []));
        const rank = Math.max(0, ...shapes.map((shape) => shape.length));
        const common = Array.from({ length: rank }, (_, i) =>
          Math.max(...shapes.map((shape) => shape[shape.length - rank + i] ?? 1)),
        );
        return {
          lengths: Object.fromEntries(alphabet.map((letter, i) => [letter, lengths[i]!])),
          broadcast: common,
          terms,
          output: explicit
            ? {
                before: kept.slice(0, split),
                ellipsis: shapes.length > 0 ? common : undefined,
                after: kept.slice(split),
              }
            : undefined,
        };
      });
  });

function shapeOf({ before, ellipsis = [], after }: Written, { lengths }: Example): number[] {
  const measure = (letters: readonly string[]) => letters.map((letter) => lengths[letter]!);
  return [...measure(before), ...ellipsis, ...measure(after)];
}

/** The convention: what is under the ellipsis, then the letters that appear once, in the order of their codes. */
function conventionalOutput({ terms, broadcast }: Example): Written {
  const all = terms.flatMap(({ before, after }) => [...before, ...after]);
  const once = alphabet.filter((letter) => all.filter((each) => each === letter).length === 1);
  return { before: [], ellipsis: broadcast, after: once.sort((x, y) => x.charCodeAt(0) - y.charCodeAt(0)) };
}

/** The definition, one loop over everything: Σ over all letters of ∏ₖ xₖ[position]. */
function byLoops(example: Example, operands: readonly Tensor[]): { shape: number[]; elements: number[] } {
  const output = example.output ?? conventionalOutput(example);
  const used = alphabet.filter((letter) =>
    [...example.terms, output].some(({ before, after }) => [...before, ...after].includes(letter)),
  );
  const shape = shapeOf(output, example);
  const sums = new Map(positionsOf(shape).map((position) => [position.join(), 0]));
  for (const indices of positionsOf(used.map((letter) => example.lengths[letter]!))) {
    for (const under of positionsOf(example.broadcast)) {
      const positionIn = ({ before, ellipsis, after }: Written): number[] => {
        const locate = (letters: readonly string[]) =>
          letters.map((letter) => indices[used.indexOf(letter)]!);
        const skipped = under.length - (ellipsis?.length ?? under.length);
        const middle = ellipsis
          ? under.slice(skipped).map((index, i) => (ellipsis[i] === 1 ? 0 : index))
          : [];
        return [...locate(before), ...middle, ...locate(after)];
      };
      const product = operands.reduce((p, x, i) => p * elementAt(x, positionIn(example.terms[i]!)), 1);
      const key = positionIn(output).join();
      sums.set(key, sums.get(key)! + product);
    }
  }
  return { shape, elements: [...sums.values()] };
}

test('is what nested loops over all letters give, for random specs and views', () => {
  const runs = examples.chain((example) =>
    fc.tuple(
      fc.constant(example),
      fc.tuple(...example.terms.map((term) => stridedView(shapeOf(term, example)))),
    ),
  );
  fc.assert(
    fc.property(runs, ([example, operands]) => {
      const { value } = einsum(specOf(example), ...operands);
      const expected = byLoops(example, operands);
      expect(value.shape).toEqual(expected.shape);
      // Products of three multiples of 1/4, and sums of a few hundred of them, are exact.
      expect(elementsOf(value).map((x) => x + 0)).toEqual(expected.elements.map((x) => x + 0));
    }),
    { numRuns: 400 },
  );
});

test('its gradients agree with differences, for random specs', () => {
  const filled = examples.filter(({ lengths }) => !Object.values(lengths).includes(0));
  const runs = filled.chain((example) =>
    fc.tuple(
      fc.constant(example),
      fc.tuple(...example.terms.map((term) => stridedView(shapeOf(term, example)))),
    ),
  );
  fc.assert(
    fc.property(runs, ([example, operands]) => {
      checkGradients((...x) => einsum(specOf(example), ...x), operands);
    }),
    { numRuns: 40 },
  );
});

describe('known cases', () => {
  const a = arange(6).reshape([2, 3]);

  test.each<[string, string, Tensor[], unknown]>([
    [
      'the transpose',
      'ij->ji',
      [a],
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    [
      'the transpose, by the order of the alphabet',
      'ba',
      [a],
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    ['the sum', 'ij->', [a], 15],
    ['row sums', ' i j ->\n i ', [a], [3, 12]],
    [
      'the trace',
      'ii',
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
      5,
    ],
    [
      'the diagonal',
      'ii->i',
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
      [1, 4],
    ],
    ['the dot product', 'i,i', [arange(3), arange(3)], 5],
    [
      'the matrix product',
      'ij,jk',
      [a, a.transpose()],
      [
        [5, 14],
        [14, 50],
      ],
    ],
    ['a chain of three', 'ij,jk,k->i', [a, a.transpose(), tensor([1, -1])], [-9, -36]],
    ['a scalar among the factors', ',i->i', [tensor(2), arange(3)], [0, 2, 4]],
  ])('%s', (_, spec, operands, expected) => {
    expect(einsum(spec, ...operands).toArray()).toEqual(expected);
  });

  test('a number takes the type of the other operands', () => {
    const doubled = einsum(',i->i', 2, tensor([1, 2], { dtype: 'float64' }));
    expect([doubled.dtype, doubled.toArray()]).toEqual(['float64', [2, 4]]);
  });
});

describe('contractions are matrix products', () => {
  const tapeNames = (spec: string, ...shapes: number[][]): string[] => {
    const leaves = shapes.map((shape) => new Variable(zeros(shape), { requiresGrad: true }));
    return tapeOf(einsum(spec, ...leaves)).map(({ rules }) => rules.name);
  };

  test.each<[string, number[][], string[]]>([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
      ['matmul'],
    ],
    [
      'ij,kj->ik',
      [
        [2, 3],
        [4, 3],
      ],
      ['permute', 'matmul'],
    ],
    [
      'bhqd,bhkd->bhqk',
      [
        [2, 3, 4, 5],
        [2, 3, 6, 5],
      ],
      ['permute', 'matmul'],
    ],
    [
      'aij,ijc->ac',
      [
        [2, 3, 4],
        [3, 4, 5],
      ],
      ['reshape', 'reshape', 'matmul'],
    ],
    [
      'bi,bi->b',
      [
        [2, 3],
        [2, 3],
      ],
      ['mul', 'sum'],
    ],
  ])('%s', (spec, shapes, names) => {
    expect(tapeNames(spec, ...shapes)).toEqual(names);
  });

  test('in the order that keeps the results between them small', () => {
    // A matrix times a vector twice, rather than a product of two matrices.
    const between = tapeOf(
      einsum(
        'ij,jk,k->i',
        ...[[50, 50], [50, 50], [50]].map((shape) => new Variable(zeros(shape), { requiresGrad: true })),
      ),
    ).map(({ output }) => output.size);
    expect(Math.max(...between)).toBe(50);
  });
});

describe('errors', () => {
  const x = zeros([2, 3]);

  test.each<[string, string, Tensor[], string]>([
    ['two arrows', 'ij->i->j', [x], "einsum: 'ij->i->j' has more than one '->'."],
    [
      'half an arrow',
      'ij-i',
      [x],
      "einsum: 'ij-i' has '-' where a letter a–z, A–Z or '...' must stand for an axis.",
    ],
    ['a digit', 'i1->i', [x], "einsum: 'i1->i' has '1' where a letter"],
    ['a stray dot', 'i..->i', [x], "einsum: 'i..->i' has a stray '.': an ellipsis is three dots."],
    ['a fourth dot', 'i....->i...', [x], "has a stray '.'"],
    ['two ellipses', '...i...->i', [x], "einsum: '...i...->i' has two ellipses in the term '...i...'."],
    ['a comma in the output', 'ij->i,j', [x], "einsum: 'ij->i,j' has ',' where a letter"],
    [
      'too few operands',
      'ij,jk',
      [x],
      "einsum: 'ij,jk' describes 2 operands (commas separate them), but is given 1: [2, 3].",
    ],
    ['no operands', '', [], "einsum: '' describes 1 operand (commas separate them), but is given 0."],
    [
      'an unknown letter',
      'ij->ik',
      [x],
      "einsum: 'ij->ik' has 'k' in the output, but in none of the operands.",
    ],
    [
      'a repeated letter',
      'ij->ii',
      [x],
      "einsum: 'ij->ii' has 'i' twice in the output. For a diagonal matrix use diagonalMatrix on the result.",
    ],
    [
      'an ellipsis that goes nowhere',
      '...j->j',
      [x],
      "einsum: '...j->j' has axes under '...' that the output does not say what to do with: write '...' there too, or " +
        'name the axes to sum over them.',
    ],
  ])('of the spec: %s', (_, spec, operands, message) => {
    const run = () => einsum(spec, ...operands);
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(message);
  });

  test.each<[string, string, Tensor[], string]>([
    [
      'too few letters',
      'i->i',
      [x],
      "einsum: operands[0] is [2, 3] of rank 2, but 'i' in 'i->i' names 1 letter. Name each axis, or write '...' for " +
        'those that stay.',
    ],
    [
      'too many letters',
      'ij,ijk',
      [x, x],
      "einsum: operands[1] is [2, 3] of rank 2, but 'ijk' in 'ij,ijk' names 3 letters.",
    ],
    [
      'lengths of a letter',
      'ij,jk',
      [x, x],
      "einsum: in 'ij,jk' 'j' is 3 in operands[0] [2, 3] (axis 1) but 2 in operands[1] [2, 3] (axis 0). One letter " +
        'stands for one length.',
    ],
    [
      'lengths of a letter in one operand',
      'ii',
      [x],
      "einsum: in 'ii' 'i' is 2 in operands[0] [2, 3] (axis 0) but 3 in operands[0] [2, 3] (axis 1).",
    ],
    [
      'a length of 1 does not broadcast',
      'ij,j',
      [x, zeros([1])],
      "'j' is 3 in operands[0] [2, 3] (axis 1) but 1 in",
    ],
    [
      'lengths under an ellipsis',
      '...,...',
      [x, zeros([4])],
      "einsum: in '...,...' an axis under '...' is 3 in operands[0] [2, 3] (axis 1) but 4 in operands[1] [4] (axis 0). " +
        'Such lengths must be equal or 1.',
    ],
  ])('of the shapes: %s', (_, spec, operands, message) => {
    const run = () => einsum(spec, ...operands);
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(message);
  });
});
