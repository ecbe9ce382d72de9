import { eye, requireFloating, requireSquare } from '@reparam/tensor';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { add, mul } from '../elementwise.ts';
import { transpose } from '../movement.ts';

/** An operand of square matrices [..., n, n]. @throws ShapeError, DTypeError unless it is floating. */
export function toSquare(operation: string, a: Operand): Variable {
  const matrix = toVariable(a);
  requireSquare(operation, 'a', matrix.shape);
  requireFloating(operation, 'a', matrix.dtype);
  return matrix;
}

/** (a + aᵀ)/2 */
export function symmetricPart(a: Variable): Variable {
  return mul(add(a, transpose(a)), 0.5);
}

/** The identity matrix of the size and type of a. */
export function identityLike(a: Variable): Variable {
  const n = a.shape.at(-1)!;
  return toVariable(eye(n, n, { dtype: a.dtype }));
}
