import { type Variable, where } from '@reparam/autograd';

/**
 * A log density where the mask is 1, and −∞ elsewhere. Points outside are moved to `inside`, a point of the support,
 * before the formula sees them: a NaN there would reach the gradients of those that are inside.
 */
export function onSupport(
  x: Variable,
  mask: Variable,
  inside: number | Variable,
  logDensity: (supported: Variable) => Variable,
): Variable {
  return where(mask, logDensity(where(mask, x, inside)), -Infinity);
}

/** The smallest positive numbers in full precision, and the spacing of those below 1. */
const limits = {
  float32: { smallest: 2 ** -126, belowOne: 1 - 2 ** -24 },
  float64: { smallest: 2 ** -1022, belowOne: 1 - 2 ** -53 },
} as const;

/** Draws of positive numbers, kept above 0, where a density may not exist, when they underflow. */
export function keepPositive(x: Variable): Variable {
  return x.maximum(limits[x.dtype as keyof typeof limits].smallest);
}

/** Draws between 0 and 1, kept from reaching either end by rounding. */
export function keepInUnitInterval(x: Variable): Variable {
  const { smallest, belowOne } = limits[x.dtype as keyof typeof limits];
  return x.clamp(smallest, belowOne);
}

/** A mask of the whole numbers 0, 1, … */
export function isCount(x: Variable): Variable {
  return x.greaterEqual(0).logicalAnd(x.equal(x.floor()));
}
