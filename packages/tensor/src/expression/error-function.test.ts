import { describe, expect, test } from 'vitest';
import { complementaryErrorFunction, errorFunction } from './error-function.ts';

// The truth, in whole numbers that stand for multiples of 2⁻¹³⁰⁰. erfc(26) is 2⁻⁹⁸⁰, which leaves 320 bits.
const bits = 1300n;
const one = 1n << bits;

/** The double itself, without rounding. */
function exactly(x: number): bigint {
  let whole = x;
  let halvings = 0n;
  for (; !Number.isInteger(whole); whole *= 2) halvings++;
  return (BigInt(whole) << bits) >> halvings;
}

function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** arctan(1/n) = Σ (−1)ᵏ / ((2k + 1) n²ᵏ⁺¹) */
function arctanOfInverse(n: bigint): bigint {
  let sum = 0n;
  let power = one / n;
  for (let k = 0n; power !== 0n; k++) {
    sum += (k % 2n === 0n ? power : -power) / (2n * k + 1n);
    power /= n * n;
  }
  return sum;
}

/** Machin's formula */
const pi = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
const rootPi = squareRoot(pi << bits);

/** erf(x) = 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)), whose terms grow to e^x² = 2⁹⁷⁵ at x = 26 before they fall. */
function erfExactly(x: number): bigint {
  const fixed = exactly(x);
  const square = (fixed * fixed) >> bits;
  let term = fixed;
  let sum = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    sum += term / (2n * n - 1n);
    term = -((term * square) >> bits) / n;
  }
  return ((2n * sum) << bits) / rootPi;
}

function relativeError(computed: number, truth: bigint): number {
  const difference = exactly(computed) - truth;
  return Math.abs(Number((difference << 100n) / truth)) * 2 ** -100;
}

const from = (start: number, stop: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + ((stop - start) * (i + 0.37)) / count);

test('the truth of this file has the published digits', () => {
  const digits = (value: bigint): string => ((value * 10n ** 30n) / one).toString();
  expect(digits(pi)).toBe('3141592653589793238462643383279');
  // Abramowitz & Stegun, table 7.1: erf 1 = 0.84270 07929 …
  expect(digits(erfExactly(1))).toBe('842700792949714869341220635082');
  // erfc 10 = 2.08848758376254475700… × 10⁻⁴⁵
  expect(((one - erfExactly(10)) * 10n ** 65n) / one).toBe(208848758376254475700n);
});

describe('erf', () => {
  test('is within 2⁻⁵² (one unit in the last place) of the truth, relatively', () => {
    const points = [...from(0, 0.84375, 60), ...from(0.84375, 1.25, 40), ...from(1.25, 6.5, 60)];
    const tiny = [1e-300, 1e-20, 1e-9, 1e-5, 1e-3];
    const errors = [...tiny, ...points].map((x) => relativeError(errorFunction(x), erfExactly(x)));
    expect(Math.max(...errors)).toBeLessThan(2 ** -52);
  });

  test('is odd, and exact at the ends', () => {
    for (const x of [0.3, 1, 2, 5]) expect(errorFunction(-x)).toBe(-errorFunction(x));
    expect(errorFunction(0)).toBe(0);
    expect(Object.is(errorFunction(-0), -0)).toBe(true);
    expect([6, 30, Infinity].map(errorFunction)).toEqual([1, 1, 1]);
    expect(errorFunction(-Infinity)).toBe(-1);
    expect(errorFunction(Number.NaN)).toBeNaN();
  });
});

describe('erfc', () => {
  test.each([
    ['below 0', -6, 0],
    ['the middle', 0, 1.25],
    ['the tail', 1.25, 6],
    ['the far tail, down to 10⁻²⁹⁶', 6, 26],
  ])('is within 2⁻⁵¹ = 4.4e-16 of the truth, relatively: %s', (_, start, stop) => {
    const errors = from(start, stop, 100).map((x) =>
      relativeError(complementaryErrorFunction(x), one - erfExactly(x)),
    );
    expect(Math.max(...errors)).toBeLessThan(2 ** -51);
  });

  test('is exact at 0 and at the ends', () => {
    expect(complementaryErrorFunction(0)).toBe(1);
    expect([-6, -30, -Infinity].map(complementaryErrorFunction)).toEqual([2, 2, 2]);
    expect([28, 40, Infinity].map(complementaryErrorFunction)).toEqual([0, 0, 0]);
    expect(complementaryErrorFunction(Number.NaN)).toBeNaN();
  });
});
