import { elementaryHelpers } from './elementary.ts';
import { errorFunctionHelpers } from './error-function.ts';
import type { Helper } from './helper.ts';
import { quotient, remainder, toIndex } from './integers.ts';
import { infinite, isFiniteNumber, isNotANumber, notANumber } from './special-values.ts';
import { trigonometricHelpers } from './trigonometric.ts';

const helpers: ReadonlyMap<string, Helper> = new Map(
  [
    quotient,
    remainder,
    toIndex,
    infinite,
    notANumber,
    isNotANumber,
    isFiniteNumber,
    ...elementaryHelpers,
    ...trigonometricHelpers,
    ...errorFunctionHelpers,
  ].map((helper) => [helper.name, helper]),
);

/** The helpers that a source calls, and those that they call: each after those it calls itself. */
export function helpersIn(source: string): Helper[] {
  const found: Helper[] = [];
  const visit = (text: string): void => {
    for (const [, name] of text.matchAll(/(?<![\w.])(\w+)\(/g)) {
      const helper = helpers.get(name!);
      if (helper === undefined || found.includes(helper)) continue;
      visit(helper.body);
      found.push(helper);
    }
  };
  visit(source);
  return found;
}
