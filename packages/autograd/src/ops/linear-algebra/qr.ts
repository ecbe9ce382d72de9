import {
  constant,
  diagonalView,
  scalarFunctions as f,
  formatShape,
  input,
  map,
  requireFloating,
  ShapeError,
} from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { add, sub } from '../elementwise.ts';
import { matmul } from '../matmul.ts';
import { concat, slice, transpose, tril, triu } from '../movement.ts';
import { cube, matrix, sample } from '../samples.ts';
import { householder, pack, unpack } from './householder.ts';
import { fullRank } from './rank.ts';
import { linearAlgebra } from './record.ts';
import { square } from './samples.ts';
import { triangularSolve } from './triangular-solve.ts';

const signOrOne = f.select(f.less(input(0), constant(0)), constant(-1), constant(1));
/** Zeros stay, rather than become −0. */
const signed = f.select(f.equal(input(0), constant(0)), input(0), f.multiply(input(0), input(1)));

/** The QR factors of [..., m, n] with m ≥ n, packed as in householder.ts, with a diagonal of R that is ≥ 0. */
const rules: Rules<undefined> = {
  name: 'qr',
  forward: ([a]) => {
    const { q, r } = householder(a!);
    const signs = map(signOrOne, [diagonalView(r)]);
    const batch = q.shape.slice(0, -2);
    const n = q.shape.at(-1)!;
    return pack({
      q: map(signed, [q, signs.reshape([...batch, 1, n])]),
      r: map(signed, [r, signs.reshape([...batch, n, 1])]),
    });
  },
  /**
   * Ā = (Q̄ + Q·S̄)R⁻ᵀ, where S̄ is the upper triangle of M = R̄Rᵀ − QᵀQ̄ mirrored to the lower one (Seeger et al. 2017,
   * Auto-differentiating linear algebra; Walter & Lehmann 2010 for the tangent).
   */
  derivative: '(q̄ + q·mirror(r̄·rᵀ - qᵀ·q̄))·r⁻ᵀ',
  vjp: (_, cotangent, { output, inputs: [a] }) => {
    const { q, r } = independentFactors(output, a!);
    const { q: cotangentQ, r: cotangentR } = unpack(cotangent);
    const m = sub(matmul(cotangentR, r, { transposeB: true }), matmul(q, cotangentQ, { transposeA: true }));
    const mirrored = add(triu(m), transpose(triu(m, 1)));
    const beforeR = add(cotangentQ, matmul(q, mirrored));
    return transpose(triangularSolve(r, transpose(beforeR), { lower: false }));
  },
  /**
   * With W = dA·R⁻¹ and S = QᵀW: dR = U·R and dQ = W − Q·U, where U is the upper triangle of S and the lower one
   * mirrored onto it, which keeps dR triangular and QᵀdQ skew.
   */
  jvp: ([da], { output, inputs: [a] }) => {
    if (da === undefined) return undefined;
    const { q, r } = independentFactors(output, a!);
    const w = transpose(triangularSolve(r, transpose(da), { lower: false, transpose: true }));
    const s = matmul(q, w, { transposeA: true });
    const u = add(triu(s), transpose(tril(s, -1)));
    return concat([sub(w, matmul(q, u)), matmul(u, r)], -2);
  },
};

function independentFactors(packed: Variable, a: Variable): { q: Variable; r: Variable } {
  const { q, r } = unpack(packed);
  return { q, r: fullRank(r, { operation: 'qr', shape: a.shape }) };
}

const tall = [
  [0.9, -0.4],
  [0.3, 1.2],
  [-0.7, 0.5],
] as const;

/**
 * The reduced factors a = q·r of [..., m, n], with k = min(m, n): q [..., m, k] has orthonormal columns, r [..., k, n]
 * is upper triangular with a diagonal ≥ 0. That is unique where the first k columns of `a` are independent; elsewhere
 * there are factors, but no gradients: those throw SingularMatrixError. @throws ShapeError, DTypeError.
 */
export const qr = documented(
  (a: Operand): { q: Variable; r: Variable } => {
    const operand = toVariable(a);
    requireFloating('qr', 'a', operand.dtype);
    if (operand.rank < 2) {
      throw new ShapeError(
        'qr',
        `a is ${formatShape(operand.shape)}, but needs at least two axes. For a column use a.reshape([-1, 1]).`,
        { a: operand.shape },
      );
    }
    const [m, n] = operand.shape.slice(-2) as [number, number];
    if (m >= n) return unpack(apply(rules, [operand], undefined));
    // The columns beyond the first m are rotated like those.
    const all = operand.shape.slice(0, -1).map(() => null);
    const { q, r } = unpack(apply(rules, [slice(operand, [...all, [0, m]])], undefined));
    const others = matmul(q, slice(operand, [...all, [m, n]]), { transposeA: true });
    return { q, r: concat([r, others], -1) };
  },
  (f) =>
    linearAlgebra(rules, {
      formula: 'q r = a, qᵀq = 1',
      domain: 'the first min(m, n) columns are independent',
      samples: [square, tall, cube, matrix].flatMap((a) => [
        sample((x) => f(x!).q, a),
        sample((x) => f(x!).r, a),
      ]),
    }),
);
