import { noGrad, parameter, type Variable } from '@reparam/autograd';
import { RandomKey, tensor, zeros } from '@reparam/tensor';
import { annealedImportanceSampling } from '../../diagnostics/annealing/annealed-importance-sampling.ts';
import { sigmoidalSchedule } from '../../diagnostics/annealing/schedule.ts';
import { importanceLogLikelihood } from '../../diagnostics/importance-log-likelihood.ts';
import type { LatentModel } from '../../diagnostics/latent-model.ts';
import type { EvidenceEstimate } from '../../diagnostics/log-weights.ts';
import type { Work } from '../../diagnostics/work.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { FullNormal, triangleSize } from '../../distributions/full-normal.ts';
import { elbo } from '../../objectives/elbo.ts';
import { fit } from '../fit.ts';
import { between, type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { stage } from '../stage.ts';

const float64 = { dtype: 'float64' } as const;

/** Effects of coaching and their standard errors (Rubin 1981; Gelman et al. 2013, table 5.2). */
export const effects = [28, 8, -3, 7, -1, 1, 18, 12] as const;
export const standardErrors = [15, 10, 16, 11, 9, 11, 10, 18] as const;
const x = tensor([[...effects]], float64);
const schools = effects.length;

/** μ ~ N(0, 5²) */
export const meanScale = 5;
/** Of the half-Cauchy distribution of τ. */
export const cauchyScale = 5;

/** ln p(y), in closed form for fixed τ and by quadrature over the half-Cauchy one. */
export const logEvidence = {
  0: -30.844238,
  5: -31.078725,
  10: -31.787115,
  'half-Cauchy': -31.311347,
} as const;
/** μ|y at τ = 5. */
export const meanGivenEffects = { mean: 4.3444, standardDeviation: 3.3416 } as const;

/** Targets have six decimals. */
const rounding = 1e-6;

const key = RandomKey.fromSeed(37);

/** τ, which is a number or has a half-Cauchy prior. */
type Spread = keyof typeof logEvidence;

/** y_j ~ N(θ_j, s_j²), θ_j = μ + τη_j, as a decoder of independent standard normals: μ/5, the η, and what τ is made of. */
function modelOf(tau: Spread): { latents: number; decode: (z: Variable) => DiagonalNormal } {
  const latents = 1 + schools + (tau === 'half-Cauchy' ? 1 : 0);
  return {
    latents,
    decode: (z) => {
      const mean = z.slice([null, [0, 1]]).mul(meanScale);
      const eta = z.slice([null, [1, 1 + schools]]);
      const spread =
        tau === 'half-Cauchy' ? eta.mul(halfCauchy(z.slice([null, [1 + schools, latents]]))) : eta.mul(tau);
      return DiagonalNormal.fromScale(mean.add(spread), tensor([...standardErrors], float64));
    },
  };
}

/** The τ whose half-Cauchy quantile is that of a standard normal u: scale·cot(¼π·erfc(u/√2)). */
function halfCauchy(u: Variable): Variable {
  const angle = u
    .div(Math.SQRT2)
    .erfc()
    .mul(Math.PI / 4);
  return angle.tan().reciprocal().mul(cauchyScale);
}

interface Fitted {
  readonly model: LatentModel;
  readonly posterior: FullNormal;
}

/** The Gaussian q(z|y) nearest to the posterior, which itself is Gaussian at fixed τ. */
function* fitPosterior(tau: Spread): Work<Fitted> {
  const { latents, decode } = modelOf(tau);
  const location = parameter(zeros([1, latents], float64));
  const raw = parameter(zeros([1, triangleSize(latents)], float64));
  const prior = DiagonalNormal.standard(latents, 'float64');
  const posterior = () => FullNormal.fromUnconstrained(location, raw);
  yield* fit({
    parameters: { location, raw },
    loss: (drawKey) =>
      elbo({
        x,
        posterior: posterior(),
        prior,
        decode,
        key: drawKey,
        samples: 16,
        estimator: 'sticking-the-landing',
      }).loss,
    steps: 500,
    learningRate: 0.03,
    key,
  });
  return { model: { prior, decode, posterior }, posterior: noGrad(posterior) };
}

/** With the exact posterior for q every importance weight is the evidence itself, whatever is drawn. */
function* verifyFixed(tau: 0 | 5 | 10): Work<Check[]> {
  const { model, posterior } = yield* stage(fitPosterior(tau), 0, 0.9);
  const evidence = yield* stage(importanceLogLikelihood({ ...model, x, key, samples: 1000 }), 0.9, 1);
  const checks = [within(`τ = ${tau}: ln p(y)`, logEvidence[tau], evidence.logLikelihood, rounding)];
  if (tau !== 5) return checks;
  const { mean, standardDeviation } = meanGivenEffects;
  const location = meanScale * posterior.location.value.toTypedArray()[0]!;
  const scale = meanScale * Math.sqrt(posterior.variance().value.toTypedArray()[0]!);
  return [
    ...checks,
    within('τ = 5: mean of μ|y', mean, location, 1e-4),
    within('τ = 5: standard deviation of μ|y', standardDeviation, scale, 1e-4),
  ];
}

function* verifyHalfCauchy(): Work<Check[]> {
  const { model, posterior } = yield* stage(fitPosterior('half-Cauchy'), 0, 0.4);
  const sampled = yield* stage(importanceLogLikelihood({ ...model, x, key, samples: 100_000 }), 0.4, 0.7);
  const annealed = yield* stage(
    annealedImportanceSampling({
      ...model,
      x,
      key,
      initial: posterior,
      chains: 200,
      schedule: sigmoidalSchedule(100),
      leapfrogSteps: 4,
    }),
    0.7,
    1,
  );
  const target = logEvidence['half-Cauchy'];
  const checks = (
    by: string,
    { logLikelihood, standardError }: EvidenceEstimate,
    sharpness: number,
  ): Check[] => [
    within(`τ half-Cauchy: ln p(y) by ${by}`, target, logLikelihood, 4 * standardError),
    between(`τ half-Cauchy: standard error of ${by}`, 0, standardError, 0, sharpness),
  ];
  return [...checks('importance sampling', sampled, 0.01), ...checks('annealing', annealed, 0.02)];
}

/** A hierarchical model of eight effects, whose evidence is known. */
export const eightSchools: GroundTruth = {
  title: 'evidence of the eight schools',
  claim:
    'Importance sampling estimates ln p(y) without error where q is the exact posterior, as it can be at a fixed spread τ ' +
    'between schools, and within its standard error where τ is half-Cauchy; so does annealing.',
  source: 'Rubin 1981; Gelman et al. 2013, section 5.5; Neal 2001',
  *verify() {
    const checks = yield* inSequence([verifyFixed(0), verifyFixed(5), verifyFixed(10), verifyHalfCauchy()]);
    return { checks: checks.flat(), pictures: [] };
  },
};
