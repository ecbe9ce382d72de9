import { between, type Check } from './ground-truth.ts';

/**
 * Whether training has brought a bound to its optimum. Nothing is better than that, but for the `rounding` of the
 * optimum; how far it may be worse is `excess`.
 */
export function boundCheck(
  quantity: string,
  optimum: number,
  reached: number,
  { excess, rounding }: { readonly excess: number; readonly rounding: number },
): Check {
  return between(quantity, optimum, reached, optimum - excess, optimum + rounding);
}
