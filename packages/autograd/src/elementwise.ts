import {
  compactInputs,
  type Expression,
  formatExpression,
  input,
  map,
  operandNames,
  tangent,
} from '@reparam/tensor';
import type { Rules } from './operation.ts';
import { apply } from './tape.ts';
import type { Operand, Variable } from './variable.ts';

/** A derivative formula and which of (inputs…, then cotangent or tangents…) it reads, in order. */
interface DerivedFormula {
  readonly expression: Expression;
  readonly inputs: readonly number[];
}

/**
 * The rules of an elementwise operation, all of them derived from its formula: the cotangent of input i is
 * the formula's directional derivative with the output cotangent in place of dxᵢ, the tangent is the same
 * with every input's tangent.
 */
export function elementwiseRules(name: string, expression: Expression, arity: number): Rules<undefined> {
  const reverse = new Map<number, DerivedFormula>();
  const forward = new Map<string, DerivedFormula>();
  return {
    name,
    broadcasts: true,
    expression,
    forward: (inputs) => map(expression, inputs, name),
    vjp: (index, cotangent, { inputs }) => {
      const formula = remember(reverse, index, () => derive(expression, new Map([[index, input(arity)]])));
      return applyDerived(formula, [...inputs, cotangent]);
    },
    jvp: (tangents, { inputs }) => {
      const moving = tangents.flatMap((each, i) => (each ? [i] : []));
      const formula = remember(forward, moving.join(), () =>
        derive(expression, new Map(moving.map((i) => [i, input(arity + i)]))),
      );
      return applyDerived(formula, [...inputs, ...tangents]);
    },
  };
}

function derive(expression: Expression, tangents: ReadonlyMap<number, Expression>): DerivedFormula {
  return compactInputs(tangent(expression, tangents));
}

/** The value of a derived formula, or undefined where it is zero: it is linear in cotangents, so it then reads nothing. */
function applyDerived(
  { expression, inputs }: DerivedFormula,
  operands: readonly (Variable | undefined)[],
): Variable | undefined {
  if (inputs.length === 0) return undefined;
  const used = inputs.map((index) => operands[index]!);
  return expression.kind === 'input' ? used[0]! : applyExpression(expression, used);
}

const derivedRules = new Map<Expression, Rules<undefined>>();

/** Applies a formula as a differentiable operation, named by its text: `map[a * exp(b)]`. */
function applyExpression(expression: Expression, operands: readonly Operand[]): Variable {
  const rules = remember(derivedRules, expression, () =>
    elementwiseRules(
      `map[${formatExpression(expression, operandNames(operands.length))}]`,
      expression,
      operands.length,
    ),
  );
  return apply(rules, operands, undefined);
}

function remember<K, V>(cache: Map<K, V>, key: K, create: () => V): V {
  let value = cache.get(key);
  if (value === undefined) {
    value = create();
    cache.set(key, value);
  }
  return value;
}
