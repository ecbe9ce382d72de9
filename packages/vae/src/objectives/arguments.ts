import type { Operand } from '@reparam/autograd';
import { ArgumentError } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';

/** @throws ArgumentError unless the value is a finite number ≥ 0. */
export function requireNonNegative(operation: string, argument: string, value: number): void {
  if (value >= 0 && Number.isFinite(value)) return;
  throw new ArgumentError(operation, argument, value, `${argument} is ${value}; it must be ≥ 0.`);
}

/** The same for a weight that may be a tensor, whose value is not looked at: it may be an input of a program. */
export function requireWeight(operation: string, argument: string, value: Operand): void {
  if (typeof value === 'number') requireNonNegative(operation, argument, value);
}

/** @throws ArgumentError unless the value is a finite number above 0. */
export function requirePositive(operation: string, argument: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new ArgumentError(
    operation,
    argument,
    value,
    `${argument} is ${value}; it must be a number above 0.`,
  );
}

/** @throws ArgumentError unless the value is a whole number, and not below the minimum. */
export function requireCount(operation: string, argument: string, value: number, minimum = 1): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new ArgumentError(
    operation,
    argument,
    value,
    `${argument} is ${value}; it must be a whole number ≥ ${minimum}.`,
  );
}

/** @throws ArgumentError when draws of the posterior carry no gradient to all of its parameters. */
export function requireReparameterized(operation: string, posterior: Distribution, wayOut: string): void {
  if (posterior.reparameterized) return;
  throw new ArgumentError(
    operation,
    'posterior',
    posterior,
    `draws of ${posterior.constructor.name} are not reparameterised, so the gradient by the posterior's parameters ` +
      `would be wrong. ${wayOut}`,
  );
}
