import { gradients, matmul, noGrad, type Variable } from '@reparam/autograd';
import { cosineSchedule, Linear } from '@reparam/nn';
import { RandomKey, tensor } from '@reparam/tensor';
import type { Work } from '../../diagnostics/work.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { Gaussian } from '../../distributions/gaussian.ts';
import type { ParameterPosterior } from '../../inference/parameter-posterior.ts';
import { variationalInference } from '../../inference/variational-optimizer.ts';
import { VariationalParameters } from '../../inference/variational-parameters.ts';
import { kl } from '../../objectives/kl.ts';
import { boundCheck } from '../bound-check.ts';
import { fit } from '../fit.ts';
import { type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { quadraticExpectation } from '../quadratic-expectation.ts';

const float64 = { dtype: 'float64' } as const;

/** y = w₁ + w₂t + noise of variance ¼, with w ~ N(0, I). */
const noiseScale = 0.5;
const features = tensor(
  [0, 1, 2, 3, 4].map((t) => [1, t]),
  float64,
);
const targets = tensor([1.1, 2.9, 5.2, 6.8, 9.1], float64);
const examples = targets.size;

/** p(w|y) and the mean-field q nearest to it, whose precisions are those on the diagonal of the exact one. */
export const exact = {
  mean: [0.990861, 1.989798],
  meanFieldVariances: [0.047619, 0.008264],
  logEvidence: -7.261525,
  meanFieldElbo: -7.75821,
} as const;

/** Targets have six decimals. */
const rounding = 1e-6;
/**
 * At the optimum the gradient of n draws leaves the bound about d/n nats short for d numbers of q, and it is the last
 * thousand draws or so that count.
 */
const excess = 4e-3;
/** Of means in standard deviations, and of variances relative to them: δ of it costs the bound about δ²/2. */
const deviation = 0.1;

const [keyModel, keyFit] = RandomKey.fromSeed(29).split(2) as [RandomKey, RandomKey];

function regression(): Linear {
  return new Linear({ inputs: 2, outputs: 1, key: keyModel, bias: false, ...float64 });
}

/** ln p(y|x, w) of each example: [5] */
function logLikelihood(layer: Linear): Variable {
  return DiagonalNormal.fromScale(layer.forward(features), noiseScale).logProb(
    targets.reshape([examples, 1]),
  );
}

/** E_q ln p(y|w) − KL(q ‖ p), without drawing. */
function exactElbo(posterior: ParameterPosterior): number {
  return noGrad(() => {
    const q = posterior.distribution() as Gaussian;
    const expected = quadraticExpectation(q, (weights) =>
      DiagonalNormal.fromScale(matmul(weights, features, { transposeB: true }), noiseScale).logProb(targets),
    );
    return expected.sub(kl(q, posterior.prior, keyFit).value).item();
  });
}

/** By the bound of `VariationalParameters`. */
function* fitByBound(covariance: 'diagonal' | 'full'): Work<ParameterPosterior> {
  const layer = regression();
  const variational = new VariationalParameters(layer, { covariance, initialScale: 0.2 });
  yield* fit({
    parameters: variational.namedParameters(),
    loss: (key) =>
      variational.elbo({ logLikelihood: () => logLikelihood(layer), dataCount: examples, key, samples: 4 })
        .loss,
    steps: 2000,
    learningRate: 0.05,
    key: keyFit,
  });
  return variational;
}

/** By the optimiser, in the loop that any other optimiser has. */
function* fitByOptimizer(): Work<ParameterPosterior> {
  const layer = regression();
  const steps = 6000;
  const rate = cosineSchedule({ from: 0.01, over: steps });
  const optimizer = variationalInference(layer.namedParameters(), {
    dataCount: examples,
    key: keyFit,
    initialScale: 0.2,
  });
  for (let step = 0; step < steps; step++) {
    optimizer.learningRate = rate(step);
    const slopes = gradients(logLikelihood(layer).mean().neg(), layer.parameters());
    optimizer.step(slopes.map(({ value }) => value));
    yield { done: step + 1, total: steps };
  }
  return optimizer.posterior;
}

export function meanFieldChecks(name: string, posterior: ParameterPosterior): Check[] {
  const means = posterior.location.value.toTypedArray();
  const scales = posterior.logScale.exp().value.toTypedArray();
  return [
    boundCheck(`${name}: ELBO`, exact.meanFieldElbo, exactElbo(posterior), { excess, rounding }),
    ...exact.mean.flatMap((mean, i) => {
      const variance = exact.meanFieldVariances[i]!;
      return [
        within(`${name}: mean of w${i + 1}`, mean, means[i]!, deviation * Math.sqrt(variance)),
        within(`${name}: variance of w${i + 1}`, variance, scales[i]! ** 2, deviation * variance),
      ];
    }),
  ];
}

/** Variational inference over the weights of a linear layer, whose posterior is Gaussian. */
export const bayesianRegression: GroundTruth = {
  title: 'Bayes by backprop = Bayesian linear regression',
  claim:
    'The best q(w) with independent weights has the exact posterior mean, variances 1/Λᵢᵢ from the posterior precision Λ, ' +
    'and a bound that is short of the evidence; with a full covariance it is the exact posterior and reaches it.',
  source: 'Bishop 2006, sections 3.5 and 10.1.2; Blundell et al. 2015',
  *verify() {
    const [byBound, byOptimizer, full] = (yield* inSequence([
      fitByBound('diagonal'),
      fitByOptimizer(),
      fitByBound('full'),
    ])) as [ParameterPosterior, ParameterPosterior, ParameterPosterior];
    return {
      checks: [
        ...meanFieldChecks('mean field', byBound),
        ...meanFieldChecks('mean field, as an optimiser', byOptimizer),
        boundCheck('full covariance: ELBO', exact.logEvidence, exactElbo(full), { excess, rounding }),
      ],
      pictures: [],
    };
  },
};
