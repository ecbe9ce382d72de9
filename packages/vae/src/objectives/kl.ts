import type { Variable } from '@reparam/autograd';
import { ArgumentError, type RandomKey } from '@reparam/tensor';
import type { Distribution, SampleWithLogProb } from '../distributions/distribution.ts';
import { requireSameEvent } from '../divergences/event.ts';
import { closedKl } from '../divergences/registry.ts';

/** KL(q ‖ p) in nats for each distribution of the batch. */
export interface KlDivergence {
  /** [...batch] */
  readonly value: Variable;
  /** [...batch, D] where the divergence is a sum over dimensions. */
  readonly perDimension?: Variable;
  /** False for a closed form, true for a Monte Carlo estimate. */
  readonly estimated: boolean;
  /** Of an estimate from two samples or more, without gradient: [...batch]. */
  readonly standardError?: Variable;
}

export interface KlOptions {
  /** How many draws an estimate is the mean of; 1 unless told. */
  readonly samples?: number;
}

/**
 * KL(q ‖ p) by its closed form where there is one, else the mean of ln q(z) − ln p(z) over draws z ~ q, and says
 * which. An estimate is without bias, negative at times, and its gradient is that of the divergence where q is
 * reparameterised.
 * @throws ShapeError when the events differ, ArgumentError unless `samples` is a whole number ≥ 1.
 */
export function kl(q: Distribution, p: Distribution, key: RandomKey, options: KlOptions = {}): KlDivergence {
  const { samples } = options;
  requireSameEvent('kl', q, p);
  requireSamples(samples);
  const closed = closedKl(q, p);
  if (closed) return { ...closed, estimated: false };
  return monteCarlo(q.sampleAndLogProb(key, samples === undefined ? [] : [samples]), p, samples);
}

/**
 * Draws z ~ q and KL(q ‖ p); an estimate uses those same draws. z is [...batch, ...event], or with `samples`
 * [samples, ...batch, ...event]. @throws ShapeError, ArgumentError as `kl` does.
 */
export function drawWithKl(
  q: Distribution,
  p: Distribution,
  key: RandomKey,
  { samples }: KlOptions = {},
): { z: Variable; kl: KlDivergence } {
  requireSameEvent('drawWithKl', q, p);
  requireSamples(samples);
  const sampleShape = samples === undefined ? [] : [samples];
  const closed = closedKl(q, p);
  if (closed) return { z: q.sample(key, sampleShape), kl: { ...closed, estimated: false } };
  const draw = q.sampleAndLogProb(key, sampleShape);
  return { z: draw.sample, kl: monteCarlo(draw, p, samples) };
}

/** The mean over the samples of ln q(z) − ln p(z). */
function monteCarlo(
  { sample, logProb }: SampleWithLogProb,
  p: Distribution,
  samples: number | undefined,
): KlDivergence {
  const differences = logProb.sub(p.logProb(sample));
  if (samples === undefined) return { value: differences, estimated: true };
  const value = differences.mean({ axes: 0 });
  if (samples === 1) return { value, estimated: true };
  const spread = differences.detach().standardDeviation({ axes: 0, correction: 1 });
  return { value, estimated: true, standardError: spread.div(Math.sqrt(samples)) };
}

function requireSamples(samples: number | undefined): void {
  if (samples === undefined || (Number.isSafeInteger(samples) && samples > 0)) return;
  throw new ArgumentError(
    'kl',
    'samples',
    samples,
    `samples is ${samples}; it must be a whole number of draws ≥ 1.`,
  );
}
