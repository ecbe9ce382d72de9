import type { Variable } from '@reparam/autograd';
import { Autoregressive } from './autoregressive.ts';
import { autoregressiveMasks } from './autoregressive-masks.ts';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { ContextNetwork } from './context-network.ts';
import type { ElementwiseTransform } from './elementwise-transform.ts';
import { defaultHidden, Flow, type FlowOptions } from './flow.ts';
import { Inverted } from './inverted.ts';

/** The direction that one pass of the network computes; the other takes a pass for every dimension. */
export type FastDirection = 'forward' | 'inverse';

/** Autoregressive layers; the order of the coordinates turns round from each layer to the next. */
export class AutoregressiveFlow extends Flow {
  readonly conditioners: readonly ContextNetwork[];
  readonly #transform: ElementwiseTransform;
  readonly #fast: FastDirection;

  constructor(transform: ElementwiseTransform, fast: FastDirection, options: FlowOptions) {
    super('AutoregressiveFlow', 1, options);
    const { dimensions, context, layers, key, dtype = 'float32', hidden = defaultHidden } = options;
    const { width } = transform;
    const hasContext = context !== undefined;
    this.#transform = transform;
    this.#fast = fast;
    this.conditioners = Array.from({ length: layers }, (_, layer) => {
      const reversed = layer % 2 === 1;
      return new ContextNetwork({
        inputs: dimensions,
        outputs: dimensions * width,
        hidden,
        context,
        key: key.foldIn(layer),
        dtype,
        masks: autoregressiveMasks({ dimensions, hidden, width, reversed, hasContext, dtype }),
      });
    });
  }

  protected override build(context: Variable | undefined): Bijector {
    return new Composition(
      this.conditioners.map((conditioner, layer) => {
        const bijector = new Autoregressive({
          transform: this.#transform,
          conditioner: conditioner.at(context),
          reversed: layer % 2 === 1,
        });
        return this.#fast === 'forward' ? bijector : new Inverted(bijector);
      }),
    );
  }
}
