import { ArgumentError } from '../errors.ts';
import { type CallNode, constant, type Expression, internCall } from './expression.ts';
import { negate } from './functions/arithmetic.ts';
import type { ScalarFunction } from './functions/define.ts';

/**
 * Builds a call, simplified. The rules are those that derivatives need (terms times 0 or 1, sums with 0,
 * double negation, constants folded); 0·x is 0 as in algebra, for every x. @throws ArgumentError for an operand that
 * is no formula, as plain numbers and the results of JavaScript's operators are.
 */
export function call(callee: ScalarFunction, operands: readonly Expression[]): Expression {
  for (const operand of operands) requireExpression(callee.name, operand);
  const numbers = operands.map((operand) => (operand.kind === 'constant' ? operand.value : undefined));
  if (numbers.every((value) => value !== undefined)) return constant(callee.evaluate(...numbers));
  return rules[callee.name]?.(operands, numbers, callee) ?? internCall(callee, operands);
}

function requireExpression(name: string, operand: unknown): void {
  if (typeof operand === 'object' && operand !== null && 'kind' in operand) return;
  throw new ArgumentError(
    name,
    'operand',
    operand,
    `an operand is ${operand}, not a formula. A number goes in as constant(2), and JavaScript's operators do not ` +
      'work on formulas: write multiply(constant(2), x) for 2 * x.',
  );
}

type Rule = (
  operands: readonly Expression[],
  numbers: readonly (number | undefined)[],
  callee: ScalarFunction,
) => Expression | undefined;

const rules: Readonly<Record<string, Rule>> = {
  add: ([a, b], [left, right]) => {
    if (left === 0) return b;
    return right === 0 ? a : undefined;
  },
  subtract: ([a, b], [left, right]) => {
    if (right === 0) return a;
    if (a === b) return constant(0);
    return left === 0 ? negate(b!) : undefined;
  },
  multiply: ([a, b], [left, right], callee) => {
    if (left !== undefined) return scaled(left, b!);
    // The constant goes first, so that 2·x and x·2 are one formula.
    return right === undefined ? undefined : (scaled(right, a!) ?? internCall(callee, [b!, a!]));
  },
  divide: ([a], [left, right]) => {
    if (right === 1) return a;
    return left === 0 ? constant(0) : undefined;
  },
  negate: ([a]) => (isCall(a!, 'negate') ? a.operands[0] : undefined),
  power: ([a], [, exponent]) => (exponent === 1 ? a : undefined),
  select: ([, whenTrue, whenFalse], [condition]) => {
    if (condition !== undefined) return condition !== 0 ? whenTrue : whenFalse;
    return whenTrue === whenFalse ? whenTrue : undefined;
  },
};

function isCall(node: Expression, name: string): node is CallNode {
  return node.kind === 'call' && node.callee.name === name;
}

/** factor·node where that is simpler than a multiplication. */
function scaled(factor: number, node: Expression): Expression | undefined {
  if (factor === 0) return constant(0);
  if (factor === -1) return negate(node);
  return factor === 1 ? node : undefined;
}
