import { ArgumentError } from '@reparam/tensor';

function requirement(
  allowed: (value: number) => boolean,
  wanted: string,
): (operation: string, argument: string, value: number) => void {
  return (operation, argument, value) => {
    if (allowed(value)) return;
    throw new ArgumentError(operation, argument, value, `${argument} is ${value}; it must be ${wanted}.`);
  };
}

// Each throws an ArgumentError unless the value is what its name says. NaN is none of it.
export const requireFraction = requirement((value) => value >= 0 && value < 1, 'at least 0 and below 1');
export const requirePositive = requirement((value) => value > 0 && value < Infinity, 'a number above 0');
export const requireNonNegative = requirement((value) => value >= 0 && value < Infinity, 'a number ≥ 0');
export const requireFinite = requirement(Number.isFinite, 'a finite number');
export const requireCount = requirement(
  (value) => Number.isSafeInteger(value) && value > 0,
  'a whole number above 0',
);
export const requireWhole = requirement(
  (value) => Number.isSafeInteger(value) && value >= 0,
  'a whole number ≥ 0',
);
