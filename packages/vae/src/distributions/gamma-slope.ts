/** Sums and continued fractions end where a further term no longer changes them. */
const precision = 2 ** -54;
const smallest = 1e-300;

/**
 * d ln x/dα = −(∂P/∂α)/(x·∂P/∂x) along a draw x ~ Gamma(α, 1) held at its quantile, P the regularised incomplete
 * gamma function. Left of the bulk P comes from its series, right of it 1 − P from its continued fraction; the factor
 * x^α e^−x/Γ(α) that both have in common with x·∂P/∂x cancels, so nothing under- or overflows.
 * Takes ln x and ψ(α + 1).
 */
export function logGammaSlope(alpha: number, logX: number, digammaNext: number): number {
  const x = Math.exp(logX);
  return x < alpha + 1
    ? slopeBySeries(alpha, x, logX - digammaNext)
    : slopeByFraction(alpha, x, logX - digammaNext + 1 / alpha);
}

/**
 * P = x^α e^−x/Γ(α + 1)·S with S = Σ cₙ, cₙ = xⁿ/((α + 1)…(α + n)) (Abramowitz & Stegun 6.5.29), so the slope is
 * −[(ln x − ψ(α + 1))·S + S′]/α with S′ = −Σ cₙ·Σⱼ≤ₙ 1/(α + j).
 */
function slopeBySeries(alpha: number, x: number, offset: number): number {
  let term = 1;
  let harmonic = 0;
  let sum = 1;
  let derivative = 0;
  for (let n = 1; term * (1 + harmonic) > precision * (sum - derivative); n++) {
    term *= x / (alpha + n);
    harmonic += 1 / (alpha + n);
    sum += term;
    derivative -= term * harmonic;
  }
  return -(offset * sum + derivative) / alpha;
}

/**
 * 1 − P = x^α e^−x/Γ(α)·f with f = 1/(b₁ − a₁/(b₂ − a₂/(b₃ − …))), bₙ = x + 2n − 1 − α and aₙ = n(n − α) (Abramowitz &
 * Stegun 6.5.31, its even part), so the slope is (ln x − ψ(α))·f + f′. Lentz's method multiplies f up from ratios
 * cₙ·dₙ; the derivative by α is carried along in each of them.
 */
function slopeByFraction(alpha: number, x: number, offset: number): number {
  const first = x + 1 - alpha;
  // The denominator b₁ − a₁/(b₂ − …) is the running product; f is its reciprocal.
  let product = first;
  let logDerivative = -1 / first;
  let c = first;
  let cPrime = -1;
  let d = 0;
  let dPrime = 0;
  for (let n = 1; ; n++) {
    const a = -n * (n - alpha);
    const b = x + 2 * n + 1 - alpha;
    // c ← b + a/c and d ← 1/(b + a·d), with ∂a/∂α = n and ∂b/∂α = −1.
    cPrime = -1 + n / c - (a * cPrime) / (c * c);
    c = nonzero(b + a / c);
    const denominatorPrime = -1 + n * d + a * dPrime;
    d = 1 / nonzero(b + a * d);
    dPrime = -denominatorPrime * d * d;
    const change = cPrime / c + dPrime / d;
    product *= c * d;
    logDerivative += change;
    const settled =
      Math.abs(c * d - 1) <= 4 * precision &&
      Math.abs(change) <= 4 * precision * (1 + Math.abs(logDerivative));
    if (settled || !Number.isFinite(product)) break;
  }
  const f = 1 / product;
  return f * (offset - logDerivative);
}

function nonzero(value: number): number {
  return Math.abs(value) < smallest ? smallest : value;
}
