import { backend, type Triangle } from './backend/backend.ts';
import { type DType, requireFloating, requireSameDType } from './dtype.ts';
import { ReparamError, ShapeError } from './errors.ts';
import { constant, input } from './expression/expression.ts';
import * as f from './expression/functions.ts';
import { expandLayout } from './layout.ts';
import { map, reduce } from './primitives.ts';
import { isRecorded } from './program/recording.ts';
import { broadcastShapes, contiguousStrides, formatShape, type Shape } from './shape.ts';
import { Tensor } from './tensor.ts';

/** What tensors and variables have in common. */
interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The diagonal entry at which a factorisation or a substitution cannot go on. */
export interface Pivot {
  /** The full shape of the matrix argument, batch axes included. */
  readonly shape: Shape;
  /** Which matrix of the batch; [] where there is one only. */
  readonly batch: readonly number[];
  /** The row and column of the entry. */
  readonly index: number;
  readonly value: number;
}

/** `a [3, 3]`, or `matrix [1, 0] of a [2, 4, 3, 3]`. */
function nameMatrix(argument: string, { shape, batch }: Pivot): string {
  const whole = `${argument} ${formatShape(shape)}`;
  return batch.length === 0 ? whole : `matrix ${formatShape(batch)} of ${whole}`;
}

/** A matrix without a Cholesky factor. */
export class NotPositiveDefiniteError extends ReparamError {
  readonly pivot: Pivot;

  constructor(operation: string, argument: string, pivot: Pivot) {
    super(
      operation,
      `${nameMatrix(argument, pivot)} is not positive definite: its pivot ${pivot.index} is ${pivot.value}, but must ` +
        'be positive and finite. If it should be, rounding may be to blame: add a small multiple of the identity, ' +
        'or use float64.',
    );
    this.pivot = pivot;
  }
}

/** A matrix without an inverse, or too close to one without for its element type. */
export class SingularMatrixError extends ReparamError {
  readonly pivot: Pivot;

  constructor(operation: string, argument: string, pivot: Pivot, explanation: string) {
    super(operation, `${nameMatrix(argument, pivot)} is singular: ${explanation}`);
    this.pivot = pivot;
  }
}

/** The first of numbers [...batch, n], one for each diagonal entry of [...batch, n, n], that fails a test. */
export function findPivot(
  shape: Shape,
  diagonal: Tensor,
  passes: (value: number) => boolean,
): Pivot | undefined {
  const values = diagonal.toTypedArray();
  const found = values.findIndex((value) => !passes(value));
  if (found < 0) return undefined;
  const position = contiguousStrides(diagonal.shape).map(
    (stride, axis) => Math.floor(found / stride) % diagonal.shape[axis]!,
  );
  return { shape, batch: position.slice(0, -1), index: position.at(-1)!, value: values[found]! };
}

/** The diagonal of square matrices [...batch, n, n] as a view [...batch, n]. */
export function diagonalView({ elements, shape, strides, offset }: Tensor): Tensor {
  return new Tensor(elements, {
    shape: shape.slice(0, -1),
    strides: [...strides.slice(0, -2), strides.at(-2)! + strides.at(-1)!],
    offset,
  });
}

/** @throws ShapeError unless the last two axes are of one length. */
export function requireSquare(operation: string, name: string, shape: Shape): void {
  if (shape.length >= 2 && shape.at(-1) === shape.at(-2)) return;
  throw new ShapeError(
    operation,
    `${name} is ${formatShape(shape)}, but needs to be a square matrix [n, n], or a batch of them [..., n, n].`,
    { [name]: shape },
  );
}

/**
 * The lower triangular factor L with a positive diagonal of a = L·Lᵀ, for [..., n, n]. Only the lower triangle of `a`
 * is read. `operation` names it in errors.
 * @throws NotPositiveDefiniteError (in a compiled program the factor is NaN instead), ShapeError unless `a` is square, DTypeError unless it is floating.
 */
