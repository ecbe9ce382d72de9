import type { Variable } from '@reparam/autograd';
import { ArgumentError, effect, type Tensor, tensor } from '@reparam/tensor';
import { requireFraction, requireWhole } from './arguments.ts';
import { blend } from './blend.ts';
import { Module, ModuleBuffer, valuesOf } from './module.ts';
import { requireSameState } from './saved-state.ts';
import { varyingNumbers } from './varying-numbers.ts';

export interface MovingAverageOptions {
  /** The share of the old average that stays at an update; 0.999 unless told. */
  readonly decay?: number;
  /**
   * Whether what the parameters were before the first update is left out of the average: the weights of the t
   * values seen are then (1−d)dᵗ⁻ⁱ/(1−dᵗ). False unless told: the average then starts from the parameters.
   */
  readonly biasCorrection?: boolean;
}

/**
 * Exponential moving averages of parameters, which often generalise better than the last values (Polyak & Juditsky
 * 1992): a ← d·a + (1−d)·p at each `update`, to be called after the optimiser's steps. Buffers of a module are
 * not averaged.
 */
export class ExponentialMovingAverage {
  readonly #parameters: Readonly<Record<string, Variable>>;
  readonly #decay: number;
  readonly #biasCorrection: boolean;
  readonly #averages: Readonly<Record<string, ModuleBuffer>>;
  #updates = 0;

  /** @throws ArgumentError unless 0 ≤ decay < 1. */
  constructor(
    source: Module | Readonly<Record<string, Variable>>,
    { decay = 0.999, biasCorrection = false }: MovingAverageOptions = {},
  ) {
    requireFraction('ExponentialMovingAverage', 'decay', decay);
    this.#parameters = source instanceof Module ? source.namedParameters() : source;
    this.#decay = decay;
    this.#biasCorrection = biasCorrection;
    this.#averages = Object.fromEntries(
      Object.entries(this.#parameters).map(([name, { value }]) => [
        name,
        new ModuleBuffer(value, `average.${name}`),
      ]),
    );
  }

  /** Takes the parameters' present values into the average. */
  update(): void {
    effect(() => {
      this.#updates++;
    });
    const shares = varyingNumbers(() => [this.#share()]);
    for (const [name, { value }] of Object.entries(this.#parameters)) {
      const average = this.#averages[name]!;
      const [share] = shares(value.dtype) as readonly [Tensor];
      average.assign(blend('ExponentialMovingAverage', average.value, value, share));
    }
  }

  /** What the newest value counts for. */
  #share(): number {
    // The corrected average follows the same recurrence, with a weight that falls from 1 to 1 − d.
    const seen = this.#biasCorrection ? 1 - this.#decay ** this.#updates : 1;
    return (1 - this.#decay) / seen;
  }

  /** The averages by the parameters' names, as `loadParameters` takes them. */
  averages(): Record<string, Tensor> {
    return valuesOf(this.#averages);
  }

  /**
   * Calls `fn` while the parameters have their averages for values, and puts their own back after it, also when
   * it throws. @throws ArgumentError when `fn` is asynchronous, since it would go on with the parameters put back.
   */
  withAverages<T>(fn: () => T): T {
    const own = valuesOf(this.#parameters);
    this.#assign(this.averages());
    try {
      const result = fn();
      if (result instanceof Promise) {
        throw new ArgumentError(
          'withAverages',
          'fn',
          fn,
          'fn is asynchronous, and the parameters are put back when it returns. Load averages() into a second ' +
            'model instead.',
        );
      }
      return result;
    } finally {
      this.#assign(own);
    }
  }

  #assign(values: Readonly<Record<string, Tensor>>): void {
    for (const [name, parameter] of Object.entries(this.#parameters)) parameter.assign(values[name]!);
  }

  /** Everything needed to go on: `updates`, and the averages under `average.` and the parameter's name. */
  state(): Record<string, Tensor> {
    const averages = Object.entries(this.averages()).map(
      ([name, value]) => [`average.${name}`, value] as const,
    );
    return { updates: tensor(this.#updates, { dtype: 'int32' }), ...Object.fromEntries(averages) };
  }

  /**
   * Takes up a saved state. Nothing is changed unless all of it fits.
   * @throws ArgumentError, ShapeError or DTypeError when it is of other parameters.
   */
  restore(state: Readonly<Record<string, Tensor>>): void {
    const operation = 'ExponentialMovingAverage.restore';
    requireSameState(operation, state, this.state());
    const updates = state.updates!.item();
    requireWhole(operation, 'updates', updates);
    this.#updates = updates;
    for (const [name, average] of Object.entries(this.#averages)) average.assign(state[`average.${name}`]!);
  }
}
