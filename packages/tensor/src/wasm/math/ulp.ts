const smallestDenormal = 2 ** -149;
const smallestNormal = 2 ** -126;
const mantissaBits = 23;

/** The distance between the float32 around `x`: its unit in the last place. */
function ulp(x: number): number {
  const size = Math.abs(x);
  if (size < smallestNormal) return smallestDenormal;
  // The logarithm may be rounded up to the next whole number.
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return 2 ** (Math.min(exponent, 127) - mantissaBits);
}

/** ∞ takes the place of 2¹²⁸ among float32, the first number that rounds to it. */
function placed(x: number): number {
  return Number.isFinite(x) ? x : Math.sign(x) * 2 ** 128;
}

/**
 * How far a float32 is from the exact value of what it stands for, in units in the last place of that. ∞ if one is
 * NaN and the other is not, or if they are infinities apart.
 */
export function ulpError(computed: number, exact: number): number {
  if (Number.isNaN(computed) || Number.isNaN(exact)) {
    return Number.isNaN(computed) && Number.isNaN(exact) ? 0 : Infinity;
  }
  if (Math.abs(exact) === Infinity) return computed === exact ? 0 : Infinity;
  // Beyond 2¹²⁸ the exact value does not matter: ∞ is right.
  const bounded = Math.max(-(2 ** 128), Math.min(2 ** 128, exact));
  return Math.abs(placed(computed) - bounded) / ulp(bounded);
}
