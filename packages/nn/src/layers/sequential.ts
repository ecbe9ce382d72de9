import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import type { DType, RandomKey } from '@reparam/tensor';
import { Module } from '../module.ts';
import { type Activation, activations } from './activations.ts';
import { type ForwardOptions, optionsOfPart } from './forward-options.ts';
import { Linear } from './linear.ts';

/** A module from one variable to another. Layers that train as they evaluate take no options. */
export type Layer = Module & { forward(x: Operand, options?: ForwardOptions): Variable };

/** Layers and plain functions one after the other. */
export class Sequential extends Module {
  readonly layers: readonly (Layer | ((x: Variable) => Variable))[];

  constructor(layers: readonly (Layer | ((x: Variable) => Variable))[]) {
    super();
    this.layers = layers;
  }

  /** Options reach every layer, each with a key of its own. */
  forward(x: Operand, options: ForwardOptions = {}): Variable {
    return this.layers.reduce<Variable>(
      (value, layer, i) =>
        layer instanceof Module ? layer.forward(value, optionsOfPart(options, i)) : layer(value),
      toVariable(x),
    );
  }
}

export interface PerceptronOptions {
  /** Feature counts from the input to the output: [784, 256, 256, 20] has two hidden layers. */
  readonly sizes: readonly number[];
  readonly key: RandomKey;
  /** Between the layers; relu unless told. */
  readonly activation?: Activation;
  /** Whether the activation also follows the last layer; false unless told. */
  readonly activateLast?: boolean;
  readonly dtype?: Exclude<DType, 'int32'>;
}

/** Linear layers with an activation between them. */
export function perceptron({
  sizes,
  key,
  activation = activations.relu,
  activateLast = false,
  dtype = 'float32',
}: PerceptronOptions): Sequential {
  const count = sizes.length - 1;
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const activated = activateLast || i < count - 1;
    const linear = new Linear({
      inputs: sizes[i]!,
      outputs,
      key: key.foldIn(i),
      dtype,
      ...(activated && { initializer: activation.initializer }),
    });
    return activated ? [linear, activation.apply] : [linear];
  });
  return new Sequential(layers);
}
