import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import {
  activations,
  ConvTranspose2d,
  Linear,
  Module,
  normalInitializer,
  type Sequential,
} from '@reparam/nn';
import { concat, full, type RandomKey, type Tensor } from '@reparam/tensor';
import type { LikelihoodNumbers } from '../likelihoods.ts';
import type { VaeSettings } from '../settings.ts';
import { halvedSizes, halving } from './conv-shape.ts';
import { denseLayers, innerSize } from './trunk.ts';

/** Spreads start small, so that at first they are the same for every z. */
const spreadInitializer = normalInitializer(0.01);

/** Layers that give a number for each feature, several times over. */
type Head = Linear | ConvTranspose2d;

/** A decoder's network: z [..., latent] → the numbers of the likelihood, [..., features] each. */
export class DecoderNetwork extends Module {
  readonly dense: Sequential | undefined;
  /** From the dense layers to the inner image. */
  readonly unfold: Linear | undefined;
  readonly convolutions: readonly ConvTranspose2d[];
  readonly locations: Head;
  readonly spreads: Head | undefined;
  readonly #settings: VaeSettings;

  constructor(settings: VaeSettings, numbers: LikelihoodNumbers, key: RandomKey) {
    super();
    const { latent, hidden, network, dtype, activation } = settings;
    const [keyDense, keyUnfold, keyConvolutions, keyLocations, keySpreads] = key.split(5) as [
      RandomKey,
      RandomKey,
      RandomKey,
      RandomKey,
      RandomKey,
    ];
    const widths = hidden.toReversed();
    const inputs = widths.at(-1) ?? latent;
    const { initializer } = activations[activation];
    this.#settings = settings;
    this.dense = denseLayers([latent, ...widths], settings, keyDense);
    if (network.kind === 'conv') {
      const outputs = innerSize(network).size;
      this.unfold = new Linear({ inputs, outputs, key: keyUnfold, initializer, dtype });
    }
    const channels = network.kind === 'conv' ? network.channels.toReversed() : [];
    this.convolutions = channels.slice(1).map(
      (outputs, i) =>
        new ConvTranspose2d({
          ...this.#growing(i),
          inputs: channels[i]!,
          outputs,
          key: keyConvolutions.foldIn(i),
          initializer,
          dtype,
        }),
    );
    const from = channels.at(-1) ?? inputs;
    this.locations = this.#head(from, numbers.locations, keyLocations);
    if (numbers.spreads.length > 0) this.spreads = this.#head(from, numbers.spreads, keySpreads, true);
  }

  forward(z: Operand): { readonly locations: Variable[]; readonly spreads: Variable[] } {
    const { features, network, activation, dtype } = this.#settings;
    const activate = activations[activation].apply;
    let hidden = toVariable(z, dtype);
    const lead = hidden.shape.slice(0, -1);
    if (this.dense) hidden = this.dense.forward(hidden);
    if (network.kind === 'conv') {
      hidden = activate(this.unfold!.forward(hidden)).reshape([-1, ...innerSize(network).shape]);
      for (const convolution of this.convolutions) hidden = activate(convolution.forward(hidden));
    }
    const split = (head: Head | undefined): Variable[] => {
      if (!head) return [];
      const numbers = head.forward(hidden);
      const count = head.bias!.shape[0]! / (network.kind === 'conv' ? 1 : features);
      if (count === 1) return [numbers.reshape([...lead, features])];
      return numbers.reshape([...lead, count, features]).unstack(-2);
    };
    return { locations: split(this.locations), spreads: split(this.spreads) };
  }

  /** A head whose numbers start around these values. */
  #head(inputs: number, starts: readonly number[], key: RandomKey, small = false): Head {
    const { network, features, dtype } = this.#settings;
    const options = { inputs, key, dtype, ...(small && { initializer: spreadInitializer }) };
    if (network.kind === 'conv') {
      const last = network.channels.length - 1;
      const head = new ConvTranspose2d({ ...options, ...this.#growing(last), outputs: starts.length });
      head.bias!.assign(biases(starts, 1, dtype));
      return head;
    }
    const head = new Linear({ ...options, outputs: starts.length * features });
    head.bias!.assign(biases(starts, features, dtype));
    return head;
  }

  /** Convolution `index`, counted from the inside, doubles the image, and adds the row that an odd size lost. */
  #growing(index: number): typeof halving & { readonly outputPadding: readonly number[] } {
    const { network } = this.#settings;
    if (network.kind !== 'conv') return { ...halving, outputPadding: [0, 0] };
    const sizes = halvedSizes(network.image, network.channels.length).toReversed();
    const [from, to] = [sizes[index]!, sizes[index + 1]!];
    return { ...halving, outputPadding: [to[0] - 2 * from[0], to[1] - 2 * from[1]] };
  }
}

/** Each start, `repeats` times over. */
function biases(starts: readonly number[], repeats: number, dtype: 'float32' | 'float64'): Tensor {
  return concat(starts.map((start) => full([repeats], start, { dtype })));
}
