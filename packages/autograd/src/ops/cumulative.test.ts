import { AxisError, full, scalar, type Tensor, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, elementsOf, positionsOf, stridedView } from '../../../../test/support/strided-views.ts';
import { tapeOf } from '../tape.ts';
import { grad, vjp } from '../transforms.ts';
import { parameter } from '../variable.ts';
import { type CumulativeOptions, cumprod, cumsum, logcumsumexp } from './cumulative.ts';
import { mul } from './elementwise.ts';
import { sum } from './reductions.ts';

const doubles = (values: readonly number[] | readonly (readonly number[])[]) =>
  tensor(values, { dtype: 'float64' });

/** The elements in the result at a position: one loop over the axis, by the definition. */
function gathered(x: Tensor, position: readonly number[], options: Required<CumulativeOptions>): number[] {
  const { axis, reverse, exclusive } = options;
  const here = position[axis]!;
  return Array.from({ length: x.shape[axis]! }, (_, i) => i)
    .filter((i) => (exclusive && i !== here) || !exclusive)
    .filter((i) => (reverse ? i >= here : i <= here))
    .map((i) => elementAt(x, position.with(axis, i)));
}

const cases = fc.array(fc.constantFrom(0, 1, 2, 3, 8, 13), { minLength: 1, maxLength: 3 }).chain((shape) =>
  fc.record({
    x: stridedView(shape),
    axis: fc.nat(shape.length - 1),
    reverse: fc.boolean(),
    exclusive: fc.boolean(),
  }),
);

describe('along any axis of any view, either way, with and without the element itself', () => {
  test('cumsum adds up', () => {
    fc.assert(
      fc.property(cases, ({ x, ...options }) => {
        const result = cumsum(x, options);
        expect(result.shape).toEqual(x.shape);
        // Multiples of 1/4: nothing is rounded.
        expect(elementsOf(result.value)).toEqual(
          positionsOf(x.shape).map((at) => gathered(x, at, options).reduce((a, b) => a + b, 0)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('cumprod multiplies', () => {
    fc.assert(
      fc.property(cases, ({ x, ...options }) => {
        const found = elementsOf(cumprod(x, options).value);
        positionsOf(x.shape).forEach((at, k) => {
          const expected = gathered(x, at, options).reduce((a, b) => a * b, 1);
          expect(Math.abs(found[k]! - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected));
        });
      }),
      { numRuns: 200 },
    );
  });

  test('logcumsumexp adds up exponentials', () => {
    fc.assert(
      fc.property(cases, ({ x, ...options }) => {
        const found = elementsOf(logcumsumexp(x, options).value);
        positionsOf(x.shape).forEach((at, k) => {
          const expected = Math.log(gathered(x, at, options).reduce((a, b) => a + Math.exp(b), 0));
          if (expected === -Infinity) expect(found[k]).toBe(-Infinity);
          else expect(found[k]).toBeCloseTo(expected, 13);
        });
      }),
      { numRuns: 200 },
    );
  });
});

test('by hand: the last axis unless told', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(cumsum(x).toArray()).toEqual([
    [1, 3, 6],
    [4, 9, 15],
  ]);
  expect(cumprod(x, { axis: 0 }).toArray()).toEqual([
    [1, 2, 3],
    [4, 10, 18],
  ]);
  expect(cumsum(x, { reverse: true, exclusive: true }).toArray()).toEqual([
    [5, 3, 0],
    [11, 6, 0],
  ]);
  const whole = cumsum(tensor([2 ** 24, 1, 1], { dtype: 'int32' }));
  expect([whole.dtype, whole.toArray()]).toEqual(['int32', [2 ** 24, 2 ** 24 + 1, 2 ** 24 + 2]]);
});

test('rounding errors do not pile up: a hundred thousand float32 tenths', () => {
  // One by one in float32 this would end 0.02% off.
  const total = cumsum(full([1], 0.1).expand([100_000])).toArray() as number[];
  expect(Math.abs(total.at(-1)! / (100_000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
});

describe('gradients', () => {
  test('that of cumsum goes the other way, in one step of the tape', () => {
    const { pullback } = vjp((x) => cumsum(x!), doubles([1, 2, 3]));
    expect(pullback(doubles([1, 10, 100]))[0]!.toArray()).toEqual([111, 110, 100]);
    expect(tapeOf(cumsum(parameter(zeros([100]))))).toHaveLength(1);
  });

  test.each([[[2, 3, 5]], [[2, 0, 3, 5]], [[0, 4, 0, 3, 2, 0, 7]]])(
    'those of cumprod at %j are products of the others',
    (values) => {
      const weights = values.map((_, k) => k + 1);
      const gradient = grad((x) => sum(mul(cumprod(x!), doubles(weights))))(doubles(values))[0]!;
      const expected = values.map((_, i) =>
        weights.reduce(
          (total, weight, k) =>
            k < i
              ? total
              : total + weight * values.slice(0, k + 1).reduce((p, value, j) => (j === i ? p : p * value), 1),
          0,
        ),
      );
      expect(gradient.toArray()).toEqual(expected);
    },
  );

  test('the gradient of the last entry of logcumsumexp is the softmax', () => {
    const values = [0.3, -1.2, 2.5, 0.3];
    const total = values.reduce((sofar, each) => sofar + Math.exp(each), 0);
    const last = doubles([0, 0, 0, 1]);
    const gradient = grad((x) => sum(mul(logcumsumexp(x!), last)))(doubles(values))[0]!;
    (gradient.toArray() as number[]).forEach((each, i) => {
      expect(each).toBeCloseTo(Math.exp(values[i]!) / total, 15);
    });
  });
});

describe('logcumsumexp at the ends of the range', () => {
  test('small terms before large ones are not lost, and nothing overflows', () => {
    expect(logcumsumexp(doubles([-1000, 0, 1000, 1000])).toArray()).toEqual([
      -1000,
      0,
      1000,
      1000 + Math.LN2,
    ]);
  });

  test('infinite terms', () => {
    const negative = doubles([-Infinity, -Infinity, 2, -Infinity]);
    expect(logcumsumexp(negative).toArray()).toEqual([-Infinity, -Infinity, 2, 2]);
    const { pullback } = vjp((x) => logcumsumexp(x!), negative);
    expect(pullback(doubles([0, 0, 1, 1]))[0]!.toArray()).toEqual([0, 0, 2, 0]);
    expect(logcumsumexp(doubles([1, Infinity, 2])).toArray()).toEqual([1, Infinity, Infinity]);
    expect(logcumsumexp(doubles([1, Number.NaN, 2])).toArray()).toEqual([1, Number.NaN, Number.NaN]);
  });
});

test('what is refused', () => {
  expect(() => cumsum(scalar(1))).toThrow(AxisError);
  expect(() => cumprod(zeros([2, 3]), { axis: 2 })).toThrow('cumprod: no axis 2 in shape [2, 3]');
  expect(() => logcumsumexp(tensor([1], { dtype: 'int32' }))).toThrow('logcumsumexp: x is int32');
});
