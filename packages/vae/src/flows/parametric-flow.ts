import { parameter, type Variable } from '@reparam/autograd';
import { Linear, normalInitializer } from '@reparam/nn';
import { type RandomKey, stack, type Tensor } from '@reparam/tensor';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { Flow, type FlowOptions } from './flow.ts';

/** A kind of layer that is described by a vector of numbers. */
export interface ParametricLayer {
  /** How many numbers. */
  readonly width: number;
  /** Those that layer `index` starts from: [width] */
  start(key: RandomKey, index: number): Tensor;
  /** Layer `index` out of [..., width]. */
  create(numbers: Variable, index: number): Bijector;
}

/** Heads start small, so that at first the layers are the same for every context. */
const headInitializer = normalInitializer(0.01);

/** Layers described by vectors: the flow's own, or for each context those that a linear head makes of it. */
export class ParametricFlow extends Flow {
  /** [layers, width] */
  readonly numbers: Variable | undefined;
  /** context → layers · width */
  readonly head: Linear | undefined;
  readonly #layer: ParametricLayer;

  constructor(layer: ParametricLayer, options: FlowOptions) {
    super('ParametricFlow', 1, options);
    const { context, layers, key, dtype = 'float32' } = options;
    const [keyStart, keyHead] = key.split(2) as [RandomKey, RandomKey];
    this.#layer = layer;
    const start = stack(Array.from({ length: layers }, (_, index) => layer.start(keyStart, index)));
    if (context === undefined) {
      this.numbers = parameter(start, 'numbers');
    } else {
      const outputs = layers * layer.width;
      this.head = new Linear({ inputs: context, outputs, key: keyHead, initializer: headInitializer, dtype });
      this.head.bias!.assign(start.reshape([outputs]));
    }
  }

  protected override build(context: Variable | undefined): Bijector {
    const numbers = context ? this.#numbersFor(context) : this.numbers!;
    return new Composition(numbers.unstack(-2).map((vector, index) => this.#layer.create(vector, index)));
  }

  /** [..., context] → [..., layers, width] */
  #numbersFor(context: Variable): Variable {
    const flat = this.head!.forward(context);
    return flat.reshape([...flat.shape.slice(0, -1), -1, this.#layer.width]);
  }
}
