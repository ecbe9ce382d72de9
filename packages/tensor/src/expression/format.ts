import { type Expression, transformExpression } from './expression.ts';

/** Binding strength of the infix operators; calls and leaves bind tightest. */
const precedence: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2 };
const tightest = 3;

interface Text {
  readonly text: string;
  readonly strength: number;
}

/** A formula as text: `formatExpression(log1p(exp(input(0))))` is "log1p(exp(x))". */
export function formatExpression(expression: Expression, names: readonly string[] = ['x', 'y', 'z']): string {
  const nested = ({ text, strength }: Text, needed: number): string =>
    strength < needed ? `(${text})` : text;
  return transformExpression<Text>(
    expression,
    (leaf) => {
      if (leaf.kind === 'input') return { text: names[leaf.index] ?? `x${leaf.index}`, strength: tightest };
      return { text: String(leaf.value), strength: leaf.value < 0 ? 1 : tightest };
    },
    ({ callee }, operands) => {
      const [left, right] = operands;
      const strength = precedence[callee.infix ?? ''];
      if (strength !== undefined && left && right) {
        // The right operand of − and / needs brackets even at equal strength.
        return { text: `${nested(left, strength)} ${callee.infix} ${nested(right, strength + 1)}`, strength };
      }
      if (callee.name === 'negate' && left) return { text: `-${nested(left, tightest)}`, strength: 1 };
      return { text: `${callee.name}(${operands.map(({ text }) => text).join(', ')})`, strength: tightest };
    },
  ).text;
}
