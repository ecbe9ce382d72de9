import { type Operand, toVariable, Variable } from '@reparam/autograd';
import { Module, ModuleBuffer } from '@reparam/nn';
import {
  ArgumentError,
  constant,
  scalarFunctions as f,
  input,
  isRecorded,
  map,
  place,
  scalar,
  type Tensor,
  zeros,
} from '@reparam/tensor';

/** total/weight, 0 where nothing was weighed. */
const ratio = f.select(f.equal(input(1), constant(0)), constant(0), f.divide(input(0), input(1)));
/** decay·sum + added */
const discounted = f.add(f.multiply(input(0), input(2)), input(1));

export interface RunningMeanOptions {
  /** The share of the old mean that stays; 0.9 unless told. */
  readonly decay?: number;
}

/**
 * The exponential mean of the signals so far, as a baseline: pass its `mean()` to an objective, then `update` it with the
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

  /** A scalar float64; 0 before the first update. */
  mean(): Variable {
    const [total, weight] = [0, 1].map((i) => this.sums.value.slice([i])) as [Tensor, Tensor];
    return new Variable(map(ratio, [total, weight]));
  }

  /** The mean as a number. */
  get value(): number {
    return this.mean().item();
  }

  /** Takes in a signal, a number or a scalar. @throws ArgumentError unless it is finite, where that can be seen. */
  update(signal: Operand): void {
    const { value } = toVariable(signal, 'float64');
    if (!isRecorded(value) && !Number.isFinite(value.item())) {
      throw new ArgumentError(
        'RunningMeanBaseline',
        'signal',
        signal,
        `the signal is ${value.item()}; it must be finite.`,
      );
    }
    const source = value.cast('float64').reshape([1]);
    const added = place([{ source, start: [0] }], [2], { dtype: 'float64', fill: 1 });
    this.sums.assign(map(discounted, [this.sums.value, added, scalar(this.#decay, { dtype: 'float64' })]));
  }
}
