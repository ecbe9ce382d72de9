import type { Variable } from '@reparam/autograd';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { ContextNetwork } from './context-network.ts';
import { Coupling } from './coupling.ts';
import type { ElementwiseTransform } from './elementwise-transform.ts';
import { defaultHidden, Flow, type FlowOptions } from './flow.ts';

/** Coupling layers; the halves of the coordinates take turns in moving. */
export class CouplingFlow extends Flow {
  readonly conditioners: readonly ContextNetwork[];
  readonly #transform: ElementwiseTransform;

  /** @throws ArgumentError for fewer than two dimensions, of which one rests. */
  constructor(transform: ElementwiseTransform, options: FlowOptions) {
    super('CouplingFlow', 2, options);
    const { dimensions, context, layers, key, dtype = 'float32', hidden = defaultHidden } = options;
    this.#transform = transform;
    this.conditioners = Array.from({ length: layers }, (_, layer) => {
      const resting = restingIn(dimensions, layer);
      const outputs = (dimensions - resting) * transform.width;
      return new ContextNetwork({ inputs: resting, outputs, hidden, context, key: key.foldIn(layer), dtype });
    });
  }

  protected override build(context: Variable | undefined): Bijector {
    return new Composition(
      this.conditioners.map(
        (conditioner, layer) =>
          new Coupling({
            transform: this.#transform,
            conditioner: conditioner.at(context),
            resting: restingIn(this.dimensions, layer),
            movesFirst: layer % 2 === 1,
          }),
      ),
    );
  }
}

/** The larger half rests first; then the other. */
function restingIn(dimensions: number, layer: number): number {
  return layer % 2 === 0 ? Math.ceil(dimensions / 2) : Math.floor(dimensions / 2);
}
