import { gradients, noGrad, Variable } from '@reparam/autograd';
import type { RandomKey, Tensor } from '@reparam/tensor';
import type { Distribution } from '../../distributions/distribution.ts';
import { type GenerativeModel, logJoint } from '../latent-model.ts';

/** Where chains stand: C of them for each of B examples. */
export interface ChainState {
  /** z: [C, B, latent] */
  readonly position: Tensor;
  /** ln f₀(z), the density that annealing starts from: [C·B] */
  readonly initial: Float64Array;
  /** ln f₁(z) = ln p(x, z): [C·B] */
  readonly target: Float64Array;
}

/**
 * The geometric path ln f_β = (1 − β) ln f₀ + β ln p(x, z) from a normalised density f₀, the prior or q(z|x), to
 * the joint, whose integral is p(x) (Neal 2001, eq. 3).
 */
export class GeometricPath {
  readonly chains: number;
  readonly examples: number;
  readonly #model: GenerativeModel;
  readonly #x: Tensor;
  readonly #initial: Distribution;

  /** `initial` is one distribution for all examples, or a batch of one for each. */
  constructor(model: GenerativeModel, x: Tensor, initial: Distribution, chains: number) {
    this.chains = chains;
    this.examples = x.shape[0]!;
    this.#model = model;
    this.#x = x;
    this.#initial = initial;
  }

  /** Exact draws from f₀: [C, B, latent]. */
  drawInitial(key: RandomKey): Tensor {
    const shape = this.#initial.batchShape.length === 0 ? [this.chains, this.examples] : [this.chains];
    return noGrad(() => this.#initial.sample(key, shape)).value;
  }

  stateAt(position: Tensor): ChainState {
    return noGrad(() => read(position, this.#logDensities(new Variable(position))));
  }

  /** The state, and ∇ ln f_β there: [C, B, latent]. */
  stateAndGradient(position: Tensor, beta: number): { state: ChainState; gradient: Variable } {
    const z = new Variable(position, { requiresGrad: true });
    const densities = this.#logDensities(z);
    const annealed = densities.initial.mul(1 - beta).add(densities.target.mul(beta));
    return {
      state: read(position, densities),
      gradient: gradients(annealed.sum(), [z])[0]!,
    };
  }

  #logDensities(z: Variable): { initial: Variable; target: Variable } {
    return { initial: this.#initial.logProb(z), target: logJoint(this.#model, this.#x, z) };
  }
}

function read(position: Tensor, { initial, target }: { initial: Variable; target: Variable }): ChainState {
  return {
    position,
    initial: Float64Array.from(initial.value.toTypedArray()),
    target: Float64Array.from(target.value.toTypedArray()),
  };
}
