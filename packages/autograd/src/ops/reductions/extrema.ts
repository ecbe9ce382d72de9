import { type ReduceOptions, reduce } from '@reparam/tensor';
import { documented, type RuleContext, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { div, equal, mul } from '../elementwise.ts';
import { kink } from '../samples.ts';
import { ofWholeBatch, type Reduced, reduction, reductionSamples, resolve, restore } from './reduced.ts';
import { sum } from './sum.ts';

/** 1/count at the elements that attain the extremum and 0 elsewhere, so that ties share one cotangent. */
function tieShares({ inputs: [x], output, parameters }: RuleContext<Reduced>): Variable {
  const ties = equal(x!, restore(output, x!, parameters));
  return div(ties, sum(ties, { axes: parameters.axes, keepDims: true }));
}

function extremumRules(name: string, kind: 'maximum' | 'minimum'): Rules<Reduced> {
  const rules: Rules<Reduced> = {
    name,
    forward: ([x], options) => reduce(kind, x!, options, name),
    batch: ([x], reduced) => apply(rules, [x!.variable], ofWholeBatch(reduced)),
    derivative: 'ȳ at the extremum, shared equally by ties',
    vjp: (_, cotangent, context) =>
      mul(restore(cotangent, context.inputs[0]!, context.parameters), tieShares(context)),
    jvp: ([tangent], context) => tangent && sum(mul(tangent, tieShares(context)), context.parameters),
  };
  return rules;
}

const maxRules = extremumRules('max', 'maximum');
const minRules = extremumRules('min', 'minimum');

/** The largest element along `axes` (all of them unless told); ties share the cotangent equally. */
export const max = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(maxRules, [operand], resolve('max', operand, options));
  },
  (f) => ({
    ...reduction(
      maxRules,
      'maxᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [[1, 3, 3, 2]], [[0, 0.5, 0.5, 0]])],
    ),
    derivative: 'x̄ᵢ = ȳ / ties where xᵢ = y',
  }),
);

/** The smallest element along `axes` (all of them unless told); ties share the cotangent equally. */
export const min = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(minRules, [operand], resolve('min', operand, options));
  },
  (f) => ({
    ...reduction(
      minRules,
      'minᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [[3, 1, 2, 1]], [[0, 0.5, 0, 0.5]])],
    ),
    derivative: 'x̄ᵢ = ȳ / ties where xᵢ = y',
  }),
);
