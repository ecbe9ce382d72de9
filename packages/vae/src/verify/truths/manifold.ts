import { RandomKey } from '@reparam/tensor';
import { latentDimension, type NoiseReading } from '../../diagnostics/latent-dimension.ts';
import type { Work } from '../../diagnostics/work.ts';
import { boundCheck } from '../bound-check.ts';
import { between, type Check, type GroundTruth, within } from '../ground-truth.ts';
import { LinearVae } from '../linear-vae.ts';
import { principalOptimum } from '../principal-optimum.ts';
import { principalPoints } from '../principal-points.ts';
import { stage } from '../stage.ts';

const features = 5;
/** Of the covariance along the manifold; across it nothing varies. */
const eigenvalues = [3, 1] as const;
/** One more than the manifold needs. */
const latents = 3;
/** σ², a decade apart. */
export const noiseVariances = [1e-1, 1e-2, 1e-3, 1e-4] as const;

const rounding = 1e-5;
/** What the draws of the last steps leave of the bound, out of 3.45 nats that each decade brings. */
const excess = 3e-3;
/** Of KLs, in nats, and of dimensions: a parameter that is δ off costs the bound about δ². */
const deviation = 0.02;

/** Trains at one σ² after the other, each from where the one before it ended. */
function* readings(): Work<NoiseReading[]> {
  const x = principalPoints(eigenvalues, features);
  const [keyModel, keyFit] = RandomKey.fromSeed(23).split(2) as [RandomKey, RandomKey];
  const found: NoiseReading[] = [];
  let before: LinearVae | undefined;
  for (const [index, noiseVariance] of noiseVariances.entries()) {
    const model = new LinearVae({ features, latents, noiseVariance, key: keyModel });
    if (before) model.restore(before.state());
    before = model;
    const training = model.fit({
      x,
      draws: 128,
      steps: 2200,
      // What throws the decoder off is a step that is large beside σ, and what takes long is the way of ln S, which is
      // as far for every σ: a fourth root lies between.
      learningRate: 0.1 * (noiseVariance / noiseVariances[0]) ** 0.25,
      key: keyFit.foldIn(index),
    });
    yield* stage(training, index / noiseVariances.length, (index + 1) / noiseVariances.length);
    const { reconstruction, kl } = model.exactTerms(x);
    found.push({ noiseVariance, elbo: reconstruction - kl, kl });
  }
  return found;
}

/** Points on a plane in five dimensions, whose number of dimensions is read off linear VAEs of falling noise. */
export const manifold: GroundTruth = {
  title: 'manifold dimension from slopes',
  claim:
    'On a manifold of r dimensions in D the optimal ELBO rises by (D − r)/2 and its KL by r/2 with each unit of ' +
    'ln(1/σ²), here by 3.4539 nats and 2.3026 nats a decade.',
  source: 'Dai & Wipf 2019, theorem 2',
  *verify() {
    const found = yield* readings();
    const dimension = latentDimension(found, { features });
    const checks = found.flatMap(({ noiseVariance, elbo, kl = Number.NaN }): Check[] => {
      const optimum = principalOptimum({ eigenvalues, features, latents, noiseVariance });
      return [
        boundCheck(`σ² = ${noiseVariance}: ELBO`, optimum.objective, elbo, { excess, rounding }),
        within(`σ² = ${noiseVariance}: KL`, optimum.kl, kl, deviation),
      ];
    });
    const rank = eigenvalues.length;
    return {
      checks: [
        ...checks,
        within('dimensions, from the slope of the ELBO', rank, dimension.fromElbo.dimension, deviation),
        within('dimensions, from the slope of the KL', rank, dimension.fromKl!.dimension, deviation),
        between('dimensions', rank, dimension.dimension, rank, rank),
      ],
      pictures: [],
    };
  },
};
