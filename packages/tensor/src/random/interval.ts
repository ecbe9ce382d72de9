import { ArgumentError } from '../errors.ts';

export type FloatingDType = 'float32' | 'float64';

/**
 * The smallest and the largest number of `dtype` in [low, high), to which scaled uniforms are clamped: rounding
 * low + (high − low)·u may otherwise give `high` itself, or something below `low`.
 * @throws ArgumentError when the bounds are not finite in `dtype`, are not in order, or have no such number between.
 */
export function representableRange(low: number, high: number, dtype: FloatingDType): [number, number] {
  for (const [argument, value] of Object.entries({ low, high, width: high - low })) {
    if (!Number.isFinite(round(value, dtype))) {
      throw new ArgumentError(
        'uniform',
        argument,
        value,
        `low ${low}, high ${high} and their difference must be finite in ${dtype}, but ${argument} is ${value}.`,
      );
    }
  }
  const first = -atMost(-low, dtype);
  const nearest = atMost(high, dtype);
  const last = nearest === high ? nextBelow(nearest, dtype) : nearest;
  if (!(low < high && first <= last)) {
    throw new ArgumentError(
      'uniform',
      'high',
      high,
      low < high
        ? `there is no ${dtype} number from ${low} up to but not including ${high}; take bounds further apart.`
        : `high is ${high}, which is not above low ${low}; numbers are drawn from low up to but not including high.`,
    );
  }
  return [first, last];
}

/** The largest number of `dtype` that is not above `value`. */
function atMost(value: number, dtype: FloatingDType): number {
  const rounded = round(value, dtype);
  return rounded > value ? nextBelow(rounded, dtype) : rounded;
}

export function round(value: number, dtype: FloatingDType): number {
  return dtype === 'float32' ? Math.fround(value) : value;
}

/** The next smaller number of `dtype`: sign and magnitude count down as one whole number does. */
function nextBelow(value: number, dtype: FloatingDType): number {
  const floats = dtype === 'float32' ? new Float32Array(1) : new Float64Array(1);
  const bits = dtype === 'float32' ? new Int32Array(floats.buffer) : new BigInt64Array(floats.buffer);
  if (value === 0) {
    bits[0] = bits instanceof Int32Array ? 1 : 1n;
    return -floats[0]!;
  }
  floats[0] = value;
  const step = value > 0 ? -1 : 1;
  if (bits instanceof Int32Array) bits[0]! += step;
  else bits[0]! += BigInt(step);
  return floats[0]!;
}
