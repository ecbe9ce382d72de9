import { formatExpression } from '@reparam/tensor';
import {
  applyElementwise,
  type ElementwiseFunction,
  type Formula,
  traceFormula,
} from '../../custom-elementwise.ts';
import { elementwiseRules } from '../../elementwise.ts';
import { type Documented, documented, identify, type Kink } from '../../operation.ts';
import { sample } from '../samples.ts';

/** What sets one elementwise operation apart; all else follows from the formula. */
interface Definition {
  readonly name: string;
  readonly domain?: string;
  /** The partial derivatives, for people, where those derived from the formula are long. */
  readonly derivative?: string;
  /** Points at which derivatives are checked, each a value for every operand. */
  readonly at: readonly (readonly number[])[];
  /** Points without a derivative, with the partial derivatives promised there. */
  readonly kinks?: readonly (readonly [at: readonly number[], partials: readonly number[]])[];
}

/** An operation and its record, from a formula. */
export function define<F extends Formula>(
  { name, domain = 'all reals', derivative, at, kinks = [] }: Definition,
  formula: F,
): Documented<ElementwiseFunction<F>> {
  const arity = formula.length;
  const expression = traceFormula(name, formula);
  const rules = {
    ...elementwiseRules(name, expression, arity),
    ...(derivative !== undefined && { derivative }),
  };
  const run = applyElementwise<Formula>(rules, arity);
  const columns = Array.from({ length: arity }, (_, i) => at.map((point) => point[i]!));
  const toKink = ([point, partials]: readonly [readonly number[], readonly number[]]): Kink => ({
    at: `(${point.join(', ')})`,
    run,
    inputs: point,
    cotangents: partials,
  });
  return documented(run as ElementwiseFunction<F>, () => ({
    ...identify(rules),
    kind: 'elementwise',
    formula: formatExpression(expression, arity === 1 ? ['x'] : ['a', 'b', 'c']),
    domain,
    kinks: kinks.map(toKink),
    samples: [sample(run, ...columns)],
  }));
}

// Points that operations share.
export const real = [[-3.1], [-0.7], [-0.01], [0.3], [1.2], [4.5]];
export const positive = [[0.02], [0.4], [1], [2.7], [30]];
/** Inside (−1, 1). */
export const fractions = [[-0.9], [-0.4], [0], [0.1], [0.7]];
export const pairs = [
  [-1.3, 0.6],
  [0.4, -2.1],
  [1.7, 1.1],
  [-0.2, -0.9],
];
