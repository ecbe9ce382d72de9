import { noGrad, parameter, Variable } from '@reparam/autograd';
import { Linear, Module, normalInitializer, type Schedule } from '@reparam/nn';
import { full, RandomKey, type Tensor, zeros } from '@reparam/tensor';
import type { LatentModel } from '../diagnostics/latent-model.ts';
import type { Work } from '../diagnostics/work.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type ElboOptions, elbo } from '../objectives/elbo.ts';
import { kl } from '../objectives/kl.ts';
import type { ObjectiveTerms } from '../objectives/terms.ts';
import { fit } from './fit.ts';
import { quadraticExpectation } from './quadratic-expectation.ts';

export interface LinearVaeOptions {
  readonly features: number;
  readonly latents: number;
  /** σ² of the decoder; a learned one starts at 1. */
  readonly noiseVariance: number | 'learned';
  readonly key: RandomKey;
}

export interface LinearVaeFit extends Pick<ElboOptions, 'freeBits'> {
  /** β, which may change with the step; 1 unless told. */
  readonly klWeight?: number | Schedule;
  /** [points, features] */
  readonly x: Tensor;
  /** Draws of z for each point and step. */
  readonly draws: number;
  readonly steps: number;
  /** At the beginning; it falls to 0. */
  readonly learningRate: number;
  readonly key: RandomKey;
  /** What takes the place of the library's own bound. */
  readonly objective?: (options: ElboOptions) => Pick<ObjectiveTerms, 'loss'>;
}

/** Means over points, in nats, without drawing. */
export interface ExactTerms {
  readonly reconstruction: number;
  readonly kl: number;
}

/** The divergence of two normals has a closed form, and draws nothing. */
const unusedKey = RandomKey.fromSeed(0);

const float64 = { dtype: 'float64' } as const;

/** q(z|x) = N(Vx + c, S), S diagonal and one for all x; p(x|z) = N(Wz + b, σ²I); p(z) = N(0, I) (Lucas et al. 2019). */
export class LinearVae extends Module implements LatentModel {
  readonly prior: DiagonalNormal;
  readonly encoder: Linear;
  /** ½ ln S: [latents] */
  readonly logScale: Variable;
  readonly decoder: Linear;
  /** ln σ²: [1], a parameter where it is learned. */
  readonly logNoiseVariance: Variable;

  constructor({ features, latents, noiseVariance, key }: LinearVaeOptions) {
    super();
    const [keyEncoder, keyDecoder] = key.split(2) as [RandomKey, RandomKey];
    const initializer = normalInitializer(0.3);
    this.prior = DiagonalNormal.standard(latents, 'float64');
    this.encoder = new Linear({
      inputs: features,
      outputs: latents,
      key: keyEncoder,
      initializer,
      ...float64,
    });
    this.logScale = parameter(zeros([latents], float64), 'logScale');
    this.decoder = new Linear({
      inputs: latents,
      outputs: features,
      key: keyDecoder,
      initializer,
      ...float64,
    });
    this.logNoiseVariance =
      noiseVariance === 'learned'
        ? parameter(zeros([1], float64), 'logNoiseVariance')
        : new Variable(full([1], Math.log(noiseVariance), float64));
  }

  readonly posterior = (x: Tensor): DiagonalNormal =>
    DiagonalNormal.fromLogScale(this.encoder.forward(x), this.logScale);

  readonly decode = (z: Variable): DiagonalNormal =>
    DiagonalNormal.fromLogVariance(this.decoder.forward(z), this.logNoiseVariance);

  get noiseVariance(): number {
    return this.logNoiseVariance.exp().item();
  }

  /** Trains all parameters on every point at once, with the gradients of the library's bound. */
  fit({
    x,
    draws,
    steps,
    learningRate,
    key,
    objective = elbo,
    klWeight = 1,
    freeBits = 0,
  }: LinearVaeFit): Work<void> {
    const [points, features] = x.shape as readonly [number, number];
    const batch = x.expand([draws, points, features]).reshape([draws * points, features]);
    const { prior, decode } = this;
    return fit({
      parameters: this.namedParameters(),
      loss: (drawKey, step) =>
        objective({
          x: batch,
          posterior: this.posterior(batch),
          prior,
          decode,
          key: drawKey,
          klWeight: typeof klWeight === 'number' ? klWeight : klWeight(step),
          freeBits,
        }).loss,
      steps,
      learningRate,
      key,
    });
  }

  /** The bound's terms over points x, where E_q of the squared error is taken exactly. */
  exactTerms(x: Tensor): ExactTerms {
    return noGrad(() => {
      const posterior = this.posterior(x);
      return {
        reconstruction: quadraticExpectation(posterior, (z) => this.decode(z).logProb(x))
          .mean()
          .item(),
        kl: kl(posterior, this.prior, unusedKey).value.mean().item(),
      };
    });
  }
}
