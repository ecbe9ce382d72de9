import { parameter, stack, type Variable, variable } from '@reparam/autograd';
import { activations, Module, perceptron, type Sequential } from '@reparam/nn';
import { type RandomKey, type Tensor, zeros } from '@reparam/tensor';
import type { Work } from '../diagnostics/work.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { Mixture } from '../distributions/mixture.ts';
import { elbo } from '../objectives/elbo.ts';
import type { ObjectiveTerms } from '../objectives/terms.ts';
import { chainLength, drawChains } from './binary-chains.ts';
import { type FitOptions, fit } from './fit.ts';

/** Chains at each step. */
const batch = 256;

/** p(x|z) = Π p(xₜ | x₁…xₜ₋₁, z). */
export interface ChainDecoder extends Module {
  /**
   * @param before what each symbol follows, −1 for a 0, 1 for a 1, and 0 for nothing: [chains, T]
   * @param z [chains, 1]
   * @returns [chains, T]
   */
  logits(before: Variable, z: Variable): Variable;
}

/** p(xₜ | xₜ₋₁), and no look at z. */
export class BlindBigrams extends Module implements ChainDecoder {
  /** Of a symbol after a 0, after nothing and after a 1 is bias − slope, bias and bias + slope the logit. */
  readonly slope = parameter(zeros([]), 'slope');
  readonly bias = parameter(zeros([]), 'bias');

  logits(before: Variable): Variable {
    return before.mul(this.slope).add(this.bias);
  }
}

/** p(xₜ | xₜ₋₁, z), where z says how probable it is that a symbol repeats the one before. */
export class Bigrams extends Module implements ChainDecoder {
  /** z to the logit of a repeat. */
  readonly network: Sequential;

  constructor(key: RandomKey) {
    super();
    this.network = perceptron({ sizes: [1, 32, 1], key });
  }

  logits(before: Variable, z: Variable): Variable {
    return before.mul(this.network.forward(z));
  }
}

/**
 * p(xₜ | x₁…xₜ₋₁, z), through the symbol before and how many more repeats than changes there were, which is all that the
 * past says about the type.
 */
export class FullMemory extends Module implements ChainDecoder {
  readonly network: Sequential;

  constructor(key: RandomKey) {
    super();
    this.network = perceptron({ sizes: [3, 16, 1], key, activation: activations.tanh });
  }

  logits(before: Variable, z: Variable): Variable {
    const steps = before.slice([null, [1, chainLength]]).mul(before.slice([null, [0, chainLength - 1]]));
    const balance = steps.cumsum({ axis: 1 }).pad([
      [0, 0],
      [1, 0],
    ]);
    const inputs = stack([before, balance, z.expand(before.shape)], -1);
    return this.network.forward(inputs).squeeze(-1);
  }
}

export interface ChainVaeOptions {
  readonly decoder: ChainDecoder;
  /** Of q(z|x): one is a normal, more a mixture of them. */
  readonly components: number;
  readonly key: RandomKey;
}

/** One latent for a binary chain. */
export class ChainVae extends Module {
  readonly prior = DiagonalNormal.standard(1);
  readonly decoder: ChainDecoder;
  /** Features of two neighbours. */
  readonly pairs: Sequential;
  /** Their mean to location, raw scale and logit of every component of q(z|x). */
  readonly head: Sequential;

  constructor({ decoder, components, key }: ChainVaeOptions) {
    super();
    const [keyPairs, keyHead] = key.split(2) as [RandomKey, RandomKey];
    const features = 8;
    this.decoder = decoder;
    this.pairs = perceptron({ sizes: [2, 8, features], key: keyPairs });
    this.head = perceptron({
      sizes: [features, 32, 3 * components],
      key: keyHead,
      activation: activations.tanh,
    });
  }

  posterior(x: Tensor): Distribution {
    const pairs = [precedingSigns(x), signsOf(x)];
    const neighbours = stack(pairs, -1).slice([null, [1, chainLength]]);
    const outputs = this.head.forward(this.pairs.forward(neighbours).mean({ axes: 1 }));
    const [location, raw, logits] = outputs.reshape([x.shape[0]!, 3, -1]).unstack(1) as [
      Variable,
      Variable,
      Variable,
    ];
    if (location.shape[1] === 1) return DiagonalNormal.fromSoftplus(location, raw);
    return new Mixture(logits, DiagonalNormal.fromSoftplus(location.unsqueeze(-1), raw.unsqueeze(-1)));
  }

  /** The ELBO with one draw of z, or of every component, for each chain of x, [chains, T]. */
  terms(x: Tensor, key: RandomKey): ObjectiveTerms {
    const before = precedingSigns(x);
    return elbo({
      x,
      posterior: this.posterior(x),
      prior: this.prior,
      decode: (z) => {
        const draws = z.shape[0]! / x.shape[0]!;
        const ofDraws = before.expand([draws, ...before.shape]).reshape([-1, chainLength]);
        return new Bernoulli(this.decoder.logits(ofDraws, z));
      },
      key,
    });
  }

  /** Trains on chains that are drawn afresh at every step. */
  fit(options: Pick<FitOptions, 'steps' | 'learningRate' | 'key'>): Work<void> {
    return fit({
      ...options,
      parameters: this.namedParameters(),
      loss: (key) => {
        const [keyChains, keyDraws] = key.split(2) as [RandomKey, RandomKey];
        return this.terms(drawChains(keyChains, batch), keyDraws).loss;
      },
    });
  }
}

/** ±1 for 1 and 0. */
function signsOf(x: Tensor): Variable {
  return variable(x).mul(2).sub(1);
}

/** Of the symbol before each, and 0 before the first. */
function precedingSigns(x: Tensor): Variable {
  return signsOf(x)
    .slice([null, [0, chainLength - 1]])
    .pad([
      [0, 0],
      [1, 0],
    ]);
}
