import { backend } from '../backend/backend.ts';
import { scalar } from '../create.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError } from '../errors.ts';
import { input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { map } from '../primitives.ts';
import { isRecorded } from '../program/recording.ts';
import { requireShape, type Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { type FloatingDType, representableRange, round } from './interval.ts';
import type { RandomKey } from './key.ts';

const standard = input(0);

/** low + width·u, clamped to what is inside the bounds: inputs are u, low, width, the first and the last number. */
const scaledUniform = f.minimum(
  f.maximum(f.add(input(1), f.multiply(input(2), standard)), input(3)),
  input(4),
);
/** mean + standardDeviation·ε */
const scaledNormal = f.add(input(1), f.multiply(input(2), standard));
const isBelow = f.less(standard, input(1));

function scalars(values: readonly number[], dtype: FloatingDType): Tensor[] {
  return values.map((value) => scalar(value, { dtype }));
}

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
  return map(scaledUniform, [unit, ...scalars([low, high - low, first, last], dtype)], 'uniform');
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
  return map(scaledNormal, [standard, ...scalars([mean, standardDeviation], dtype)], 'normal');
}

/**
 * Ones with the given probability, else zeros. A tensor of probabilities broadcasts to `shape`, which is its own
 * unless told ([] for a number), and gives the result its dtype unless told. A one is drawn where a uniform number
 * of the result's dtype is below the probability, so P(1) is within 2⁻²⁴ of it in float32, within 2⁻⁵³ in float64.
 * @throws ArgumentError on a probability outside [0, 1], unless its value is known only when a compiled program runs;
 * ShapeError when it does not broadcast, DTypeError.
 */
export function bernoulli(
  key: RandomKey,
  probability: number | Tensor,
  shape?: Shape,
  options: DrawOptions = {},
): Tensor {
  const dtype = options.dtype ?? (typeof probability === 'number' ? 'float32' : probability.dtype);
  const target = shape ?? (typeof probability === 'number' ? [] : probability.shape);
  requireDraw('bernoulli', target, dtype);
  if (typeof probability === 'number') requireProbability(probability);
  else if (!isRecorded(probability)) probability.toTypedArray().forEach(requireProbability);
  const threshold =
    typeof probability === 'number' ? scalar(probability, { dtype }) : probability.cast(dtype);
  const unit = backend().random('uniform', key, target, dtype);
  return map(isBelow, [unit, threshold.expand(target)], 'bernoulli');
}

function requireProbability(value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new ArgumentError(
    'bernoulli',
    'probability',
    value,
    `probability has the value ${value}; it must lie between 0 and 1.`,
  );
}

/**
 * The whole numbers 0 … count − 1 in random order, as int32 [count] (Fisher–Yates; no order's probability is off
 * by more than a factor 1 ± count²·2⁻⁵³). @throws ArgumentError unless `count` is a whole number from 0 to 2³¹ − 1.
 */
export function permutation(key: RandomKey, count: number): Tensor {
  if (!Number.isInteger(count) || count < 0 || count > largestInt32) {
    throw new ArgumentError(
      'permutation',
      'count',
      count,
      `count is ${count}; it must be a whole number from 0 to ${largestInt32}.`,
    );
  }
  const uniforms = backend().random('uniform', key, [count], 'float64').toTypedArray();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const other = Math.floor(uniforms[i]! * (i + 1));
    order[i] = order[other]!;
    order[other] = i;
  }
  return Tensor.wrap(order, [count]);
}

/**
 * Whole numbers in [low, high) as int32. Each comes with probability (1 ± ε)/(high − low), where
 * ε < (high − low)·2⁻⁵², at most 2⁻²⁰: 53 random bits are spread over the numbers of the range.
 * @throws ArgumentError on a bad shape, or unless −2³¹ ≤ low < high ≤ 2³¹ are whole.
 */
export function integers(key: RandomKey, shape: Shape, low: number, high: number): Tensor {
  requireShape('integers', shape);
  for (const [argument, value] of Object.entries({ low, high })) {
    if (!Number.isInteger(value) || value < -largestInt32 - 1 || value > largestInt32 + 1) {
      throw new ArgumentError(
        'integers',
        argument,
        value,
        `${argument} is ${value}; bounds are whole numbers from ${-largestInt32 - 1} to ${largestInt32 + 1}.`,
      );
    }
  }
  if (low >= high) {
    throw new ArgumentError(
      'integers',
      'high',
      high,
      `high is ${high}, which is not above low ${low}; numbers are drawn from low up to but not including high.`,
    );
  }
  const uniforms = backend().random('uniform', key, shape, 'float64').toTypedArray();
  const values = new Int32Array(uniforms.length);
  for (let i = 0; i < values.length; i++) values[i] = low + Math.floor(uniforms[i]! * (high - low));
  return Tensor.wrap(values, shape);
}

const largestInt32 = 2 ** 31 - 1;

function requireDraw(operation: string, shape: Shape, dtype: DType): asserts dtype is FloatingDType {
  requireShape(operation, shape);
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new DTypeError(operation, `dtype is ${dtype}, but draws are float32 or float64.`, { dtype });
  }
}
