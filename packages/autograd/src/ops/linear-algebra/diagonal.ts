import { ArgumentError, formatShape, type Shape, ShapeError } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { pad, reshape, slice } from '../movement.ts';
import { sum } from '../reductions.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { linearAlgebra } from './record.ts';

function requireAxes(operation: string, x: Variable, axes: number): void {
  if (x.rank >= axes) return;
  throw new ShapeError(
    operation,
    `x is ${formatShape(x.shape)}, but needs at least ${axes === 1 ? 'one axis' : 'two axes'}.`,
    { x: x.shape },
  );
}

/** Where a diagonal starts in the row-major entries of a matrix, and how many entries it has. */
function locate(shape: Shape, offset: number): { start: number; count: number } {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const above = Math.max(offset, 0);
  const below = Math.max(-offset, 0);
  const count = Math.min(rows - below, columns - above);
  if (!Number.isInteger(offset) || count < 0 || (count === 0 && offset !== 0)) {
    throw new ArgumentError(
      'diagonal',
      'offset',
      offset,
      `there is no diagonal ${offset} in x ${formatShape(shape)}: ` +
        (rows * columns === 0
          ? 'the matrix has no entries.'
          : `they run from ${1 - rows} to ${columns - 1}.`),
    );
  }
  return { start: below * columns + above, count };
}

/**
 * The diagonals [..., k] of [..., m, n]: entries xᵢⱼ with j − i = offset, so that positive offsets are above the main
 * diagonal. @throws ArgumentError on a diagonal outside the matrix, ShapeError for fewer than two axes.
 */
export const diagonal = documented(
  (x: Operand, offset = 0): Variable => {
    const operand = toVariable(x);
    requireAxes('diagonal', operand, 2);
    const { start, count } = locate(operand.shape, offset);
    const batch = operand.shape.slice(0, -2);
    const [rows, columns] = operand.shape.slice(-2) as [number, number];
    const step = columns + 1;
    const stop = count === 0 ? start : start + (count - 1) * step + 1;
    const entries = reshape(operand, [...batch, rows * columns]);
    return slice(entries, [...batch.map(() => null), [start, stop, step]]);
  },
  (f) =>
    linearAlgebra('diagonal', {
      formula: 'yᵢ = xᵢ,ᵢ₊offset',
      samples: [
        sample((x) => f(x!), matrix),
        sample((x) => f(x!, 1), matrix),
        sample((x) => f(x!, -1), cube),
      ],
    }),
);

/**
 * Square matrices [..., n, n] with x [..., k] on one diagonal and 0 elsewhere, n = k + |offset|; positive offsets are
 * above the main diagonal. @throws ArgumentError on an offset that is not whole, ShapeError for a scalar.
 */
export const diagonalMatrix = documented(
  (x: Operand, offset = 0): Variable => {
    const operand = toVariable(x);
    requireAxes('diagonalMatrix', operand, 1);
    if (!Number.isInteger(offset)) {
      throw new ArgumentError('diagonalMatrix', 'offset', offset, `offset ${offset} must be a whole number.`);
    }
    const batch = operand.shape.slice(0, -1);
    const k = operand.shape.at(-1)!;
    const untouched = batch.map(() => [0, 0] as const);
    // Each entry followed by k zeros: in rows of length k instead of k + 1, every entry lands one further right.
    const spread = pad(reshape(operand, [...batch, k, 1]), [...untouched, [0, 0], [0, k]]);
    const entries = slice(reshape(spread, [...batch, k * (k + 1)]), [...batch.map(() => null), [0, k * k]]);
    const square = reshape(entries, [...batch, k, k]);
    if (offset === 0) return square;
    const above = Math.max(offset, 0);
    const below = Math.max(-offset, 0);
    return pad(square, [...untouched, [below, above], [above, below]]);
  },
  (f) =>
    linearAlgebra('diagonalMatrix', {
      formula: 'yᵢ,ᵢ₊offset = xᵢ, else 0',
      samples: [
        sample((x) => f(x!), vector),
        sample((x) => f(x!, 2), vector),
        sample((x) => f(x!, -1), matrix),
      ],
    }),
);

/** The sums [...] of the main diagonals of [..., m, n]. @throws ShapeError for fewer than two axes. */
export const trace = documented(
  (x: Operand): Variable => {
    const operand = toVariable(x);
    requireAxes('trace', operand, 2);
    return sum(diagonal(operand), { axes: -1 });
  },
  (f) =>
    linearAlgebra('trace', {
      formula: 'Σᵢ xᵢᵢ',
      samples: [sample((x) => f(x!), matrix), sample((x) => f(x!), cube)],
    }),
);
