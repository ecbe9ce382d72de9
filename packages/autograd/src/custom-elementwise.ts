import { ArgumentError, type Expression, input } from '@reparam/tensor';
import { elementwiseRules } from './elementwise.ts';
import type { Rules } from './operation.ts';
import { apply } from './tape.ts';
import type { Operand, Variable } from './variable.ts';

/** What to compute for each element: scalar functions of the tensor package, applied to the inputs. */
export type Formula = (...inputs: Expression[]) => Expression;

type Operands<Inputs extends readonly Expression[]> = { [Position in keyof Inputs]: Operand };

/** A function that takes an operand for each input of a formula; their shapes broadcast. */
export type ElementwiseFunction<F extends Formula> = (...operands: Operands<Parameters<F>>) => Variable;

/**
 * An elementwise operation of your own, from its formula: gradients of any order, forward mode, broadcasting and
 * every backend follow from it. The name is shown on the tape and in messages.
 *
 * ```ts
 * import { scalarFunctions as f } from '@reparam/tensor';
 *
 * const swish = elementwise('swish', (x, beta) => f.multiply(x, f.sigmoid(f.multiply(beta, x))));
 * const y = swish(x, 1.5);
 * ```
 * Numbers in a formula are written `constant(2)`; numbers that change from call to call should be inputs.
 * @throws ArgumentError when the formula has no countable inputs, or returns something else than an expression.
 */
export function elementwise<F extends Formula>(name: string, formula: F): ElementwiseFunction<F> {
  return applyElementwise(
    elementwiseRules(name, traceFormula(name, formula), formula.length),
    formula.length,
  );
}

/** The function of operands that runs by these rules. It ignores further arguments, so that `xs.map(exp)` works. */
export function applyElementwise<F extends Formula>(
  rules: Rules<undefined>,
  arity: number,
): ElementwiseFunction<F> {
  return (...operands: Operand[]) =>
    apply(rules, operands.length > arity ? operands.slice(0, arity) : operands, undefined);
}

/** Runs a formula on as many inputs as it has parameters. */
export function traceFormula(name: string, formula: Formula): Expression {
  if (formula.length === 0) {
    throw new ArgumentError(
      'elementwise',
      'formula',
      formula,
      `the formula of ${name} has no parameters to count. Give it one for each operand, without default values and ` +
        `not as ...rest: elementwise('${name}', (x, y) => …).`,
    );
  }
  const result: unknown = formula(...Array.from({ length: formula.length }, (_, i) => input(i)));
  if (isExpression(result)) return result;
  throw new ArgumentError(
    'elementwise',
    'formula',
    formula,
    `the formula of ${name} returned ${typeof result === 'number' ? result : typeof result}, not an expression. ` +
      "JavaScript's operators do not work on formulas, nor do methods of variables: with scalarFunctions as f, write " +
      'f.multiply(constant(2), x) for 2 * x.',
  );
}

function isExpression(value: unknown): value is Expression {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'constant' || value.kind === 'input' || value.kind === 'call';
}
