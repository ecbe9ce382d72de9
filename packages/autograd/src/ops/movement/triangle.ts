import {
  ArgumentError,
  arange,
  type Expression,
  formatShape,
  input,
  map,
  ShapeError,
  scalar,
  scalarFunctions,
  type Tensor,
} from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { where } from '../elementwise.ts';
import { cube, matrix, sample } from '../samples.ts';
import { movement } from './record.ts';

const { add, lessEqual } = scalarFunctions;
const [column, onDiagonal] = [input(0), add(input(1), input(2))];
const notAbove = lessEqual(column, onDiagonal);
const notBelow = lessEqual(onDiagonal, column);

/** x where a formula of (column, row, diagonal) is not 0, and zeros elsewhere. */
function keep(operation: string, formula: Expression, operand: Operand, diagonal: number): Variable {
  const x = toVariable(operand);
  const [rows, columns] = x.shape.slice(-2);
  if (rows === undefined || columns === undefined) {
    throw new ShapeError(
      operation,
      `x is ${formatShape(x.shape)}, but needs at least two axes: the last two are the matrix.`,
      { x: x.shape },
    );
  }
  if (!Number.isInteger(diagonal)) {
    throw new ArgumentError(
      operation,
      'diagonal',
      diagonal,
      `the diagonal ${diagonal} is not a whole number: 0 is the main one, 1 the one above it, -1 the one below.`,
    );
  }
  const { dtype } = x;
  const count = (length: number): Tensor => arange(0, length, 1, { dtype });
  const kept = map(
    formula,
    [count(columns), count(rows).reshape([rows, 1]), scalar(diagonal, { dtype })],
    operation,
  );
  return where(kept, x, 0);
}

/**
 * The lower triangle of the last two axes: entries above a diagonal become 0, also where they are NaN or infinite.
 * Diagonal 1 keeps one more above the main one, −1 leaves the main one out. [..., rows, columns] stays.
 * @throws ShapeError for fewer than two axes, ArgumentError for a diagonal that is no whole number.
 */
export const tril = documented(
  (x: Operand, diagonal = 0): Variable => keep('tril', notAbove, x, diagonal),
  (f) =>
    movement('tril', 'y[i, j] = x[i, j] where j ≤ i + diagonal, else 0', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, 1), cube),
      sample((x) => f(x!, -1), cube),
    ]),
);

/**
 * The upper triangle of the last two axes: entries below a diagonal become 0, also where they are NaN or infinite.
 * Diagonal 1 leaves the main one out, −1 keeps one more below it. [..., rows, columns] stays.
 * @throws ShapeError for fewer than two axes, ArgumentError for a diagonal that is no whole number.
 */
export const triu = documented(
  (x: Operand, diagonal = 0): Variable => keep('triu', notBelow, x, diagonal),
  (f) =>
    movement('triu', 'y[i, j] = x[i, j] where j ≥ i + diagonal, else 0', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, 1), cube),
      sample((x) => f(x!, -1), cube),
    ]),
);
