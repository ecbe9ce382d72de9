import { logsumexp, mul, softmax, sub, sum, type Variable, variable } from '@reparam/autograd';
import { full, normal, RandomKey, tensor } from '@reparam/tensor';
import { DiagonalNormal, elbo, kl } from '@reparam/vae';
import { evenGrid, integrate } from '../support/quadrature.ts';
import { exhibit } from './exhibit.ts';

const logTwoPi = Math.log(2 * Math.PI);
const key = RandomKey.fromSeed(11);

/** From −ln w of K importance samples, [rows, K], to a bound on ln p(x), [rows]. */
type ImportanceBound = (loss: Variable) => Variable;

const samples = 10;
/** L₁₀ for z ~ N(0, 1), x|z ~ N(z, 1), x = 1 and q the prior, by quadrature; ln p(x) is −1.515512. */
const exactBound = -1.534942;

export const importanceWeights = exhibit<ImportanceBound>({
  wrong: 'IWAE with softmax(+loss) for weights, so that the worst samples count most',
  right: 'the weights are softmax(−loss), and the bound is ln (1/K) Σ exp(−loss)',
  caughtBy: 'the exact bound of a linear Gaussian model, for 10 samples',
  accepts: (bound) => {
    const z = normal(key, [20_000, samples], { dtype: 'float64' });
    const loss = variable(z)
      .sub(1)
      .square()
      .mul(0.5)
      .add(logTwoPi / 2);
    // The standard error is 0.0014.
    return Math.abs(bound(loss).mean().item() - exactBound) < 0.008;
  },
  wrongOne: (loss) => sum(mul(softmax(loss), loss), { axes: -1 }).neg(),
  ours: (loss) => sub(logsumexp(loss.neg(), { axes: -1 }), Math.log(samples)),
});

interface Normal {
  readonly mean: number;
  readonly variance: number;
}
type Divergence = (q: Normal, p: Normal) => number;

function logDensity({ mean, variance }: Normal, x: number): number {
  return -0.5 * ((x - mean) ** 2 / variance + Math.log(variance) + logTwoPi);
}

const [posterior, prior]: [Normal, Normal] = [
  { mean: 1, variance: 0.25 },
  { mean: -0.5, variance: 2 },
];

export const halfOfLogRatio = exhibit<Divergence>({
  wrong: 'the KL of two normals with ln(σ_p²/σ_q²), without its ½',
  right: '½ ln(σ_p²/σ_q²) + (σ_q² + δ²)/(2σ_p²) − ½',
  caughtBy: 'quadrature of ∫ q ln(q/p); at q = p, where the ratio is 1, nothing shows',
  accepts: (divergence) => {
    const exact = integrate(evenGrid(1, 9, 2001), ([x]) => {
      const log = logDensity(posterior, x!);
      return Math.exp(log) * (log - logDensity(prior, x!));
    });
    return Math.abs(divergence(posterior, prior) - exact) < 1e-9;
  },
  wrongOne: (q, p) =>
    Math.log(p.variance / q.variance) + (q.variance + (q.mean - p.mean) ** 2) / (2 * p.variance) - 0.5,
  ours: (q, p) => {
    const toDistribution = ({ mean, variance }: Normal): DiagonalNormal =>
      DiagonalNormal.fromScale(
        tensor([mean], { dtype: 'float64' }),
        tensor([Math.sqrt(variance)], { dtype: 'float64' }),
      );
    return kl(toDistribution(q), toDistribution(p), key).value.item();
  },
});

/** The bound on ln p(x) for pixels x given one latent: z ~ N(0, 1), x_d|z ~ N(z, s²), with the exact posterior. */
type Objective = (pixels: readonly number[], noise: number, exactPosterior: Normal) => number;

/** ln N(x; 0, s²I + 11ᵀ) */
function logEvidence(x: readonly number[], noise: number): number {
  const total = x.reduce((sum, each) => sum + each, 0);
  const squares = x.reduce((sum, each) => sum + each * each, 0);
  const spread = noise ** 2 + x.length;
  const quadratic = (squares - total ** 2 / spread) / noise ** 2;
  const logDeterminant = 2 * (x.length - 1) * Math.log(noise) + Math.log(spread);
  return -0.5 * (quadratic + logDeterminant + x.length * logTwoPi);
}

const pixels = [0.9, -0.2, 1.4, 0.3] as const;
const noise = 0.8;
const rows = 40_000;

export const pixelMean = exhibit<Objective>({
  wrong: 'the likelihood averaged over pixels, against a KL summed over latents',
  right: 'both are sums over the event, and means over the batch',
  caughtBy: 'ln p(x) of a linear Gaussian model, which the bound reaches with the exact posterior',
  accepts: (objective) => {
    const variance = 1 / (1 + pixels.length / noise ** 2);
    const mean = (variance * pixels.reduce((sum, each) => sum + each, 0)) / noise ** 2;
    const bound = objective(pixels, noise, { mean, variance });
    // One draw a row: the standard error is 0.005.
    return Math.abs(bound - logEvidence(pixels, noise)) < 0.02;
  },
  wrongOne: (x, s, q) => {
    const perPixel = x.map(
      (each) => (-0.5 * ((each - q.mean) ** 2 + q.variance)) / s ** 2 - Math.log(s) - logTwoPi / 2,
    );
    const divergence = 0.5 * (q.variance + q.mean ** 2 - 1 - Math.log(q.variance));
    return perPixel.reduce((sum, each) => sum + each, 0) / x.length - divergence;
  },
  ours: (x, s, q) => {
    const batch = (value: number) => full([rows, 1], value, { dtype: 'float64' });
    const data = tensor(x, { dtype: 'float64' }).expand([rows, x.length]);
    return elbo({
      x: data,
      posterior: DiagonalNormal.fromScale(batch(q.mean), batch(Math.sqrt(q.variance))),
      prior: DiagonalNormal.standard(1, 'float64'),
      decode: (z) => DiagonalNormal.fromScale(z.expand(data.shape), s),
      key,
    }).elbo.item();
  },
});
