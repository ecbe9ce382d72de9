import { RandomKey } from '@reparam/tensor';
import { importanceProblem, optimalPosteriorProblem } from '../../diagnostics/estimators/bound-problems.ts';
import { coinProblem, squaredNormProblem } from '../../diagnostics/estimators/expectation-problems.ts';
import { type EstimatorReading, estimatorLaboratory } from '../../diagnostics/estimators/laboratory.ts';
import type { EstimatorProblem } from '../../diagnostics/estimators/problem.ts';
import type { Measured } from '../../diagnostics/measured.ts';
import type { Work } from '../../diagnostics/work.ts';
import { type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';

/** A problem, and what the estimators' gradients by its parameters must be. */
export interface MomentCase {
  readonly title: string;
  readonly problem: EstimatorProblem;
  readonly estimates: number;
  /** The most estimates at once; 5000 unless told. */
  readonly atOnce?: number;
  readonly expected: readonly {
    readonly estimator: string;
    readonly parameter: string;
    readonly mean: number;
    readonly variance: number;
  }[];
}

const μ = { parameter: 'μ' };
const θ = { parameter: 'θ' };
const atOptimum = { mean: 0 };

export const momentCases: readonly MomentCase[] = [
  {
    title: 'E z², μ = .7, σ = 1.3',
    problem: squaredNormProblem({ dimensions: 1, location: 0.7, scale: 1.3 }),
    estimates: 40_000,
    expected: [
      { estimator: 'reparameterised', ...μ, mean: 1.4, variance: 4 * 1.69 },
      { estimator: 'score', ...μ, mean: 1.4, variance: 0.7 ** 4 / 1.69 + 14 * 0.49 + 15 * 1.69 },
      { estimator: 'score, optimal baseline', ...μ, mean: 1.4, variance: 8 * 0.49 + 6 * 1.69 },
    ],
  },
  {
    // 4, (D + 2)(D + 4) and 2(D + 2): 2652 times the variance by the score.
    title: 'E‖z‖² in 100 dimensions',
    problem: squaredNormProblem({ dimensions: 100, location: 0, scale: 1 }),
    estimates: 10_000,
    atOnce: 200,
    expected: [
      { estimator: 'reparameterised', ...μ, mean: 0, variance: 4 },
      { estimator: 'score', ...μ, mean: 0, variance: 102 * 104 },
      { estimator: 'score, optimal baseline', ...μ, mean: 0, variance: 2 * 102 },
    ],
  },
  {
    title: 'E(b − .45)², θ = .5',
    problem: coinProblem({ probability: 0.5, target: 0.45, temperature: 0.5 }),
    estimates: 40_000,
    expected: [
      { estimator: 'score', ...θ, mean: 0.1, variance: 0.255025 },
      { estimator: 'score, optimal baseline', ...θ, mean: 0.1, variance: 0 },
      { estimator: 'straight-through', ...θ, mean: 0.1, variance: 1 },
    ],
  },
  {
    // Straight-through says 2(θ − .45), which is 2θ − 1 off.
    title: 'E(b − .45)², θ = .2',
    problem: coinProblem({ probability: 0.2, target: 0.45, temperature: 0.5 }),
    estimates: 40_000,
    expected: [
      { estimator: 'score, optimal baseline', ...θ, mean: 0.1, variance: 0 },
      { estimator: 'straight-through', ...θ, mean: -0.5, variance: 0.64 },
    ],
  },
  {
    // 1/σ² and 2, with σ² = ½.
    title: 'ELBO, q the posterior',
    problem: optimalPosteriorProblem({ x: 1, noiseVariance: 1 }),
    estimates: 40_000,
    expected: [
      { estimator: 'plain Monte Carlo', parameter: 'μ', ...atOptimum, variance: 2 },
      { estimator: 'plain Monte Carlo', parameter: 'ln σ', ...atOptimum, variance: 2 },
      { estimator: 'sticking the landing', parameter: 'μ', ...atOptimum, variance: 0 },
      { estimator: 'sticking the landing', parameter: 'ln σ', ...atOptimum, variance: 0 },
    ],
  },
];

const boundEstimators = ['IWAE', 'DReG'] as const;
type BoundEstimator = (typeof boundEstimators)[number];

/** Signal-to-noise ratios of the gradient of L_K by μ; .4/1.6 and .4/.35 at K = 1, the others from 10⁹ draws. */
const ratios: readonly ({ readonly samples: number } & Readonly<Record<BoundEstimator, number>>)[] = [
  { samples: 1, IWAE: 0.25, DReG: 8 / 7 },
  { samples: 16, IWAE: 0.05145, DReG: 3.631 },
  { samples: 256, IWAE: 0.01275, DReG: 14.53 },
];
/** For each estimator and K; of estimates there are fewer where each takes few draws. */
const boundDraws = 1_000_000;
const mostEstimates = 40_000;
const slopes: Readonly<Record<BoundEstimator, number>> = { IWAE: -0.5, DReG: 0.5 };
/** By which slopes at a finite K may differ from those in the limit. */
const slopeRoom = 0.01;

const key = RandomKey.fromSeed(2652);
/** Of what has no variance, in double precision. */
const rounding = 1e-12;

/** Measures the estimators of a problem. */
export function* verifyMoments({
  title,
  problem,
  estimates,
  atOnce = 5000,
  expected,
}: MomentCase): Work<Check[]> {
  const readings = yield* estimatorLaboratory([problem], { key, estimates, chunk: atOnce });
  return expected.flatMap(({ estimator, parameter, mean, variance }) => {
    const reading = readings.find((each) => each.estimator === estimator && each.parameter === parameter)!;
    const name = `${title}: ${estimator}, by ${parameter}`;
    return [near(`${name}, mean`, mean, reading.mean), near(`${name}, variance`, variance, reading.variance)];
  });
}

/**
 * The gradient of IWAE has the same mean as that of DReG, which is known far better for its small noise. Slopes are those
 * of the logarithm of the ratio over ln K, between the last two K.
 */
export function* verifyRatios(draws = boundDraws): Work<Check[]> {
  const works = ratios.map(({ samples }) => measureRatios(samples, draws));
  const measured = yield* inSequence(works);
  const apart = Math.log(ratios.at(-1)!.samples / ratios.at(-2)!.samples);
  return boundEstimators.flatMap((estimator) => {
    const name = `signal-to-noise of ${estimator}`;
    const [before, last] = measured.slice(-2).map((each) => each[estimator]) as [Measured, Measured];
    const slope = Math.log(last.value / before.value) / apart;
    const slopeError = Math.hypot(relative(last), relative(before)) / apart;
    return [
      ...ratios.map((ratio, i) =>
        near(`${name}, K = ${ratio.samples}`, ratio[estimator], measured[i]![estimator]),
      ),
      within(`${name}, slope over ln K`, slopes[estimator], slope, 4 * slopeError + slopeRoom),
    ];
  });
}

function* measureRatios(samples: number, draws: number): Work<Record<BoundEstimator, Measured>> {
  const problem = importanceProblem({ x: 1, noiseVariance: 1, location: 0.7, scale: 0.8, samples });
  const estimates = Math.min(mostEstimates, Math.ceil(draws / samples));
  const readings = yield* estimatorLaboratory([problem], { key, estimates, chunk: 10_000 });
  const by = (estimator: BoundEstimator): EstimatorReading =>
    readings.find((each) => each.estimator === estimator && each.parameter === 'μ')!;
  const { mean } = by('DReG');
  return { IWAE: ratioOf(mean, by('IWAE').variance), DReG: ratioOf(mean, by('DReG').variance) };
}

/** |mean|/√variance, with the standard error that the two leave it. */
function ratioOf(mean: Measured, variance: Measured): Measured {
  const value = Math.abs(mean.value) / Math.sqrt(variance.value);
  return { value, standardError: value * Math.hypot(relative(mean), relative(variance) / 2) };
}

function relative({ value, standardError }: Measured): number {
  return standardError / Math.abs(value);
}

function near(quantity: string, target: number, { value, standardError }: Measured): Check {
  return within(quantity, target, value, 4 * standardError + rounding);
}

export const gradientVariance: GroundTruth = {
  title: 'gradient variance of estimators',
  claim:
    'The variance of every gradient estimator is known where the integrand is: the score function pays for every ' +
    'dimension, the optimal baseline and sticking the landing reach 0, and the signal of IWAE drowns as 1/√K where that ' +
    'of DReG rises as √K. Accepted within 4 standard errors of the measurement.',
  source: 'Roeder et al. 2017; Rainforth et al. 2018; Tucker et al. 2019; closed forms',
  *verify() {
    const checks = yield* inSequence([...momentCases.map(verifyMoments), verifyRatios()]);
    return { checks: checks.flat(), pictures: [] };
  },
};
