import { ones, type ReduceOptions, reduce } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { concat, pad, split, unsqueeze } from '../movement.ts';
import { matrix, sample } from '../samples.ts';
import { sliceAxis } from '../slice-axis.ts';
import { finish, gatherReduced, reduction, reductionSamples, resolve } from './reduced.ts';
import { sum } from './sum.ts';

/** The partial derivative by xᵢ is Πⱼ≠ᵢ xⱼ; written as y/xᵢ it would be 0/0 where there are zeros. */
const productRules: Rules<undefined> = {
  name: 'prod',
  forward: ([x]) => reduce('product', x!, { axes: -1 }),
  batch: ([x]) => apply(productRules, [x!.variable], undefined),
  derivative: 'ȳ · Πⱼ≠ᵢ xⱼ',
  vjp: (_, cotangent, { inputs: [x] }) => mul(unsqueeze(cotangent, -1), productOfOthers(x!)),
  jvp: ([tangent], { inputs: [x] }) => tangent && sum(mul(tangent, productOfOthers(x!)), { axes: -1 }),
};

/**
 * For each element of the last axis the product of all the others, in O(n) multiplications and without division:
 * the left half of the elements is multiplied by the right half. An element's others are those of its pair, times
 * its partner.
 */
function productOfOthers(x: Variable): Variable {
  const length = x.shape.at(-1)!;
  if (length < 2) return new Variable(ones(x.shape, { dtype: x.dtype }));
  if (length % 2 === 1) {
    const even = pad(x, [...x.shape.slice(1).map(() => [0, 0] as const), [0, 1]], 1);
    return sliceAxis(productOfOthers(even), x.rank - 1, [0, length]);
  }
  const [left, right] = split(x, length / 2, -1) as [Variable, Variable];
  const others = productOfOthers(mul(left, right));
  return concat([mul(others, right), mul(others, left)], -1);
}

/** Multiplies the elements along `axes` (all of them unless told); 1 for no elements. Gradients are exact at zeros. */
export const prod = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    const reduced = resolve('prod', operand, options);
    const product = apply(productRules, [gatherReduced(operand, reduced.axes)], undefined);
    return finish(product, operand, reduced);
  },
  (f) => ({
    ...reduction(productRules, 'Πᵢ xᵢ', [
      ...reductionSamples((x, options) => f(x, options)),
      sample(
        (x) => f(x!, { axes: 1 }),
        [
          [0, 1.3, -0.4, 0.7, 2.1],
          [0.2, 0, 1.1, 0, -0.6],
          [0, 0, 0.9, 0, 1.7],
        ],
      ),
      sample((x) => f(x!, { axes: [] }), matrix),
    ]),
    derivative: 'x̄ᵢ = ȳ · Πⱼ≠ᵢ xⱼ',
  }),
);
