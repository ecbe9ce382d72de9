import { noGrad, parameter, type Variable } from '@reparam/autograd';
import type { Parameters } from '@reparam/nn';
import { full, RandomKey, tensor, zeros } from '@reparam/tensor';
import type { Work } from '../../diagnostics/work.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { Gaussian } from '../../distributions/gaussian.ts';
import { type ElboEstimator, elbo } from '../../objectives/elbo.ts';
import { kl } from '../../objectives/kl.ts';
import { boundCheck } from '../bound-check.ts';
import { fit } from '../fit.ts';
import { GaussianChain } from '../gaussian-chain.ts';
import type { GroundTruth } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { kalmanLogLikelihood, type StateSpaceModel } from '../kalman-filter.ts';
import { quadraticExpectation } from '../quadratic-expectation.ts';

const float64 = { dtype: 'float64' } as const;

/** Stationary: .9² + .19 = 1. */
export const model: StateSpaceModel = {
  transition: 0.9,
  transitionVariance: 0.19,
  observationVariance: 0.5,
  initialVariance: 1,
};
export const observations = [0.5, 1, -0.3, 0.8, 0.2, -0.6, -1, 0.1] as const;
const states = observations.length;

/** ½ Σ ln Λ_tt − ½ ln|Λ| of the tridiagonal posterior precision Λ: what independent states are short of. */
export const meanFieldGap = 0.984535;

/** p(z), whose precision factor has the rows (z_t − a·z_{t−1})/√v. */
export function prior(): GaussianChain {
  const scale = Math.sqrt(model.transitionVariance);
  const logDiagonal = observations.map((_, t) => (t === 0 ? 0 : -Math.log(scale)));
  return new GaussianChain(
    zeros([states], float64),
    tensor(logDiagonal, float64),
    full([states - 1], -model.transition / scale, float64),
  );
}

function decode(z: Variable): DiagonalNormal {
  return DiagonalNormal.fromScale(z, Math.sqrt(model.observationVariance));
}

/** The gap is quoted to six decimals. */
const rounding = 1e-6;
/** What training leaves of the bound: the draws of the last steps, and for the chain the steps that it did not have. */
const excess = 5e-4;

interface Family {
  readonly parameters: Parameters;
  readonly posterior: () => Gaussian;
  readonly estimator: ElboEstimator;
}

function* fitPosterior({ parameters, posterior, estimator }: Family): Work<number> {
  const x = tensor([...observations], float64);
  yield* fit({
    parameters,
    loss: (key) =>
      elbo({
        x,
        posterior: posterior(),
        prior: prior(),
        decode,
        key,
        samples: 16,
        estimator,
      }).loss,
    steps: 800,
    learningRate: 0.05,
    key: RandomKey.fromSeed(31),
  });
  return noGrad(() => {
    const q = posterior();
    const divergence = kl(q, prior(), RandomKey.fromSeed(0)).value;
    return quadraticExpectation(q, (z) => decode(z).logProb(x))
      .sub(divergence)
      .item();
  });
}

function chainFamily(): Family {
  const location = parameter(zeros([states], float64));
  const logDiagonal = parameter(zeros([states], float64));
  const band = parameter(zeros([states - 1], float64));
  return {
    parameters: { location, logDiagonal, band },
    posterior: () => new GaussianChain(location, logDiagonal, band),
    // Without noise at the exact posterior, which is in this family.
    estimator: 'sticking-the-landing',
  };
}

function meanFieldFamily(): Family {
  const location = parameter(zeros([states], float64));
  const logScale = parameter(zeros([states], float64));
  return {
    parameters: { location, logScale },
    posterior: () => DiagonalNormal.fromLogScale(location, logScale),
    estimator: 'pathwise',
  };
}

/** A linear-Gaussian chain of states, whose posterior is a chain too. */
export const stateSpace: GroundTruth = {
  title: 'linear state space = Kalman filter',
  claim:
    'A Gaussian q(z|x) with a tridiagonal precision has the exact posterior in its family, and its bound is the ' +
    'log-likelihood of the Kalman filter. Independent states are short of it by ½(Σ ln Λ_tt − ln|Λ|).',
  source: 'Kalman 1960; Bishop 2006, sections 10.1.2 and 13.3',
  *verify() {
    const exact = kalmanLogLikelihood(model, observations);
    const [chain, meanField] = (yield* inSequence([
      fitPosterior(chainFamily()),
      fitPosterior(meanFieldFamily()),
    ])) as [number, number];
    const checks = [
      boundCheck('q a chain: ELBO', exact, chain, { excess, rounding }),
      boundCheck('q of independent states: ELBO', exact - meanFieldGap, meanField, { excess, rounding }),
    ];
    return { checks, pictures: [] };
  },
};
