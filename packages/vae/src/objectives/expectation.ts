import { stopGradient, type Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { requireCount, requireReparameterized } from './arguments.ts';
import { type Baseline, scoreFunctionTerm } from './score-function.ts';

export interface ExpectationOptions {
  readonly distribution: Distribution;
  /** f for draws z [samples, ...batch, ...event]: [samples, ...batch]; it may depend on parameters of its own. */
  readonly integrand: (z: Variable) => Variable;
  readonly key: RandomKey;
  /** Draws for each distribution of the batch; 1 unless told. */
  readonly samples?: number;
  /** `pathwise` unless told: through the reparameterised draw. `score`: through ln q, for any distribution. */
  readonly estimator?: 'pathwise' | 'score';
  /** For the score function; `none` unless told. */
  readonly baseline?: Baseline;
}

/**
 * The Monte Carlo estimate of E_q f(z) in [...batch], whose gradient is an unbiased estimate of the gradient of that
 * expectation by the parameters of q and of f.
 * @throws ArgumentError for a pathwise gradient through draws that are not reparameterised, and when `samples` is no
 * count or too few for the baseline.
 */
export function expectation({
  distribution,
  integrand,
  key,
  samples = 1,
  estimator = 'pathwise',
  baseline = 'none',
}: ExpectationOptions): Variable {
  requireCount('expectation', 'samples', samples);
  if (estimator === 'pathwise') {
    requireReparameterized('expectation', distribution, "Use { estimator: 'score' }.");
    return integrand(distribution.sample(key, [samples])).mean({ axes: 0 });
  }
  const z = stopGradient(distribution.sample(key, [samples]));
  const signal = integrand(z);
  return signal
    .mean({ axes: 0 })
    .add(scoreFunctionTerm({ signal, logProb: distribution.logProb(z), baseline }));
}
