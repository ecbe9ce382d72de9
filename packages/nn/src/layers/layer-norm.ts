import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { formatShape, type Shape, ShapeError, sameShape } from '@reparam/tensor';
import { requireCount, requireNonNegative } from '../arguments.ts';
import { Module } from '../module.ts';
import { affineParameters, momentsAlong, type NormalizationOptions, standardize } from './normalization.ts';

export interface LayerNormOptions extends NormalizationOptions {
  /** Lengths of the last axes, over which each example is normalised; a number for one axis. */
  readonly shape: number | Shape;
}

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016): y = (x − μ)/√(σ² + ε)·w + b with the mean μ and the biased variance σ²
 * of each example over its last axes. [..., ...shape] → the same.
 */
export class LayerNorm extends Module {
  /** shape */
  readonly weight: Variable | undefined;
  /** shape */
  readonly bias: Variable | undefined;
  readonly #shape: Shape;
  readonly #epsilon: number;

  /** @throws ArgumentError unless lengths are whole numbers above 0 and ε ≥ 0. */
  constructor({ shape, epsilon = 1e-5, affine = true, dtype = 'float32' }: LayerNormOptions) {
    super();
    requireNonNegative('LayerNorm', 'epsilon', epsilon);
    this.#shape = typeof shape === 'number' ? [shape] : shape;
    for (const length of this.#shape) requireCount('LayerNorm', 'shape', length);
    this.#epsilon = epsilon;
    const { weight, bias } = affineParameters(this.#shape, affine, dtype);
    this.weight = weight;
    this.bias = bias;
  }

  /** @throws ShapeError when the last axes of x are of other lengths. */
  forward(x: Operand): Variable {
    const input = toVariable(x, this.weight?.dtype);
    const count = this.#shape.length;
    const lead = input.rank - count;
    if (lead < 0 || !sameShape(input.shape.slice(lead), this.#shape)) {
      throw new ShapeError(
        'LayerNorm',
        `x is ${formatShape(input.shape)}, but this layer normalises over last axes ${formatShape(this.#shape)}.`,
        { x: input.shape, normalized: this.#shape },
      );
    }
    const axes = this.#shape.map((_, i) => lead + i);
    const standard = standardize(input, momentsAlong(input, axes), this.#epsilon);
    return this.weight && this.bias ? standard.mul(this.weight).add(this.bias) : standard;
  }
}
