import { matmul, type Operand, parameter, toVariable, type Variable } from '@reparam/autograd';
import { type DType, formatShape, type RandomKey, ShapeError, zeros } from '@reparam/tensor';
import { Module } from '../module.ts';
import { glorotUniform, type Initializer } from './initializers.ts';

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly key: RandomKey;
  /** Glorot uniform unless told. */
  readonly initializer?: Initializer;
  /** Whether to add a bias, which starts at zero; true unless told. */
  readonly bias?: boolean;
  readonly dtype?: Exclude<DType, 'int32'>;
}

/** y = x·W + b over the last axis: [..., inputs] → [..., outputs]. */
export class Linear extends Module {
  /** [inputs, outputs] */
  readonly weight: Variable;
  /** [outputs] */
  readonly bias: Variable | undefined;

  constructor({
    inputs,
    outputs,
    key,
    initializer = glorotUniform,
    bias = true,
    dtype = 'float32',
  }: LinearOptions) {
    super();
    this.weight = parameter(initializer(key, inputs, outputs, dtype), 'weight');
    this.bias = bias ? parameter(zeros([outputs], { dtype }), 'bias') : undefined;
  }

  /** @throws ShapeError when the last axis of x is not `inputs` long. */
  forward(x: Operand): Variable {
    const input = toVariable(x, this.weight.dtype);
    const [inputs, outputs] = this.weight.shape as readonly [number, number];
    if (input.shape.at(-1) !== inputs) {
      throw new ShapeError(
        'Linear',
        `x is ${formatShape(input.shape)} (last axis = ${input.shape.at(-1) ?? 'none'}), but this layer maps ` +
          `${inputs} features to ${outputs}.`,
        { x: input.shape, weight: this.weight.shape },
      );
    }
    const rows = input.rank === 2 ? input : input.reshape([-1, inputs]);
    const product = matmul(rows, this.weight);
    const mapped = this.bias ? product.add(this.bias) : product;
    return input.rank === 2 ? mapped : mapped.reshape([...input.shape.slice(0, -1), outputs]);
  }
}
