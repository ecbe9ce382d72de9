import { backend } from '../backend/backend.ts';
import { ArgumentError, DTypeError } from '../errors.ts';
import { requireShape, type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { type FloatingDType, representableRange, round } from './interval.ts';
import type { RandomKey } from './key.ts';

export interface DrawOptions {
  /** Element type; float32 unless told. */
  readonly dtype?: FloatingDType;
}

export interface UniformOptions extends DrawOptions {
  /** The smallest number that may be drawn; 0 unless told. */
  readonly low?: number;
  /** All numbers drawn are below this; 1 unless told. */
  readonly high?: number;
}

export interface NormalOptions extends DrawOptions {
  /** 0 unless told. */
  readonly mean?: number;
  /** 1 unless told; 0 gives the mean itself. */
  readonly standardDeviation?: number;
}

/**
 * Uniform numbers in [low, high), strictly below `high` in float32 too. In row-major order a longer draw begins
 * with the shorter one. @throws ArgumentError on a bad shape or bounds, DTypeError unless `dtype` is floating.
 */
export function uniform(
  key: RandomKey,
  shape: Shape,
  { low = 0, high = 1, dtype = 'float32' }: UniformOptions = {},
): Tensor {
  requireDraw('uniform', shape, dtype);
  const [first, last] = representableRange(low, high, dtype);
  const unit = backend().random('uniform', key, shape, dtype);
  if (low === 0 && high === 1) return unit;
  const values = unit.toTypedArray();
  const width = high - low;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.min(last, Math.max(first, low + width * values[i]!));
  }
  return Tensor.wrap(values, shape);
}

/**
 * Normal numbers by Box–Muller. In row-major order a longer draw begins with the shorter one.
 * @throws ArgumentError on a bad shape, mean or standard deviation, DTypeError unless `dtype` is floating.
 */
export function normal(
  key: RandomKey,
  shape: Shape,
  { mean = 0, standardDeviation = 1, dtype = 'float32' }: NormalOptions = {},
): Tensor {
  requireDraw('normal', shape, dtype);
  if (!(standardDeviation >= 0)) {
    throw new ArgumentError(
      'normal',
      'standardDeviation',
      standardDeviation,
      `standardDeviation is ${standardDeviation}; it must be a number ≥ 0.`,
    );
  }
  // No draw is further than 9 standard deviations from the mean.
  if (!Number.isFinite(round(Math.abs(mean) + 9 * standardDeviation, dtype))) {
    throw new ArgumentError(
      'normal',
      Number.isFinite(mean) ? 'standardDeviation' : 'mean',
      Number.isFinite(mean) ? standardDeviation : mean,
      `mean ${mean} and standardDeviation ${standardDeviation} leave the finite numbers of ${dtype}.`,
    );
  }
  const standard = backend().random('normal', key, shape, dtype);
  if (mean === 0 && standardDeviation === 1) return standard;
  const values = standard.toTypedArray();
  for (let i = 0; i < values.length; i++) values[i] = mean + standardDeviation * values[i]!;
  return Tensor.wrap(values, shape);
}

/**
 * Ones with the given probability, else zeros. A tensor of probabilities broadcasts to `shape`, which is its own
 * unless told ([] for a number), and gives the result its dtype unless told. The draws are decided in float64
 * whatever the dtype, so P(1) is within 2⁻⁵³ of the probability.
 * @throws ArgumentError on a probability outside [0, 1], ShapeError when it does not broadcast, DTypeError.
 */
export function bernoulli(
  key: RandomKey,
  probability: number | Tensor,
  shape?: Shape,
  options: DrawOptions = {},
): Tensor {
  const given = probability instanceof Tensor ? probability : undefined;
  const dtype = options.dtype ?? given?.dtype ?? 'float32';
  const target = shape ?? given?.shape ?? [];
  requireDraw('bernoulli', target, dtype);
  const probabilities = given?.toTypedArray() ?? [probability as number];
  const outside = probabilities.findIndex((value) => !(value >= 0 && value <= 1));
  if (outside >= 0) {
    const value = probabilities[outside]!;
    throw new ArgumentError(
      'bernoulli',
      'probability',
      value,
      `probability${given && given.rank > 0 ? ` (element ${outside} in row-major order)` : ''} is ${value}; ` +
        'it must lie between 0 and 1.',
    );
  }
  return compareWithUniforms(key, given ?? (probability as number), target, dtype);
}
