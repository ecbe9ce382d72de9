import { allocate, Tensor } from '@reparam/tensor';

/** How far a finite difference reaches at first, relative to the size of x, and by how much each try is smaller. */
const firstStep = 2e-2;
const shrink = 3;
const tries = 8;

/**
 * The derivative of a vector function along a direction by fourth-order central differences,
 * (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h))/12h. Truncation falls with h⁴ and rounding grows with 1/h, so each
 * output takes the step at which two neighbouring estimates agree best. That uses no knowledge of the true
 * derivative, and estimates outside f's domain (NaN, ∞) are passed over.
 */
export function directionalDifference(
  f: (inputs: readonly Tensor[]) => Float64Array,
  inputs: readonly Tensor[],
  direction: readonly Float64Array[],
): Float64Array {
  let h = firstStep * scaleAlong(inputs, direction);
  let previous = fourthOrder(f, inputs, direction, h);
  const best = previous.slice();
  const disagreement = new Float64Array(previous.length).fill(Infinity);
  for (let attempt = 1; attempt < tries; attempt++) {
    h /= shrink;
    const estimate = fourthOrder(f, inputs, direction, h);
    estimate.forEach((value, i) => {
      const difference = Math.abs(value - previous[i]!);
      if (difference < disagreement[i]!) {
        disagreement[i] = difference;
        best[i] = value;
      }
    });
    previous = estimate;
  }
  return best;
}

function fourthOrder(
  f: (inputs: readonly Tensor[]) => Float64Array,
  inputs: readonly Tensor[],
  direction: readonly Float64Array[],
  h: number,
): Float64Array {
  const at = (step: number): Float64Array => f(moved(inputs, direction, step));
  const [farBelow, below, above, farAbove] = [at(-2 * h), at(-h), at(h), at(2 * h)] as const;
  return above.map((value, i) => (farBelow[i]! - 8 * below[i]! + 8 * value - farAbove[i]!) / (12 * h));
}

function moved(inputs: readonly Tensor[], direction: readonly Float64Array[], step: number): Tensor[] {
  return inputs.map((input, k) => {
    const values = input.toTypedArray().map((value, i) => value + step * direction[k]![i]!);
    return Tensor.wrap(allocate('float64', values), input.shape);
  });
}

/** The largest |x| among the entries that move, at least 1. */
function scaleAlong(inputs: readonly Tensor[], direction: readonly Float64Array[]): number {
  let scale = 1;
  inputs.forEach((input, k) => {
    input.toTypedArray().forEach((value, i) => {
      if (direction[k]![i] !== 0) scale = Math.max(scale, Math.abs(value));
    });
  });
  return scale;
}
