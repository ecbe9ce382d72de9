import { Module, ModuleBuffer } from '@reparam/nn';
import { ArgumentError, tensor, zeros } from '@reparam/tensor';

export interface RunningMeanOptions {
  /** The share of the old mean that stays; 0.9 unless told. */
  readonly decay?: number;
}

/**
 * The exponential mean of the signals so far, as a baseline: pass its `value` to an objective, then `update` it with the
 * `signal` that the objective returned. A module, so that it is saved with the model it belongs to.
 */
export class RunningMeanBaseline extends Module {
  /** Σ decayⁿ·signal and Σ decayⁿ: their ratio has no bias towards 0 at the beginning. */
  readonly sums: ModuleBuffer;
  readonly #decay: number;

  /** @throws ArgumentError unless 0 ≤ decay < 1. */
  constructor({ decay = 0.9 }: RunningMeanOptions = {}) {
    super();
    if (!(decay >= 0 && decay < 1)) {
      throw new ArgumentError(
        'RunningMeanBaseline',
        'decay',
        decay,
        `decay is ${decay}; it must be at least 0 and below 1.`,
      );
    }
    this.sums = new ModuleBuffer(zeros([2], { dtype: 'float64' }), 'sums');
    this.#decay = decay;
  }

  /** 0 before the first update. */
  get value(): number {
    const [total, weight] = this.sums.value.toTypedArray();
    return weight === 0 ? 0 : total! / weight!;
  }

  /** @throws ArgumentError unless the signal is finite. */
  update(signal: number): void {
    if (!Number.isFinite(signal)) {
      throw new ArgumentError(
        'RunningMeanBaseline',
        'signal',
        signal,
        `the signal is ${signal}; it must be finite.`,
      );
    }
    const [total, weight] = this.sums.value.toTypedArray();
    const next = [total! * this.#decay + signal, weight! * this.#decay + 1];
    this.sums.assign(tensor(next, { dtype: 'float64' }));
  }
}
