import { constant, type Expression, input, transformExpression, usedInputs } from './expression.ts';
import { call } from './simplify.ts';

/**
 * The directional derivative of a formula: Σ ∂f/∂xᵢ·dxᵢ, where `tangents` gives dxᵢ as a formula for some
 * inputs and the others stay fixed. A formula again, so derivatives of any order come from repeating it.
 */
export function tangent(expression: Expression, tangents: ReadonlyMap<number, Expression>): Expression {
  interface Dual {
    readonly value: Expression;
    readonly tangent: Expression;
  }
  const zero = constant(0);
  return transformExpression<Dual>(
    expression,
    (leaf) => ({
      value: leaf,
      tangent: (leaf.kind === 'input' ? tangents.get(leaf.index) : undefined) ?? zero,
    }),
    (node, operands) => {
      const moving = operands.some((operand) => operand.tangent !== zero);
      return {
        value: node,
        tangent: moving
          ? node.callee.tangent(
              node.operands,
              operands.map((operand) => operand.tangent),
            )
          : zero,
      };
    },
  ).tangent;
}

/** ∂f/∂xᵢ as a formula of the same inputs. */
export function differentiate(expression: Expression, index: number): Expression {
  return tangent(expression, new Map([[index, constant(1)]]));
}

/** Renumbers the inputs of a formula to 0, 1, … and says which old numbers they stand for. */
export function compactInputs(expression: Expression): { expression: Expression; inputs: readonly number[] } {
  const inputs = usedInputs(expression);
  return { inputs, expression: renumberInputs(expression, new Map(inputs.map((old, now) => [old, now]))) };
}

function renumberInputs(expression: Expression, numbers: ReadonlyMap<number, number>): Expression {
  return substitute(expression, (index) => input(numbers.get(index) ?? index));
}

/** Puts formulas in place of the inputs. */
export function substitute(expression: Expression, replacement: (index: number) => Expression): Expression {
  return transformExpression<Expression>(
    expression,
    (leaf) => (leaf.kind === 'input' ? replacement(leaf.index) : leaf),
    (node, operands) => call(node.callee, operands),
  );
}
