/**
 * Box–Muller turns two uniforms into two independent normals: r = √(−2 ln u), then r cos 2πv and r sin 2πv.
 *
 * The logarithm, sine and cosine are written out here, because the language leaves the last bits of Math.log,
 * Math.sin and Math.cos to the engine. Only + − × ÷ and √, which IEEE 754 rounds exactly, take part: the same
 * key gives the same normals, bit for bit, in every engine. All three are good to about 1e-15.
 */
export function writeNormalPair(
  out: Float32Array | Float64Array,
  index: number,
  numerator: number,
  bits: number,
  turn: number,
): void {
  const radius = Math.sqrt(-2 * logOfFraction(numerator, bits));
  // 2πv = (quarters + rest)·π/2 with |rest| ≤ ½, where the series below are short; the subtraction is exact.
  const quarters = Math.floor(4 * turn + 0.5);
  const angle = 2 * Math.PI * (turn - quarters / 4);
  const sine = radius * sineNearZero(angle);
  const cosine = radius * cosineNearZero(angle);
  const swap = (quarters & 1) === 1;
  const first = swap ? sine : cosine;
  const second = swap ? cosine : sine;
  // Quarter turns map (cos, sin) to (−sin, cos), (−cos, −sin), (sin, −cos).
  out[index] = quarters === 1 || quarters === 2 ? -first : first;
  if (index + 1 < out.length) out[index + 1] = quarters === 2 || quarters === 3 ? -second : second;
}

/** powersOfHalf[e] = 2⁻ᵉ. */
const powersOfHalf = new Float64Array(54);
for (let exponent = 0, power = 1; exponent < powersOfHalf.length; exponent++, power /= 2) {
  powersOfHalf[exponent] = power;
}

/** ln(numerator / 2^bits) of a whole numerator from 1 to 2⁵³. */
export function logOfFraction(numerator: number, bits: number): number {
  let exponent = numerator >= 2 ** 32 ? 63 - Math.clz32(numerator / 2 ** 32) : 31 - Math.clz32(numerator);
  let mantissa = numerator * powersOfHalf[exponent]!;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), |s| < 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  const upper = 1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21))));
  const series = 1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * upper)))));
  return (exponent - bits) * Math.LN2 + 2 * s * series;
}

/** sin a = a − a³/3! + a⁵/5! − … for |a| ≤ π/4. */
function sineNearZero(a: number): number {
  const z = a * a;
  const upper = 1 / 362880 + z * (-1 / 39916800 + z * (1 / 6227020800 + z * (-1 / 1307674368000)));
  return a * (1 + z * (-1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * upper))));
}

/** cos a = 1 − a²/2! + a⁴/4! − … for |a| ≤ π/4. */
function cosineNearZero(a: number): number {
  const z = a * a;
  const upper = -1 / 3628800 + z * (1 / 479001600 + z * (-1 / 87178291200 + z * (1 / 20922789888000)));
  return 1 + z * (-1 / 2 + z * (1 / 24 + z * (-1 / 720 + z * (1 / 40320 + z * upper))));
}
