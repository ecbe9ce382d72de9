import { ArgumentError, type Tensor, tensor } from '@reparam/tensor';
import {
  requireFinite,
  requireFraction,
  requireNonNegative,
  requirePositive,
  requireWhole,
} from './arguments.ts';
import { requireSameState } from './saved-state.ts';

export interface PlateauOptions {
  /** The value to begin with. */
  readonly from: number;
  /** Whether smaller or larger metrics are better; 'minimise' unless told. */
  readonly goal?: 'minimise' | 'maximise';
  /** What the value is multiplied by at a plateau; 0.1 unless told. */
  readonly factor?: number;
  /** How many observations in a row may bring no improvement; 10 unless told. */
  readonly patience?: number;
  /** What counts as an improvement, as a share of |best|; 1e-4 unless told. */
  readonly threshold?: number;
  /** For how many observations after a drop none is counted; 0 unless told. */
  readonly cooldown?: number;
  /** The value drops no further; 0 unless told. */
  readonly minimum?: number;
}

/**
 * A value, a learning rate for example, that drops when a metric stops improving. Tell it the metric, say once an
 * epoch:
 *
 * ```ts
 * optimizer.learningRate = plateau.observe(validationLoss);
 * ```
 */
export class PlateauSchedule {
  readonly #options: Required<PlateauOptions>;
  #value: number;
  #best: number;
  /** Observations in a row without an improvement. */
  #idle = 0;
  /** Observations that are still not counted. */
  #resting = 0;

  /** @throws ArgumentError on options out of range. */
  constructor({
    from,
    goal = 'minimise',
    factor = 0.1,
    patience = 10,
    threshold = 1e-4,
    cooldown = 0,
    minimum = 0,
  }: PlateauOptions) {
    requirePositive('PlateauSchedule', 'from', from);
    requireFraction('PlateauSchedule', 'factor', factor);
    requireWhole('PlateauSchedule', 'patience', patience);
    requireNonNegative('PlateauSchedule', 'threshold', threshold);
    requireWhole('PlateauSchedule', 'cooldown', cooldown);
    requireNonNegative('PlateauSchedule', 'minimum', minimum);
    this.#options = { from, goal, factor, patience, threshold, cooldown, minimum };
    this.#value = from;
    this.#best = goal === 'minimise' ? Infinity : -Infinity;
  }

  get value(): number {
    return this.#value;
  }

  /** Takes note of a metric. @returns the value from here on. @throws ArgumentError when it is NaN. */
  observe(metric: number): number {
    if (Number.isNaN(metric)) {
      throw new ArgumentError(
        'PlateauSchedule.observe',
        'metric',
        metric,
        'the metric is NaN: the training has most likely diverged.',
      );
    }
    const { factor, patience, cooldown, minimum } = this.#options;
    if (this.#improves(metric)) {
      this.#best = metric;
      this.#idle = 0;
    } else {
      this.#idle++;
    }
    if (this.#resting > 0) {
      this.#resting--;
      this.#idle = 0;
    }
    if (this.#idle > patience) {
      // A value that began below the minimum stays there.
      this.#value = Math.min(this.#value, Math.max(this.#value * factor, minimum));
      this.#idle = 0;
      this.#resting = cooldown;
    }
    return this.#value;
  }

  #improves(metric: number): boolean {
    const { goal, threshold } = this.#options;
    const margin = Number.isFinite(this.#best) ? threshold * Math.abs(this.#best) : 0;
    return goal === 'minimise' ? metric < this.#best - margin : metric > this.#best + margin;
  }

  /** Where it stands, to be saved with a checkpoint. */
  state(): Record<string, Tensor> {
    return {
      value: tensor(this.#value, { dtype: 'float64' }),
      best: tensor(this.#best, { dtype: 'float64' }),
      idle: tensor(this.#idle, { dtype: 'int32' }),
      resting: tensor(this.#resting, { dtype: 'int32' }),
    };
  }

  /**
   * Takes up a saved state. Nothing is changed unless all of it fits.
   * @throws ArgumentError, ShapeError or DTypeError when it is none of this class.
   */
  restore(state: Readonly<Record<string, Tensor>>): void {
    const operation = 'PlateauSchedule.restore';
    const needed = this.state();
    requireSameState(operation, state, needed);
    const [value, best, idle, resting] = Object.keys(needed).map((name) => state[name]!.item()) as [
      number,
      number,
      number,
      number,
    ];
    requireFinite(operation, 'value', value);
    requireWhole(operation, 'idle', idle);
    requireWhole(operation, 'resting', resting);
    this.#value = value;
    this.#best = best;
    this.#idle = idle;
    this.#resting = resting;
  }
}
