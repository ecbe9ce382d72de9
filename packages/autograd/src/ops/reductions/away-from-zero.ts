import type { Variable } from '../../variable.ts';
import { equal, where } from '../elementwise.ts';

/**
 * f(x) where x ≠ 0, else `atZero` with the gradient 0: there f's own derivative may be infinite, and the chain rule
 * would multiply it by 0.
 */
export function awayFromZero(x: Variable, f: (x: Variable) => Variable, atZero: number): Variable {
  const zero = equal(x, 0);
  return where(zero, atZero, f(where(zero, 1, x)));
}
