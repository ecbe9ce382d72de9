import { normal, RandomKey, type Tensor } from '@reparam/tensor';
import { type Observer, withObserver } from '../observe.ts';
import type { OperationRecord, Sample } from '../operation.ts';
import { vjp } from '../transforms.ts';
import { Variable } from '../variable.ts';

/** How far an operation in float32 is from itself in float64 on the same numbers, in float32 ULPs. */
export interface PrecisionCheck {
  readonly name: string;
  /** Largest error of a value over the samples. */
  readonly value: number;
  /** Largest error of a gradient. */
  readonly gradient: number;
  /** Largest error allowed of either. */
  readonly bound: number;
  readonly ok: boolean;
}

/** One rounding of the exact result is half an ULP; a chain of a few makes one or two. */
const boundWithoutSums = 2;

/**
 * Computes an operation's samples and their gradients in float32 and in float64, and compares. Elementwise, an error
 * counts in ULPs of the number itself, and 2 are allowed. Elsewhere numbers are added up, and sums can cancel: an error
 * counts in ULPs of the largest number that takes part, and one more is allowed for each number of the
 * longest sum that there can be, which is over all of the largest input.
 */
export function checkPrecision({ name, kind, samples }: OperationRecord): PrecisionCheck {
  const elementwise = kind === 'elementwise';
  const errors = samples.map((sample) => compareTypes(sample, elementwise));
  const longest = Math.max(...samples.flatMap(({ inputs }) => inputs.map(({ size }) => size)));
  const bound = boundWithoutSums + (elementwise ? 0 : longest);
  const value = Math.max(...errors.map((each) => each.value));
  const gradient = Math.max(...errors.map((each) => each.gradient));
  // Written so that NaN fails.
  return { name, value, gradient, bound, ok: value <= bound && gradient <= bound };
}

function compareTypes({ run, inputs }: Sample, elementwise: boolean): { value: number; gradient: number } {
  // The same numbers for both: those that float32 can hold.
  const single = inputs.map((x) => x.cast('float32'));
  const truth = evaluate(run, single, 'float64');
  const rounded = evaluate(run, single, 'float32');
  const scale = elementwise ? 0 : truth.largest;
  return {
    value: largestError(rounded.output, truth.output, scale),
    gradient: Math.max(
      0,
      ...rounded.gradients.map((each, k) => largestError(each, truth.gradients[k]!, scale)),
    ),
  };
}

interface Evaluation {
  readonly output: Tensor;
  readonly gradients: readonly Tensor[];
  /** The largest magnitude of any number that took part. */
  readonly largest: number;
}

function evaluate(run: Sample['run'], inputs: readonly Tensor[], dtype: 'float32' | 'float64'): Evaluation {
  let largest = Math.max(0, ...inputs.map(magnitude));
  const observer: Observer = {
    // Constants that a sample has written in float64 join in as what the others are.
    forward: ({ rules, inputs: operands, parameters }) => {
      const result = rules.forward(
        operands.map(({ value }) => (value.dtype === 'int32' ? value : value.cast(dtype))),
        parameters,
      );
      largest = Math.max(largest, magnitude(result));
      return result;
    },
  };
  return withObserver(observer, () => {
    const { output, pullback } = vjp(run, ...inputs.map((x) => new Variable(x.cast(dtype))));
    const cotangent = normal(RandomKey.fromSeed(0), output.shape).cast(output.dtype);
    const gradients = output.dtype === 'int32' ? [] : pullback(cotangent).map(({ value }) => value);
    return { output: output.value, gradients, largest };
  });
}

/** In float32 ULPs of `scale` or of the number itself, whichever is larger; what float32 cannot hold is left out. */
function largestError(x: Tensor, truth: Tensor, scale: number): number {
  const values = x.toTypedArray();
  let largest = 0;
  truth.toTypedArray().forEach((exact, i) => {
    if (Math.abs(exact) > largestFloat32 || Object.is(values[i], exact)) return;
    const error = Math.abs(values[i]! - exact) / ulp(Math.max(scale, Math.abs(exact)));
    if (!(error <= largest)) largest = error;
  });
  return largest;
}

const largestFloat32 = 2 ** 127 * (2 - 2 ** -23);

/** The spacing of float32 numbers at x. */
function ulp(x: number): number {
  return 2 ** (Math.max(-126, Math.floor(Math.log2(x))) - 23);
}

function magnitude(x: Tensor): number {
  let largest = 0;
  for (const value of x.toTypedArray()) {
    const size = Math.abs(value);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}
