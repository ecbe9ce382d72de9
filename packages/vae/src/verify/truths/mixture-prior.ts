import { matmul, mul, noGrad, parameter, toVariable, type Variable } from '@reparam/autograd';
import { eye, RandomKey, tensor, zeros } from '@reparam/tensor';
import { importanceLogLikelihood } from '../../diagnostics/importance-log-likelihood.ts';
import type { GenerativeModel } from '../../diagnostics/latent-model.ts';
import type { EvidenceEstimate } from '../../diagnostics/log-weights.ts';
import type { Work } from '../../diagnostics/work.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { FullNormal } from '../../distributions/full-normal.ts';
import { Mixture } from '../../distributions/mixture.ts';
import { elbo } from '../../objectives/elbo.ts';
import type { ObjectiveTerms } from '../../objectives/terms.ts';
import { densityOnSquare } from '../density-on-square.ts';
import { fit } from '../fit.ts';
import { between, type Check, type GroundTruth, type TruthPicture, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { stage } from '../stage.ts';

const float64 = { dtype: 'float64' } as const;
const key = RandomKey.fromSeed(41);

/** Targets have six decimals. */
const rounding = 1e-6;

/** σ² */
const noiseVariance = 0.1;
/** Wᵀ: x = Wz with W = [[1, 0], [0, 1], [1, 1]]. */
const weight = tensor(
  [
    [1, 0, 1],
    [0, 1, 1],
  ],
  float64,
);
const logits = tensor([Math.log(0.3), Math.log(0.7)], float64);
const means = tensor(
  [
    [-2, 0],
    [2, 1],
  ],
  float64,
);
const covariances = tensor(
  [
    [
      [0.25, 0],
      [0, 0.25],
    ],
    [
      [1, 0.6],
      [0.6, 1],
    ],
  ],
  float64,
);
const x = tensor([[1, 0.5, 1.2]], float64);

const logEvidence = -3.127587;
/** E z|x of the component that explains x; the other has two millionths of the weight. */
export const posteriorMean = [0.967347, 0.367347] as const;

interface Model extends GenerativeModel {
  readonly prior: Mixture<FullNormal>;
}

function createModel(): Model {
  return {
    prior: new Mixture(logits, FullNormal.fromCovariance(means, covariances)),
    decode: (z) => DiagonalNormal.fromScale(matmul(z, weight), Math.sqrt(noiseVariance)),
  };
}

/** p(x) = Σ π_k N(Wμ_k, WΣ_kWᵀ + σ²I) */
function evidence(): Mixture {
  const mapped = matmul(matmul(weight, covariances, { transposeA: true }), weight);
  const noise = eye(3, 3, float64);
  return new Mixture(
    logits,
    FullNormal.fromCovariance(matmul(means, weight), mapped.add(mul(noise, noiseVariance))),
  );
}

/** q(z|x), with a KL to the mixture that is estimated. Its gradients have no noise left where q is the posterior. */
function* fitPosterior(model: Model): Work<FullNormal> {
  const location = parameter(zeros([1, 2], float64));
  const raw = parameter(zeros([1, 3], float64));
  const posterior = () => FullNormal.fromUnconstrained(location, raw);
  yield* fit({
    parameters: { location, raw },
    loss: (drawKey) => boundOf(model, posterior(), drawKey).loss,
    steps: 800,
    learningRate: 0.05,
    key,
  });
  return noGrad(posterior);
}

function boundOf(model: Model, posterior: FullNormal, drawKey: RandomKey): ObjectiveTerms {
  return elbo({ ...model, x, posterior, key: drawKey, samples: 16, estimator: 'sticking-the-landing' });
}

function checksOf(model: Model, posterior: FullNormal, sampled: EvidenceEstimate): Check[] {
  const reached = posterior.location.value.toTypedArray();
  return noGrad(() => [
    within('ln p(x) by the mixture of Wz', logEvidence, evidence().logProb(x).item(), rounding),
    within('ln p(x) by draws from the prior', logEvidence, sampled.logLikelihood, 4 * sampled.standardError),
    between('standard error of draws from the prior', 0, sampled.standardError, 0, 0.02),
    within('ELBO', logEvidence, boundOf(model, posterior, key).elbo.item(), 1e-5),
    ...posteriorMean.map((mean, i) => within(`posterior mean of z${i + 1}`, mean, reached[i]!, 1e-4)),
  ]);
}

/** The exact posterior beside q, and the prior that both come from. */
function* draw(model: Model, posterior: FullNormal): Work<TruthPicture[]> {
  const exact = (z: Variable): Variable =>
    model.prior.logProb(z).add(model.decode(z).logProb(x)).sub(logEvidence);
  const densities: readonly (readonly [string, (z: Variable) => Variable])[] = [
    ['prior p(z)', (z) => model.prior.logProb(z)],
    ['posterior p(z|x)', exact],
    ['trained q(z|x)', (z) => posterior.logProb(z)],
  ];
  const pictures = yield* inSequence(
    densities.map(([, logDensity]) =>
      densityOnSquare((z) => logDensity(toVariable(z).cast('float64')), { reach: 4, pixels: 128 }),
    ),
  );
  return pictures.map((values, i) => ({ title: densities[i]![0], values }));
}

/** A prior of two correlated normals under a linear decoder. */
export const mixturePrior: GroundTruth = {
  title: 'mixture prior with full covariances',
  claim:
    'Under a linear decoder p(x) is a mixture of N(Wμₖ, WΣₖWᵀ + σ²I). Where one component explains x alone, the posterior is ' +
    'that component’s, and a Gaussian q trained on the estimated KL to the mixture reaches ln p(x).',
  source: 'Bishop 2006, sections 2.3.3 and 9.2; Dilokthanakul et al. 2016',
  *verify() {
    const model = createModel();
    const posterior = yield* stage(fitPosterior(model), 0, 0.6);
    const fromPrior = new Mixture(logits.reshape([1, 2]), model.prior.components);
    const sampled = yield* stage(
      importanceLogLikelihood({ ...model, posterior: () => fromPrior, x, key, samples: 60_000 }),
      0.6,
      0.9,
    );
    const pictures = yield* stage(draw(model, posterior), 0.9, 1);
    return { checks: checksOf(model, posterior, sampled), pictures };
  },
};
