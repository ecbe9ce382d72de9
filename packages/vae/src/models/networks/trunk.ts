import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { activations, Conv2d, Module, perceptron, type Sequential } from '@reparam/nn';
import type { RandomKey } from '@reparam/tensor';
import type { VaeSettings } from '../settings.ts';
import { halvedSizes, halving } from './conv-shape.ts';

/** An encoder's network up to its heads: x [..., features] → [..., outputs]. */
export class EncoderTrunk extends Module {
  readonly convolutions: readonly Conv2d[];
  readonly dense: Sequential | undefined;
  readonly outputs: number;
  readonly #settings: VaeSettings;

  constructor(settings: VaeSettings, key: RandomKey) {
    super();
    const { features, hidden, network, activation, dtype } = settings;
    const [keyConvolutions, keyDense] = key.split(2) as [RandomKey, RandomKey];
    const { initializer } = activations[activation];
    const channels = network.kind === 'conv' ? [1, ...network.channels] : [];
    this.#settings = settings;
    this.convolutions = channels.slice(1).map(
      (outputs, i) =>
        new Conv2d({
          inputs: channels[i]!,
          outputs,
          ...halving,
          key: keyConvolutions.foldIn(i),
          initializer,
          dtype,
        }),
    );
    const inputs = network.kind === 'conv' ? innerSize(network).size : features;
    this.dense = denseLayers([inputs, ...hidden], settings, keyDense);
    this.outputs = hidden.at(-1) ?? inputs;
  }

  forward(x: Operand): Variable {
    const { network, activation, dtype } = this.#settings;
    let hidden = toVariable(x, dtype);
    if (network.kind === 'conv') {
      const lead = hidden.shape.slice(0, -1);
      hidden = hidden.reshape([-1, 1, ...network.image]);
      for (const convolution of this.convolutions) {
        hidden = activations[activation].apply(convolution.forward(hidden));
      }
      hidden = hidden.reshape([...lead, innerSize(network).size]);
    }
    return this.dense ? this.dense.forward(hidden) : hidden;
  }
}

/** Layers up to the last, its activation included; undefined when there are none. */
export function denseLayers(
  sizes: readonly number[],
  { activation, dtype }: Pick<VaeSettings, 'activation' | 'dtype'>,
  key: RandomKey,
): Sequential | undefined {
  if (sizes.length < 2) return undefined;
  return perceptron({ sizes, key, activation: activations[activation], activateLast: true, dtype });
}

/** What convolutions make of an image: channels × height × width. */
export function innerSize({
  image,
  channels,
}: {
  readonly image: readonly [number, number];
  readonly channels: readonly number[];
}): { readonly shape: readonly [number, number, number]; readonly size: number } {
  const [height, width] = halvedSizes(image, channels.length).at(-1)!;
  const depth = channels.at(-1) ?? 1;
  return { shape: [depth, height, width], size: depth * height * width };
}
