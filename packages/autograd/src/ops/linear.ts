import type { RuleContext, Rules } from '../operation.ts';
import { apply } from '../tape.ts';
import type { Variable } from '../variable.ts';

/** A linear operation of one input: it is its own tangent rule, and its cotangent rule is its adjoint. */
export function linearRules<P>(
  definition: Pick<Rules<P>, 'name' | 'forward' | 'batch'> & {
    readonly adjoint: (cotangent: Variable, context: RuleContext<P>) => Variable;
  },
): Rules<P> {
  const rules: Rules<P> = {
    ...definition,
    linear: true,
    vjp: (_index, cotangent, context) => definition.adjoint(cotangent, context),
    jvp: ([tangent], { parameters }) => tangent && apply(rules, [tangent], parameters),
  };
  return rules;
}
