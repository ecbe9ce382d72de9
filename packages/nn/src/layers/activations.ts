import { gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh, type Variable } from '@reparam/autograd';
import { glorotUniform, heUniform, type Initializer } from './initializers.ts';

export interface Activation {
  readonly apply: (x: Variable) => Variable;
  /** The initialiser that keeps the variance of signals steady through it. */
  readonly initializer: Initializer;
}

/** Activations by name, as settings and command lines write them. */
export const activations = {
  relu: { apply: (x) => relu(x), initializer: heUniform },
  leakyRelu: { apply: (x) => leakyRelu(x), initializer: heUniform },
  gelu: { apply: (x) => gelu(x), initializer: heUniform },
  silu: { apply: (x) => silu(x), initializer: heUniform },
  softplus: { apply: (x) => softplus(x), initializer: heUniform },
  tanh: { apply: (x) => tanh(x), initializer: glorotUniform },
  sigmoid: { apply: (x) => sigmoid(x), initializer: glorotUniform },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;
