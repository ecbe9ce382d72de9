import { triangularSolve as solveTriangular, type TriangularSolveOptions } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Operand, Variable } from '../../variable.ts';
import { neg, sub } from '../elementwise.ts';
import { matmul } from '../matmul.ts';
import { tril, triu } from '../movement.ts';
import { sample } from '../samples.ts';
import { linearAlgebra } from './record.ts';
import { pair, rightHandSides } from './samples.ts';

type Triangle = Required<TriangularSolveOptions>;

/** The entries of a matrix that the solution depends on. */
function readPart(x: Variable, { lower, unitDiagonal }: Triangle): Variable {
  const first = unitDiagonal ? 1 : 0;
  return lower ? tril(x, -first) : triu(x, first);
}

const rules: Rules<Triangle> = {
  name: 'triangularSolve',
  broadcasts: true,
  forward: ([t, b], triangle) => solveTriangular(t!, b!, triangle),
  /** With T′ the matrix as used and T′x = b: b̄ = T′⁻ᵀx̄ and T̄′ = −b̄xᵀ, of which T̄ is the part that was read. */
  derivative: 'b̄ = t⁻ᵀ·ȳ, t̄ the triangle of -b̄·yᵀ',
  vjp: (index, cotangent, { inputs: [t], output, parameters }) => {
    const { transpose } = parameters;
    const adjoint = triangularSolve(t!, cotangent, { ...parameters, transpose: !transpose });
    if (index === 1) return adjoint;
    const [left, right] = transpose ? [output, adjoint] : [adjoint, output];
    return readPart(neg(matmul(left, right, { transposeB: true })), parameters);
  },
  /** From dT′x + T′dx = db. */
  jvp: ([dt, db], { inputs: [t], output, parameters }) => {
    const moved = dt && matmul(readPart(dt, parameters), output, { transposeA: parameters.transpose });
    const rightHandSide = moved ? (db ? sub(db, moved) : neg(moved)) : db;
    return rightHandSide && triangularSolve(t!, rightHandSide, parameters);
  },
};

const lower = [
  [1.3, 0.4, -0.2],
  [-0.6, 0.9, 0.7],
  [0.5, -0.8, -1.6],
] as const;

/**
 * The solution x [..., n, k] of t·x = b for a lower (or upper) triangular t [..., n, n] and b [..., n, k], by
 * substitution; the axes before the last two broadcast. The other triangle of t is not read: its cotangent is 0.
 * @throws SingularMatrixError when a diagonal entry is 0, ShapeError when rows differ in number.
 */
export const triangularSolve = documented(
  (
    t: Operand,
    b: Operand,
    { lower = true, transpose = false, unitDiagonal = false }: TriangularSolveOptions = {},
  ): Variable => apply(rules, [t, b], { lower, transpose, unitDiagonal }),
  (f) =>
    linearAlgebra(rules, {
      formula: 'T x = b',
      domain: 'tᵢᵢ ≠ 0',
      samples: [
        sample((t, b) => f(t!, b!), lower, rightHandSides),
        sample((t, b) => f(t!, b!, { transpose: true }), lower, rightHandSides),
        sample((t, b) => f(t!, b!, { lower: false }), lower, rightHandSides),
        sample(
          (t, b) => f(t!, b!, { lower: false, transpose: true, unitDiagonal: true }),
          lower,
          rightHandSides,
        ),
        sample((t, b) => f(t!, b!, { unitDiagonal: true }), pair, [[0.4], [-1.5]]),
        sample((t, b) => f(t!, b!), pair[0], pair),
        sample((t) => f(t!, t!, { transpose: true }), pair[0]),
      ],
    }),
);
