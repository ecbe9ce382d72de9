import { ArgumentError } from '@reparam/tensor';
import type { RuleContext, Rules } from '../operation.ts';
import { mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reductions.ts';
import { apply, noGrad } from '../tape.ts';
import { type Operand, Variable } from '../variable.ts';
import { jointVjp } from './joint.ts';
import { grad } from './reverse.ts';

/** What a rule of one's own may look at. */
export type CustomContext = Pick<RuleContext<undefined>, 'inputs' | 'output'>;

export interface CustomGradient {
  /** Shown on the tape and in messages. */
  readonly name: string;
  /** The value. What happens inside is not recorded. */
  readonly forward: (...inputs: Variable[]) => Variable;
  /**
   * The cotangent of every input, undefined for none: (∂output/∂inputᵢ)ᵀ·cotangent, or whatever is to stand for it.
   * Written in operations, it can be differentiated again.
   */
  readonly vjp: (cotangent: Variable, context: CustomContext) => readonly (Variable | undefined)[];
}

/**
 * A function with a derivative of one's own: for formulas that are more accurate or cheaper than the derived one,
 * or for estimators that are no derivative at all (straight-through, gradient reversal).
 *
 * ```ts
 * const roundStraightThrough = customGradient({
 *   name: 'roundStraightThrough',
 *   forward: (x) => round(x),
 *   vjp: (cotangent) => [cotangent],
 * });
 * ```
 * Forward mode follows from the rule: the tangent is linear in the inputs' tangents u, and is the derivative of
 * Σᵢ ⟨vjp(v)ᵢ, uᵢ⟩ by v. @throws ArgumentError when the rule gives another number of cotangents than there are inputs.
 */
export function customGradient({ name, forward, vjp }: CustomGradient): (...inputs: Operand[]) => Variable {
  const pull = (cotangent: Variable, context: CustomContext): readonly (Variable | undefined)[] => {
    const cotangents = vjp(cotangent, context);
    if (cotangents.length !== context.inputs.length) {
      throw new ArgumentError(
        name,
        'vjp',
        cotangents,
        `its rule gave ${cotangents.length} cotangents for ${context.inputs.length} inputs; give one for each, ` +
          'undefined where there is none.',
      );
    }
    return cotangents;
  };
  const rules: Rules<undefined> = {
    name,
    forward: (inputs) => noGrad(() => forward(...inputs.map((x) => new Variable(x))).value),
    vjp: jointVjp(pull),
    jvp: (tangents, context) => {
      const paired = (v: Variable): Variable | undefined =>
        pull(v, context)
          .flatMap((cotangent, i) => {
            const tangent = tangents[i];
            return cotangent && tangent ? [sum(mul(cotangent, tangent))] : [];
          })
          .reduce<Variable | undefined>((total, term) => (total ? total.add(term) : term), undefined);
      const start = context.output.detach();
      if (noGrad(() => paired(start)) === undefined) return undefined;
      return grad((v) => paired(v!)!)(start)[0];
    },
  };
  return (...inputs) => apply(rules, inputs, undefined);
}