export function cholesky(a: Tensor, operation = 'cholesky'): Tensor {
  requireSquare(operation, 'a', a.shape);
  requireFloating(operation, 'a', a.dtype);
  const factor = backend().cholesky(a);
  if (isRecorded(factor)) return invalidateUnfinished(factor);
  const bad = findPivot(a.shape, diagonalView(factor), (value) => value > 0 && value < Infinity);
  if (bad) throw new NotPositiveDefiniteError(operation, 'a', bad);
  return factor;
}

/** What no pivot tells while a program is recorded: NaN in all of a factor that could not be finished. */
function invalidateUnfinished(factor: Tensor): Tensor {
  const smallest = reduce('minimum', map(validPivot, [diagonalView(factor)]), { axes: -1 });
  return map(factorOrNaN, [factor, smallest.reshape([...smallest.shape, 1, 1])]);
}

const pivot = input(0);
const validPivot = f.multiply(f.less(constant(0), pivot), f.less(pivot, constant(Infinity)));
const factorOrNaN = f.select(input(1), input(0), constant(Number.NaN));

export interface TriangularSolveOptions {
  /** Whether t is lower triangular (unless told otherwise) or upper; its other triangle is not read. */
  readonly lower?: boolean;
  /** Solve with t transposed. */
  readonly transpose?: boolean;
  /** Take the diagonal of t as ones, without reading it. */
  readonly unitDiagonal?: boolean;
}

/**
 * The solution x [..., n, k] of t·x = b for a triangular t [..., n, n] and b [..., n, k], by substitution; the axes
 * before the last two broadcast.
 * @throws SingularMatrixError when a diagonal entry is 0 (a compiled program divides by it), ShapeError, DTypeError.
 */
export function triangularSolve(
  t: Tensor,
  b: Tensor,
  { lower = true, transpose = false, unitDiagonal = false }: TriangularSolveOptions = {},
): Tensor {
  const batch = requireSystem('triangularSolve', 't', t, b);
  if (!unitDiagonal && !isRecorded(t)) {
    const zero = findPivot(t.shape, diagonalView(t), (value) => value !== 0);
    if (zero) {
      throw new SingularMatrixError('triangularSolve', 't', zero, `its diagonal entry ${zero.index} is 0.`);
    }
  }
  const triangle: Triangle = { lower: lower !== transpose, unitDiagonal };
  const expand = (x: Tensor): Tensor =>
    new Tensor(x.elements, expandLayout(x, [...batch, ...x.shape.slice(-2)]));
  return backend().triangularSolve(expand(transpose ? t.transpose() : t), expand(b), triangle);
}

/**
 * Checks a linear system of a matrix [..., n, n], which its operation calls `name`, and b [..., n, k]; returns the axes
 * before the last two, broadcast. @throws ShapeError, DTypeError.
 */
export function requireSystem(operation: string, name: string, matrix: Typed, b: Typed): number[] {
  requireFloating(operation, name, requireSameDType(operation, { [name]: matrix.dtype, b: b.dtype }));
  requireSquare(operation, name, matrix.shape);
  const shapes = { [name]: matrix.shape, b: b.shape };
  if (b.shape.length < 2) {
    throw new ShapeError(
      operation,
      `b is ${formatShape(b.shape)}, but needs at least two axes [..., n, k]. For one right-hand side use ` +
        `b.reshape([-1, 1]). The operands are ${name} ${formatShape(matrix.shape)} and b ${formatShape(b.shape)}.`,
      shapes,
    );
  }
  const [n, rows] = [matrix.shape.at(-1)!, b.shape.at(-2)!];
  if (rows !== n) {
    throw new ShapeError(
      operation,
      `the numbers of rows differ: ${name} is ${formatShape(matrix.shape)} (axis -2 = ${n}) but b is ` +
        `${formatShape(b.shape)} (axis -2 = ${rows}). Each column of b is one right-hand side of length ${n}.`,
      shapes,
    );
  }
  return broadcastShapes(operation, shapes, 2);
}
