import { matmul, type Variable } from '@reparam/autograd';
import {
  type Activation,
  activations,
  type Initializer,
  Linear,
  Module,
  zerosInitializer,
} from '@reparam/nn';
import type { RandomKey, Shape, Tensor } from '@reparam/tensor';
import type { ParametricFunction } from './parametric-function.ts';

export interface ContextNetworkOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly hidden: readonly number[];
  readonly context?: number | undefined;
  readonly key: RandomKey;
  readonly dtype: 'float32' | 'float64';
  /** Between the layers; tanh unless told, which is smooth and bounded. */
  readonly activation?: Activation;
  /** A constant factor for each layer's weight, as the masks of an autoregressive network. */
  readonly masks?: readonly Tensor[];
}

/**
 * A dense network of a point and a context. Concatenating the context to the point is the same as adding a linear
 * function of it in the first layer, which is worked out once however many points there are. The last layer starts
 * at zero, and with it the function.
 */
export class ContextNetwork extends Module {
  readonly layers: readonly Linear[];
  readonly fromContext: Linear | undefined;
  readonly #activation: Activation;
  readonly #masks: readonly Tensor[] | undefined;

  constructor({
    inputs,
    outputs,
    hidden,
    context,
    key,
    dtype,
    activation = activations.tanh,
    masks,
  }: ContextNetworkOptions) {
    super();
    const sizes = [inputs, ...hidden, outputs];
    const initializerOf = (layer: number): Initializer =>
      layer === hidden.length ? zerosInitializer : activation.initializer;
    this.#activation = activation;
    this.#masks = masks;
    this.layers = sizes.slice(1).map(
      (size, k) =>
        new Linear({
          inputs: sizes[k]!,
          outputs: size,
          key: key.foldIn(k),
          initializer: initializerOf(k),
          dtype,
        }),
    );
    if (context !== undefined) {
      this.fromContext = new Linear({
        inputs: context,
        outputs: sizes[1]!,
        key: key.foldIn(sizes.length),
        initializer: initializerOf(0),
        bias: false,
        dtype,
      });
    }
  }

  /** The function as the parameters are now, with each weight as `adapt` makes it. */
  at(
    context: Variable | undefined,
    adapt: (weight: Variable, layer: number) => Variable = (weight) => weight,
  ): DenseFunction {
    const layers = this.layers.map(({ weight, bias }, k) => {
      const mask = this.#masks?.[k];
      return { weight: adapt(mask ? weight.mul(mask) : weight, k), bias: bias! };
    });
    const offset = context && this.fromContext?.forward(context);
    return new DenseFunction(layers, offset, this.#activation);
  }
}

interface DenseLayer {
  /** [inputs, outputs] */
  readonly weight: Variable;
  /** [outputs] */
  readonly bias: Variable;
}

/** A dense network with an offset for each context in its first layer. */
class DenseFunction implements ParametricFunction {
  readonly #layers: readonly DenseLayer[];
  /** [...batch, outputs of the first layer] */
  readonly #offset: Variable | undefined;
  readonly #activation: Activation;

  constructor(layers: readonly DenseLayer[], offset: Variable | undefined, activation: Activation) {
    this.#layers = layers;
    this.#offset = offset;
    this.#activation = activation;
  }

  get batchShape(): Shape {
    return this.#offset?.shape.slice(0, -1) ?? [];
  }

  apply(x: Variable): Variable {
    return this.#layers.reduce((value, { weight, bias }, k) => {
      const input = k === 0 ? value : this.#activation.apply(value);
      const [inputs, outputs] = weight.shape as readonly [number, number];
      const mapped = matmul(input.reshape([-1, inputs]), weight)
        .add(bias)
        .reshape([...input.shape.slice(0, -1), outputs]);
      return k === 0 && this.#offset ? mapped.add(this.#offset) : mapped;
    }, x);
  }

  detach(): DenseFunction {
    const layers = this.#layers.map(({ weight, bias }) => ({ weight: weight.detach(), bias: bias.detach() }));
    return new DenseFunction(layers, this.#offset?.detach(), this.#activation);
  }
}
