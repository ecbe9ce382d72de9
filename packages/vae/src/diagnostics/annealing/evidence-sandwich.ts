import { noGrad } from '@reparam/autograd';
import type { RandomKey, Tensor } from '@reparam/tensor';
import { requireCount } from '../../objectives/arguments.ts';
import type { GenerativeModel, LatentModel } from '../latent-model.ts';
import type { Work } from '../work.ts';
import { type AnnealedEstimate, Annealing, type AnnealingSettings } from './annealed-importance-sampling.ts';

export interface SandwichOptions extends GenerativeModel, AnnealingSettings {
  readonly key: RandomKey;
  /** Examples to simulate. */
  readonly count: number;
  /** q(z|x), to anneal from that instead of the prior. */
  readonly posterior?: LatentModel['posterior'];
}

export interface EvidenceSandwich {
  readonly lower: AnnealedEstimate;
  readonly upper: AnnealedEstimate;
  /** upper − lower in nats: how far, in expectation, either is from the truth at most. */
  readonly gap: number;
  /** The simulated examples [count, …] that both bounds are about. */
  readonly x: Tensor;
}

/**
 * ln p(x) between two bounds on data that the model itself simulates, z ~ p(z), x ~ p(x|z): each z is an exact
 * draw of p(z|x), which the bound from above starts from (bidirectional Monte Carlo, Grosse et al. 2015). How tight
 * it is there says how far to trust the lower bound on real data that resembles the model's.
 * @throws ArgumentError on counts that are none and settings out of range.
 */
export function* evidenceSandwich(options: SandwichOptions): Work<EvidenceSandwich> {
  const { key, count, prior, decode, posterior } = options;
  requireCount('evidenceSandwich', 'count', count);
  const [keyPrior, keyData, keyPilot, keyLower, keyUpper] = key.split(5) as [
    RandomKey,
    RandomKey,
    RandomKey,
    RandomKey,
    RandomKey,
  ];
  const { z, x } = noGrad(() => {
    const drawn = prior.sample(keyPrior, [count]);
    return { z: drawn.value, x: decode(drawn).sample(keyData).value };
  });
  const initial = posterior ? noGrad(() => posterior(x)) : prior;
  const annealing = new Annealing('evidenceSandwich', { ...options, x, initial });
  const stepSizes = yield* annealing.pilot(keyPilot, 0, 3);
  const lower = yield* annealing.lowerBound(stepSizes, keyLower, 1, 3);
  const upper = yield* annealing.upperBound(z, stepSizes, keyUpper, 2, 3);
  return { lower, upper, gap: upper.logLikelihood - lower.logLikelihood, x };
}
