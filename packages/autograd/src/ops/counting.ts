import {
  constant,
  type Expression,
  scalarFunctions as f,
  input,
  map,
  type ReduceOptions,
  reduce,
  type Tensor,
} from '@reparam/tensor';
import { documented, type Rules, withoutGradient } from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, type Variable } from '../variable.ts';
import {
  ofWholeBatch,
  type Reduced,
  reduction,
  reductionSamples,
  resolve,
  weigh,
} from './reductions/reduced.ts';

const zero = constant(0);
const isZero = f.equal(input(0), zero);
const isNonzero = f.equal(isZero, zero);

/** What only counts elements steps from number to number, so its derivative is 0 everywhere. */
function countingRules(name: string, forward: (x: Tensor, reduced: Reduced) => Tensor): Rules<Reduced> {
  const rules: Rules<Reduced> = {
    name,
    forward: ([x], reduced) => forward(x!, reduced),
    batch: ([x], reduced) => apply(rules, [x!.variable], ofWholeBatch(reduced)),
    ...withoutGradient,
  };
  return rules;
}

/** How many elements pass a test, compared with 0. */
function compareCount(name: string, test: Expression, comparison: Expression): Rules<Reduced> {
  return countingRules(name, (x, reduced) => map(comparison, [reduce('sum', map(test, [x]), reduced)], name));
}

const anyRules = compareCount('any', isNonzero, f.less(zero, input(0)));

/**
 * 1 where some element along `axes` (all of them unless told) is not 0, else 0, in x's type and without a gradient;
 * 0 for no elements. NaN is not 0.
 */
export const any = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(anyRules, [operand], resolve('any', operand, options));
  },
  (f) =>
    reduction(
      anyRules,
      'maxᵢ [xᵢ ≠ 0]',
      reductionSamples((x, options) => f(x, options)),
    ),
);

const allRules = compareCount('all', isZero, isZero);

/**
 * 1 where no element along `axes` (all of them unless told) is 0, else 0, in x's type and without a gradient; 1 for
 * no elements. NaN is not 0.
 */
export const all = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(allRules, [operand], resolve('all', operand, options));
  },
  (f) =>
    reduction(
      allRules,
      'minᵢ [xᵢ ≠ 0]',
      reductionSamples((x, options) => f(x, options)),
    ),
);

// float32 counts no further than 2²⁴.
const countNonzeroRules = countingRules('countNonzero', (x, reduced) =>
  reduce('sum', map(isNonzero, [x]).cast('int32'), reduced),
);

/** How many elements along `axes` (all of them unless told) are not 0, as int32. NaN is not 0. */
export const countNonzero = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(countNonzeroRules, [operand], resolve('countNonzero', operand, options));
  },
  (f) =>
    reduction(
      countNonzeroRules,
      'Σᵢ [xᵢ ≠ 0]',
      reductionSamples((x, options) => weigh(x, f(x, { ...options, keepDims: true }))),
    ),
);
