import {
  type CallNode,
  constant,
  type Expression,
  internCall,
  transformExpression,
} from '../../expression/expression.ts';
import { negate } from '../../expression/functions/arithmetic.ts';
import type { ScalarFunction } from '../../expression/functions.ts';

/**
 * A formula with others in the place of its inputs, made simpler where that changes no bit. Unlike the rules that
 * derivatives are simplified by, 0·x stays, which is NaN for an infinite x, and so do x + 0 and x − x.
 */
export function substituteExactly(expression: Expression, inputs: readonly Expression[]): Expression {
  return transformExpression<Expression>(
    expression,
    (leaf) => (leaf.kind === 'input' ? inputs[leaf.index]! : leaf),
    ({ callee }, operands) => callExactly(callee, operands),
  );
}

function callExactly(callee: ScalarFunction, operands: readonly Expression[]): Expression {
  return folded(callee, operands) ?? rules[callee.name]?.(operands) ?? internCall(callee, operands);
}

/** Functions that every backend rounds in the one way that IEEE 754 prescribes, if it rounds at all. */
const exactFunctions = new Set(
  'add subtract multiply divide negate sqrt abs sign maximum minimum less lessEqual equal floor ceil round'.split(
    ' ',
  ),
);

/** A call of constants as its value, if that is the same in float32 and in double precision. */
function folded(callee: ScalarFunction, operands: readonly Expression[]): Expression | undefined {
  const numbers = operands.flatMap((operand) => (operand.kind === 'constant' ? operand.value : []));
  if (numbers.length < operands.length || !exactFunctions.has(callee.name)) return undefined;
  const value = callee.evaluate(...numbers);
  return [...numbers, value].every((number) => Object.is(Math.fround(number), number))
    ? constant(value)
    : undefined;
}

type Rule = (operands: readonly Expression[]) => Expression | undefined;

const rules: Readonly<Record<string, Rule>> = {
  // −0 + 0 is 0, so that 0 is no neutral element: −0 is.
  add: ([a, b]) => (isConstant(b!, -0) ? a : isConstant(a!, -0) ? b : undefined),
  subtract: ([a, b]) => (isConstant(b!, 0) ? a : undefined),
  multiply: ([a, b]) => times(a!, b!) ?? times(b!, a!),
  divide: ([a, b]) => (isConstant(b!, 1) ? a : isConstant(b!, -1) ? negate(a!) : undefined),
  negate: ([a]) => (isCall(a!, 'negate') ? a.operands[0] : undefined),
  power: ([a, b]) => (isConstant(b!, 1) ? a : undefined),
  select: ([condition, whenTrue, whenFalse]) => {
    if (condition?.kind === 'constant') return condition.value !== 0 ? whenTrue : whenFalse;
    return whenTrue === whenFalse ? whenTrue : undefined;
  },
};

function times(factor: Expression, node: Expression): Expression | undefined {
  if (isConstant(factor, 1)) return node;
  return isConstant(factor, -1) ? negate(node) : undefined;
}

function isConstant(node: Expression, value: number): boolean {
  return node.kind === 'constant' && Object.is(node.value, value);
}

function isCall(node: Expression, name: string): node is CallNode {
  return node.kind === 'call' && node.callee.name === name;
}
