import { relativeError } from '../readings.ts';

/** What reordering a few operations changes in double precision. */
const rounding = 1e-13;

/** Whether two lists are the same up to rounding; NaN is the same as NaN. */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.length === b.length &&
    a.every((value, i) => Object.is(value, b[i]) || relativeError(value, b[i]!) <= rounding)
  );
}
