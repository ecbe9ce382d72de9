import { parameter, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import { normal, type RandomKey, stack, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import type { ParametricLayer } from '../flows/parametric-flow.ts';

export interface StartsOptions {
  /** What the flow is made of, in two dimensions. */
  readonly layer: ParametricLayer;
  /** K; a diagonal Gaussian without any. */
  readonly layers: number;
  readonly starts: number;
  readonly key: RandomKey;
}

/**
 * One flow of a diagonal Gaussian from several random starts, as a batch: the steps of all cost little more than those of
 * one, and the best of them is seldom in a bad local optimum.
 */
export class PlanarStarts extends Module {
  /** [starts, 2] */
  readonly location: Variable;
  /** ln σ of the Gaussian: [starts, 2] */
  readonly logScale: Variable;
  /** [layers, starts, width] */
  readonly numbers: Variable | undefined;
  readonly #layer: ParametricLayer;

  constructor({ layer, layers, starts, key }: StartsOptions) {
    super();
    const [keyLocation, keyLayers] = key.split(2) as [RandomKey, RandomKey];
    const each = <T>(count: number, create: (index: number) => T): T[] =>
      Array.from({ length: count }, (_, index) => create(index));
    this.#layer = layer;
    this.location = parameter(normal(keyLocation, [starts, 2]), 'location');
    this.logScale = parameter(zeros([starts, 2]), 'logScale');
    if (layers > 0) {
      const rows = each(layers, (k) =>
        stack(each(starts, (start) => layer.start(keyLayers.foldIn(start), k))),
      );
      this.numbers = parameter(stack(rows), 'numbers');
    }
  }

  /** The distributions of all starts as a batch, or of one of them. */
  distribution(start?: number): FlowDistribution {
    const of = (rows: Variable): Variable => (start === undefined ? rows : rows.slice([start]));
    const vectors = this.numbers?.unstack(0) ?? [];
    return new FlowDistribution(
      DiagonalNormal.fromLogScale(of(this.location), of(this.logScale)),
      vectors.map((rows, k) => this.#layer.create(of(rows), k)),
    );
  }
}
