import { noGrad } from '@reparam/autograd';
import { ArgumentError, formatShape, type RandomKey, ShapeError, type Tensor } from '@reparam/tensor';
import { countActive } from '../diagnostics/latent-usage.ts';
import { RunningMoments } from '../diagnostics/running-moments.ts';
import type { Vae } from '../models/vae.ts';
import { binarize } from './binarize.ts';
import type { Binarization } from './settings.ts';

/** The bound on data that was not trained on, in nats per example. */
export interface Evaluation {
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** The KL of each latent, where it is a sum over latents (not for flows and mixture priors). */
  readonly klPerLatent: readonly number[] | undefined;
  /** Var_x E_q(z|x)[z] of each latent. */
  readonly activity: readonly number[];
  readonly activeUnits: number;
}

export interface EvaluationOptions {
  readonly key: RandomKey;
  readonly batchSize: number;
  readonly binarization: Binarization;
}

/**
 * Evaluates a model on examples [count, features] with one draw of z for each; the same key and batch size give
 * the same figures. @throws ShapeError when there are no examples, ArgumentError on a bad batch size.
 */
export function evaluate(model: Vae, examples: Tensor, options: EvaluationOptions): Evaluation {
  const { latent, dtype } = model.settings;
  const count = examples.shape[0] ?? 0;
  if (count === 0) {
    throw new ShapeError(
      'evaluate',
      `examples are ${formatShape(examples.shape)}; the bound is a mean over at least one.`,
      { examples: examples.shape },
    );
  }
  if (!(Number.isSafeInteger(options.batchSize) && options.batchSize > 0)) {
    throw new ArgumentError(
      'evaluate',
      'batchSize',
      options.batchSize,
      `batchSize is ${options.batchSize}; it must be a whole number above 0.`,
    );
  }
  let reconstruction = 0;
  let kl = 0;
  let klPerLatent: number[] | undefined;
  const means = new RunningMoments(latent);
  noGrad(() => {
    for (let start = 0; start < count; start += options.batchSize) {
      const batch = examples.slice([[start, Math.min(start + options.batchSize, count)]]);
      const [keyData, keyDraw] = options.key.foldIn(start).split(2) as [RandomKey, RandomKey];
      const x = binarize(batch.cast(dtype), options.binarization, keyData);
      const posterior = model.encode(x);
      const terms = model.boundOf(x, posterior, keyDraw);
      const share = batch.shape[0]! / count;
      reconstruction += terms.reconstruction.item() * share;
      kl += terms.kl.item() * share;
      const batchKl = terms.klPerLatent?.value.toTypedArray();
      if (batchKl) {
        const sofar = klPerLatent ?? new Array<number>(latent).fill(0);
        klPerLatent = sofar.map((value, d) => value + batchKl[d]! * share);
      }
      means.addRows(posterior.mean().value);
    }
  });
  const activity = means.variances();
  return {
    elbo: reconstruction - kl,
    reconstruction,
    kl,
    klPerLatent,
    activity,
    activeUnits: countActive(activity),
  };
}
