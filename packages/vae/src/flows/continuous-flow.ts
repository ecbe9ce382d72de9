import type { Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import { requireCount } from '../objectives/arguments.ts';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { ContextNetwork } from './context-network.ts';
import { Continuous } from './continuous.ts';
import { defaultHidden, Flow, type FlowOptions } from './flow.ts';
import { KeyStream } from './key-stream.ts';
import type { TraceMethod } from './per-example-jacobian.ts';

export interface ContinuousFlowOptions extends FlowOptions {
  /** Runge–Kutta steps of each layer; 8 unless told. */
  readonly steps?: number;
  /** 'exact' (unless told) takes D directional derivatives; otherwise as many as probes, fresh ones at each call. */
  readonly trace?: 'exact' | { readonly probes: number };
}

/** Layers that each follow the velocity field of a dense network of point, time and context. */
export class ContinuousFlow extends Flow {
  readonly fields: readonly ContextNetwork[];
  readonly probes: KeyStream | undefined;
  readonly #steps: number;
  readonly #trace: NonNullable<ContinuousFlowOptions['trace']>;

  constructor(options: ContinuousFlowOptions) {
    super('ContinuousFlow', 1, options);
    const { dimensions, context, layers, key, dtype = 'float32', hidden = defaultHidden } = options;
    const { steps = 8, trace = 'exact' } = options;
    const [keyFields, keyProbes] = key.split(2) as [RandomKey, RandomKey];
    requireCount('ContinuousFlow', 'steps', steps);
    this.#steps = steps;
    this.#trace = trace;
    this.fields = Array.from(
      { length: layers },
      (_, layer) =>
        new ContextNetwork({
          inputs: dimensions + 1,
          outputs: dimensions,
          hidden,
          context,
          key: keyFields.foldIn(layer),
          dtype,
        }),
    );
    if (trace !== 'exact') {
      requireCount('ContinuousFlow', 'trace.probes', trace.probes);
      this.probes = new KeyStream(keyProbes);
    }
  }

  protected override build(context: Variable | undefined): Bijector {
    return new Composition(
      this.fields.map(
        (field) => new Continuous({ field: field.at(context), steps: this.#steps, trace: this.#method() }),
      ),
    );
  }

  #method(): TraceMethod {
    return this.#trace === 'exact' ? 'exact' : { ...this.#trace, key: this.probes!.next() };
  }
}
