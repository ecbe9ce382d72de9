import type { Operand, Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';

export interface SampleWithLogProb {
  /** [...sampleShape, ...batch, ...event] */
  readonly sample: Variable;
  /** ln density of that sample in nats: [...sampleShape, ...batch] */
  readonly logProb: Variable;
}

/**
 * A batch of distributions over events. The event axes come last and are summed over by `logProb`; the batch
 * axes before them are independent distributions.
 */
export interface Distribution {
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  /** Whether draws carry the gradients of all parameters, so that a mean over draws can be differentiated. */
  readonly reparameterized: boolean;
  /** ln p(x) in nats, [..., ...event] → [...]; the leading axes broadcast against the batch. */
  logProb(x: Operand): Variable;
  /**
   * Independent draws [...sampleShape, ...batch, ...event], one for each distribution of the batch unless told.
   * Gradients flow through them where the draw is reparameterised.
   */
  sample(key: RandomKey, sampleShape?: Shape): Variable;
  /** Draws and their log densities in one pass, which spares flows an inversion. */
  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb;
  /** The expected value, or for flows the image of the base's mean: [...batch, ...event]. */
  mean(): Variable;
  /** Of each element of the event, where it is known: [...batch, ...event]. */
  variance?(): Variable;
  /** −E ln p(x) in nats, where it has a closed form: [...batch]. */
  entropy?(): Variable;
  /** The same distribution with constant parameters: gradients of `logProb` then flow to x alone. */
  detach(): Distribution;
}

/** The pass of distributions whose density needs nothing from the drawing. */
export function drawThenEvaluate(
  distribution: Distribution,
  key: RandomKey,
  sampleShape: Shape | undefined,
): SampleWithLogProb {
  const sample = distribution.sample(key, sampleShape);
  return { sample, logProb: distribution.logProb(sample) };
}
