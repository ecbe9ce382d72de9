import { type MatmulOptions, matmul as multiply } from '@reparam/tensor';
import { documented, identify, type Rules } from '../operation.ts';
import { apply } from '../tape.ts';
import type { Operand, Variable } from '../variable.ts';
import { add } from './elementwise.ts';
import { cube, matrix, sample, vector } from './samples.ts';

const rules: Rules<MatmulOptions> = {
  name: 'matmul',
  broadcasts: true,
  forward: ([a, b], options) => multiply(a!, b!, options),
  derivative: 'ā = ȳ·bᵀ, b̄ = aᵀ·ȳ',
  /**
   * With A′, B′ the operands as used (transposed or not) and C = A′B′: Ā′ = C̄·B′ᵀ and B̄′ = A′ᵀ·C̄. An operand
   * that was used transposed takes the transpose of that, which only swaps the factors.
   */
  vjp: (index, cotangent, { inputs: [a, b], parameters: { transposeA = false, transposeB = false } }) => {
    if (index === 0) {
      return transposeA
        ? matmul(b!, cotangent, { transposeA: transposeB, transposeB: true })
        : matmul(cotangent, b!, { transposeB: !transposeB });
    }
    return transposeB
      ? matmul(cotangent, a!, { transposeA: true, transposeB: transposeA })
      : matmul(a!, cotangent, { transposeA: !transposeA });
  },
  jvp: ([da, db], { inputs: [a, b], parameters }) => {
    const left = da && matmul(da, b!, parameters);
    const right = db && matmul(a!, db, parameters);
    return left && right ? add(left, right) : (left ?? right);
  },
};

const transposed = [
  [0.8, -0.5],
  [1.3, 0.2],
  [-0.9, 0.4],
] as const;

/**
 * Matrix product over the last two axes; the axes before them broadcast. [..., M, K] × [..., K, N] → [..., M, N],
 * with either operand's last two axes swapped on request. @throws ShapeError when the inner dimensions differ.
 */
export const matmul = documented(
  (a: Operand, b: Operand, options: MatmulOptions = {}): Variable => apply(rules, [a, b], options),
  (f) => ({
    ...identify(rules),
    kind: 'linear algebra',
    formula: 'Σₖ aᵢₖ bₖⱼ',
    domain: 'all reals',
    kinks: [],
    samples: [
      sample((a, b) => f(a!, b!), matrix, transposed),
      sample((a, b) => f(a!, b!, { transposeB: true }), matrix, [vector]),
      sample((a, b) => f(a!, b!, { transposeA: true }), transposed, cube[0]),
      sample((a, b) => f(a!, b!, { transposeA: true, transposeB: true }), transposed, matrix),
      sample((a, b) => f(a!, b!), matrix, cube),
      sample((a) => f(a!, a!, { transposeB: true }), matrix),
    ],
  }),
);
