import { polynomial } from './polynomial.ts';

/**
 * ln|Γ|, its derivative ψ = Γ′/Γ and the derivatives of that, in double precision for every real argument. "A&S"
 * is Abramowitz & Stegun, Handbook of Mathematical Functions, chapter 6.
 */

/** ζ(k) − 1 for k = 2, 3, …, until the terms of the series below vanish beside the first. */
const zetaMinusOne = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853,
  0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5,
  3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6,
  9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7,
  5.960818905125948e-8, 2.980350351465228e-8,
];
const oneMinusEuler = 0.42278433509846713;
/** Coefficients of ln Γ(2 + w)/w = (1 − γ) + Σ (−1)ᵏ (ζ(k) − 1)/k · wᵏ⁻¹, k ≥ 2 (A&S 6.1.33). */
const nearTwo = [oneMinusEuler, ...zetaMinusOne.map((zeta, i) => ((-1) ** i * zeta) / (i + 2))];

/** The Bernoulli numbers B₂, B₄, … (A&S, table 23.2). */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
];
/** From here on the asymptotic series are exact to the last places. */
const asymptotic = 10;
/** Coefficients of Σ B₂ⱼ/(2j(2j − 1)) · x⁻²ʲ⁺¹ in x⁻², after a factor x⁻¹. */
const stirling = bernoulli.map((b, i) => b / ((2 * i + 2) * (2 * i + 1)));
/** Coefficients of Σ B₂ⱼ/(2j) · x⁻²ʲ in x⁻², after a factor x⁻². */
const digammaTail = bernoulli.map((b, i) => b / (2 * i + 2));
/** B₂ⱼ/(2j)! */
const eulerMaclaurin = bernoulli.map((b, i) => b / scaledFactorial(2 * i + 2, 1));

const logPi = Math.log(Math.PI);
const halfLogTwoPiMinusHalf = 0.4189385332046727;

/** x less the whole number nearest to it, exactly: with it sin πx and cot πx keep their precision for large x. */
function fraction(x: number): number {
  return x - Math.round(x);
}

/** cot πx, which beside its zeros at ½, 1½, … is tan π(½ − x). */
function cotangentOfPi(x: number): number {
  const part = fraction(x);
  if (Math.abs(part) < 0.25) return 1 / Math.tan(Math.PI * part);
  return Math.sign(part) * Math.tan(Math.PI * (0.5 - Math.abs(part)));
}

/** ln Γ(2 + w) for |w| ≤ ½. */
function logGammaNearTwo(w: number): number {
  return w * polynomial(nearTwo, w);
}

/** ln|Γ(x)|; ∞ at the poles 0, −1, −2, … and at ±∞. */
export function logGamma(x: number): number {
  if (x === -Infinity || (x <= 0 && Number.isInteger(x))) return Infinity;
  // Γ(x)Γ(−x) = −π/(x sin πx) (A&S 6.1.17)
  if (x < -0.5) return logPi - Math.log(Math.abs(x * Math.sin(Math.PI * fraction(x)))) - logGamma(-x);
  // Γ(x) = Γ(x + 1)/x = Γ(x + 2)/(x(x + 1)). Near 1 and 2, the zeros of ln Γ, nothing cancels.
  if (x < 0.5) return logGammaNearTwo(x) - Math.log1p(x) - Math.log(Math.abs(x));
  if (x < 1.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1);
  if (x < asymptotic) {
    let product = 1;
    let rest = x;
    while (rest > 2.5) {
      rest -= 1;
      product *= rest;
    }
    return Math.log(product) + logGammaNearTwo(rest - 2);
  }
  // Stirling's series (x − ½)ln x − x + ½ln 2π + … (A&S 6.1.40), grouped so that x·ln x does not overflow early.
  const tail = polynomial(stirling, 1 / (x * x)) / x;
  return (x - 0.5) * (Math.log(x) - 1) + halfLogTwoPiMinusHalf + tail;
}

/**
 * ψ on [1, 2] by J. Maddock's rational approximation (Boost.Math, digamma.hpp), relative to its zero, which is
 * given in two parts so that even there all digits are right.
 */
const digammaZero = 1.4616321449683622;
const digammaZeroRest = 9.549995429965697e-17;
const digammaSlope = 0.9955816268920898;
const digammaP = [
  0.25479851061131553, -0.3255503118680449, -0.6503185377089651, -0.28919126444774784, -0.04525132144873906,
  -0.002071332116774595,
];
const digammaQ = [
  1, 2.076711702373047, 1.4606242909763516, 0.43593529692665967, 0.054151797245674226, 0.0021284987017821146,
  -5.578984132167551e-7,
];

