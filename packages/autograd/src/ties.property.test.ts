import { fromTypedArray, normal, RandomKey, type Shape, sizeOf, type Tensor } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ops from './index.ts';
import { type Differentiable, vjp } from './transforms.ts';

/** So few different values that most draws have ties. */
function tied(shape: Shape): fc.Arbitrary<Tensor> {
  return fc
    .array(fc.constantFrom(-1, 0, 2), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((values) => fromTypedArray(Float64Array.from(values), shape));
}

function total(x: Tensor): number {
  let sum = 0;
  for (const value of x.toTypedArray()) sum += value;
  return sum;
}

/**
 * These pick or order their inputs, so each cotangent that arrives has to leave again, however many inputs tie: a maximum
 * that sends all of it to each of them makes mass, one that sends it to none loses it.
 */
const cases: readonly (readonly [string, Shape, Differentiable, number])[] = [
  ['max', [3, 4], (x) => ops.max(x!), 1],
  ['max along an axis', [3, 4], (x) => ops.max(x!, { axes: 1 }), 1],
  ['min', [3, 4], (x) => ops.min(x!), 1],
  ['min along an axis', [2, 3, 2], (x) => ops.min(x!, { axes: [0, 2], keepDims: true }), 1],
  ['maximum', [6], (a, b) => ops.maximum(a!, b!), 2],
  ['minimum', [6], (a, b) => ops.minimum(a!, b!), 2],
  ['clamp', [6], (x, low, high) => ops.clamp(x!, low!, high!), 3],
  ['sort', [2, 5], (x) => ops.sort(x!), 1],
  ['topK', [2, 5], (x) => ops.topK(x!, 2).values, 1],
  ['median', [2, 5], (x) => ops.median(x!, { axes: 1 }), 1],
  ['median of an even count', [4], (x) => ops.median(x!), 1],
  ['maxPool1d', [1, 2, 6], (x) => ops.maxPool1d(x!, 3, { stride: 1 }), 1],
  ['maxPool2d', [1, 1, 4, 4], (x) => ops.maxPool2d(x!, 2), 1],
];

describe('ties conserve mass', () => {
  test.each(cases)('%s', (_, shape, fn, arity) => {
    fc.assert(
      fc.property(fc.tuple(...Array.from({ length: arity }, () => tied(shape))), fc.nat(), (inputs, seed) => {
        const { output, pullback } = vjp(fn, ...inputs);
        const cotangent = normal(RandomKey.fromSeed(seed), output.shape, { dtype: 'float64' });
        const arrived = total(cotangent);
        const left = pullback(cotangent).reduce((sum, { value }) => sum + total(value), 0);
        expect(Math.abs(left - arrived)).toBeLessThan(1e-13 * (1 + Math.abs(arrived)));
      }),
      { numRuns: 100 },
    );
  });
});
