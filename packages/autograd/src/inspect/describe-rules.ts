import { differentiate, formatExpression, operandNames, usedInputs } from '@reparam/tensor';
import type { OperationRecord, Rules } from '../operation.ts';
import { operationTable } from '../ops/table.ts';

const records = new Map<Rules<unknown>, OperationRecord>(
  operationTable.flatMap((record) => (record.rules ? [[record.rules, record] as const] : [])),
);

/** The formula of an operation, for people; undefined for one that only this library knows, and has none. */
export function formulaOf(rules: Rules<unknown>): string | undefined {
  const { expression } = rules;
  return records.get(rules)?.formula ?? (expression && formatExpression(expression, namesFor(rules)));
}

/** How a cotangent goes back through an operation, for people, as far as its rules tell. */
export function derivativeOf(rules: Rules<unknown>): string | undefined {
  const { derivative, linear, expression } = rules;
  if (derivative !== undefined) return derivative;
  if (linear) return 'linear';
  if (expression === undefined) return undefined;
  const names = namesFor(rules);
  const partials = usedInputs(expression).map((i) => [
    names[i],
    formatExpression(differentiate(expression, i), names),
  ]);
  return partials
    .map(([name, partial]) => (names.length === 1 ? partial : `∂${name}: ${partial}`))
    .join(', ');
}

function namesFor({ expression }: Rules<unknown>): string[] {
  return operandNames(expression ? Math.max(0, ...usedInputs(expression)) + 1 : 0);
}