function digammaOneToTwo(x: number): number {
  const slope = digammaSlope + polynomial(digammaP, x - 1) / polynomial(digammaQ, x - 1);
  return (x - digammaZero - digammaZeroRest) * slope;
}

/** ψ(x) = d/dx ln|Γ(x)|; at a pole ∓∞ beside ±0, and NaN at −1, −2, …, where the sides differ. */
export function digamma(x: number): number {
  if (x < 0 && Number.isInteger(x)) return Number.NaN;
  // ψ(x) = ψ(1 − x) − π cot πx (A&S 6.3.7)
  if (x < -0.25) return digamma(1 - x) - Math.PI * cotangentOfPi(x);
  // ψ(x) = ψ(x + 1) − 1/x (A&S 6.3.5)
  if (x < 1) return digamma(x + 1) - 1 / x;
  if (x < asymptotic) {
    let sum = 0;
    let rest = x;
    while (rest > 2) {
      rest -= 1;
      sum += 1 / rest;
    }
    return sum + digammaOneToTwo(rest);
  }
  // ln x − 1/2x − Σ B₂ⱼ/(2j x²ʲ) (A&S 6.3.18)
  const square = 1 / (x * x);
  return Math.log(x) - 0.5 / x - square * polynomial(digammaTail, square);
}

/** m!/yᵐ⁺¹ = |dᵐ/dyᵐ 1/y|, as a product of ratios, since m! and yᵐ⁺¹ may overflow where their ratio does not. */
function scaledFactorial(m: number, y: number): number {
  let product = 1 / y;
  for (let i = 1; i <= m; i++) product *= i / y;
  return product;
}

/** cotangentDerivatives[n] has the coefficients of Pₙ, where dⁿ/dxⁿ cot x = Pₙ(cot x): Pₙ₊₁(c) = −(1 + c²)Pₙ′(c). */
const cotangentDerivatives: number[][] = [[0, 1]];

function cotangentDerivative(order: number): readonly number[] {
  for (let n = cotangentDerivatives.length; n <= order; n++) {
    const next = new Array<number>(n + 2).fill(0);
    cotangentDerivatives[n - 1]!.forEach((coefficient, power) => {
      if (power === 0) return;
      next[power - 1]! -= power * coefficient;
      next[power + 1]! -= power * coefficient;
    });
    cotangentDerivatives.push(next);
  }
  return cotangentDerivatives[order]!;
}

/**
 * ψ⁽ⁿ⁾(x), the derivative of order n = 0, 1, … of the digamma function. At the poles −1, −2, … it is ∞ for odd n,
 * and NaN for even n, where the sides differ.
 */
export function polygamma(order: number, x: number): number {
  if (order === 0) return digamma(x);
  if (x < 0) {
    if (Number.isInteger(x)) return order % 2 === 1 ? Infinity : Number.NaN;
    // (−1)ⁿψ⁽ⁿ⁾(1 − x) − ψ⁽ⁿ⁾(x) = π dⁿ/dxⁿ cot πx (A&S 6.4.7)
    const mirrored = (-1) ** order * polygamma(order, 1 - x);
    return mirrored - Math.PI ** (order + 1) * polynomial(cotangentDerivative(order), cotangentOfPi(x));
  }
  // ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹ (A&S 6.4.10): the terms up to y one by one, smallest first, and the rest
  // by Euler and Maclaurin's formula, (n − 1)!/yⁿ + ½ n!/yⁿ⁺¹ + Σ B₂ⱼ/(2j)! · (n + 2j − 1)!/yⁿ⁺²ʲ.
  const count = Math.max(0, Math.ceil(asymptotic + 2 * order - x));
  const y = x + count;
  let sum = 0;
  for (let j = eulerMaclaurin.length; j >= 1; j--) {
    sum += eulerMaclaurin[j - 1]! * scaledFactorial(order + 2 * j - 1, y);
  }
  sum += scaledFactorial(order - 1, y) + 0.5 * scaledFactorial(order, y);
  for (let k = count - 1; k > 0; k--) sum += scaledFactorial(order, x + k);
  if (count > 0) sum += scaledFactorial(order, x);
  return order % 2 === 1 ? sum : -sum;
}
