import { ArgumentError } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogWeights, summarizeEvidence } from './log-weights.ts';

describe('LogWeights', () => {
  test('agrees with the plain definitions, however the weights arrive', () => {
    const rows = fc.array(
      fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })),
      {
        minLength: 2,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(rows, fc.nat(12), (draws, cut) => {
        const weights = new LogWeights('test', 2);
        weights.add(draws.slice(0, cut).flat());
        weights.add(draws.slice(cut).flat());
        const got = weights.summary();
        for (const b of [0, 1]) {
          const w = draws.map((row) => Math.exp(row[b]!));
          const sum = w.reduce((total, each) => total + each, 0);
          const squares = w.reduce((total, each) => total + each * each, 0);
          const mean = sum / w.length;
          const variance = w.reduce((total, each) => total + (each - mean) ** 2, 0) / (w.length - 1);
          expect(got.logLikelihood[b]).toBeCloseTo(Math.log(mean), 10);
          expect(got.effectiveSampleSize[b]).toBeCloseTo(sum ** 2 / squares, 8);
          // The root amplifies the rounding of 1 − 1, so squares are compared.
          expect(got.standardError[b]! ** 2).toBeCloseTo(variance / w.length / mean ** 2, 10);
        }
      }),
    );
  });

  test('keeps weights apart that no float could hold', () => {
    const weights = new LogWeights('test', 1);
    weights.add([-5000, -5000 + Math.log(3)]);
    const got = weights.summary();
    expect(got.logLikelihood[0]).toBeCloseTo(-5000 + Math.log(2), 10);
    expect(got.effectiveSampleSize[0]).toBeCloseTo(16 / 10, 10);
  });

  test('a weight of zero counts, and nothing but zeros has no logarithm', () => {
    const weights = new LogWeights('test', 2);
    weights.add([0, -Infinity, -Infinity, -Infinity]);
    const { logLikelihood, standardError } = weights.summary();
    expect(Array.from(logLikelihood)).toEqual([Math.log(0.5), -Infinity]);
    expect(standardError[1]).toBe(Infinity);
  });

  test.each([Number.NaN, Infinity])('refuses %d', (value) => {
    const weights = new LogWeights('importanceLogLikelihood', 2);
    expect(() => weights.add([0, value])).toThrow(ArgumentError);
    expect(() => weights.add([0, value])).toThrow(
      `importanceLogLikelihood: the log-weight of example 1 is ${value}: a density of the model is not finite there.`,
    );
  });
});

test('summarizeEvidence averages over all examples of all parts', () => {
  const part = (logLikelihood: number[], standardError: number[]) => ({
    logLikelihood: Float64Array.from(logLikelihood),
    standardError: Float64Array.from(standardError),
    effectiveSampleSize: Float64Array.from(logLikelihood, () => 1),
  });
  const got = summarizeEvidence([part([-1, -2], [0.3, 0.4]), part([-6], [1.2])], 'upper');
  expect(got.logLikelihood).toBe(-3);
  // √(.3² + .4² + 1.2²) / 3
  expect(got.standardError).toBeCloseTo(1.3 / 3, 14);
  expect(got.bound).toBe('upper');
  expect(Array.from(got.perExample.logLikelihood)).toEqual([-1, -2, -6]);
});
