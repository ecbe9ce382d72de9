import { exp, type Variable } from '@reparam/autograd';
import { full } from '@reparam/tensor';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { elbo } from '../../objectives/elbo.ts';
import { iwae } from '../../objectives/iwae.ts';
import type { ObjectiveOptions } from '../../objectives/terms.ts';
import type { EstimatorProblem, GradientEstimator } from './problem.ts';

const float64 = { dtype: 'float64' } as const;

/** z ~ N(0, 1), x|z ~ N(z, noiseVariance), with q = N(μ, σ²) for each row of the parameters. */
function conjugate(
  { x, noiseVariance }: { readonly x: number; readonly noiseVariance: number },
  { μ, 'ln σ': logScale }: Readonly<Record<string, Variable>>,
): Omit<ObjectiveOptions, 'key'> {
  return {
    x: full(μ!.shape, x, float64),
    posterior: DiagonalNormal.fromScale(μ!, exp(logScale!)),
    prior: DiagonalNormal.standard(1, 'float64'),
    decode: (z) => DiagonalNormal.fromScale(z, Math.sqrt(noiseVariance)),
  };
}

/**
 * The gradient of the ELBO of z ~ N(0, 1), x|z ~ N(z, noiseVariance) where q is the exact posterior, and every exact
 * gradient 0: what is left is the noise that keeps an optimiser from staying there. Plain Monte Carlo has the variance
 * 1/σ² by μ and 2 by ln σ, sticking the landing has none (Roeder et al. 2017, §3).
 */
export function optimalPosteriorProblem({
  x,
  noiseVariance,
}: {
  readonly x: number;
  readonly noiseVariance: number;
}): EstimatorProblem {
  const variance = noiseVariance / (1 + noiseVariance);
  const location = x / (1 + noiseVariance);
  const by = (
    name: string,
    [ofLocation, ofLogScale]: readonly [number, number],
    bound: (options: ObjectiveOptions) => Variable,
  ): GradientEstimator => ({
    name,
    samples: 1,
    surrogate: (parameters, key) => {
      const count = parameters.μ!.shape[0]!;
      return bound({ ...conjugate({ x, noiseVariance }, parameters), key }).mul(count);
    },
    exact: { μ: { variance: ofLocation }, 'ln σ': { variance: ofLogScale } },
  });
  const squaredResidual = (x - location) ** 2;
  return {
    name: 'ELBO at its optimum',
    description: `z ~ N(0, 1), x|z ~ N(z, ${noiseVariance}), x = ${x}, q the exact posterior`,
    parameters: {
      μ: { values: [location], gradient: 0 },
      'ln σ': { values: [0.5 * Math.log(variance)], gradient: 0 },
    },
    estimators: [
      by('plain Monte Carlo', [1 / variance, 2], (options) => iwae({ ...options, samples: 1 }).bound),
      by(
        'closed KL',
        [
          variance / noiseVariance ** 2,
          (squaredResidual * variance + 2 * variance ** 2) / noiseVariance ** 2,
        ],
        (options) => elbo(options).elbo,
      ),
      by(
        'sticking the landing',
        [0, 0],
        (options) => elbo({ ...options, estimator: 'sticking-the-landing' }).elbo,
      ),
    ],
  };
}

/**
 * The gradient of the importance-weighted bound L_K of the same model by the parameters of a q that is not exact. Its
 * signal-to-noise ratio falls as 1/√K by the path alone (Rainforth et al. 2018) and grows as √K with doubly
 * reparameterised gradients (Tucker et al. 2019).
 */
export function importanceProblem({
  x,
  noiseVariance,
  location,
  scale,
  samples,
}: {
  readonly x: number;
  readonly noiseVariance: number;
  readonly location: number;
  readonly scale: number;
  /** K */
  readonly samples: number;
}): EstimatorProblem {
  const by = (name: string, estimator: 'pathwise' | 'doubly-reparameterized'): GradientEstimator => ({
    name,
    samples,
    surrogate: (parameters, key) => {
      const count = parameters.μ!.shape[0]!;
      const options = { ...conjugate({ x, noiseVariance }, parameters), key };
      return iwae({ ...options, samples, estimator }).bound.mul(count);
    },
  });
  return {
    name: `importance-weighted bound, K = ${samples}`,
    description: `z ~ N(0, 1), x|z ~ N(z, ${noiseVariance}), x = ${x}, q = N(${location}, ${scale}²)`,
    parameters: { μ: { values: [location] }, 'ln σ': { values: [Math.log(scale)] } },
    estimators: [by('IWAE', 'pathwise'), by('DReG', 'doubly-reparameterized')],
  };
}
