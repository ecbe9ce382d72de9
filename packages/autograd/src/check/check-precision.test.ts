import { normal, RandomKey, type Shape } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { logsumexp, matmul, mean, mul, operationTable, sum, variance } from '../index.ts';
import type { OperationRecord, Sample } from '../operation.ts';
import { apply } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { checkPrecision } from './check-precision.ts';

describe('every operation of the table in float32 is its float64 self, rounded', () => {
  test.each(operationTable.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    expect(checkPrecision(operation)).toMatchObject({ ok: true });
  });
});

describe('errors do not grow faster than sums get longer', () => {
  const random = (seed: number, shape: Shape) =>
    normal(RandomKey.fromSeed(seed), shape, { dtype: 'float64' });
  const dot = (a: Variable, b: Variable): Variable => matmul(a, b);
  const cases: readonly (readonly [string, (length: number) => Sample])[] = [
    ['sum', (length) => ({ run: (x) => sum(x!), inputs: [random(1, [length])] })],
    ['mean', (length) => ({ run: (x) => mean(x!, { axes: 1 }), inputs: [random(2, [3, length])] })],
    ['variance', (length) => ({ run: (x) => variance(x!), inputs: [random(3, [length])] })],
    ['logsumexp', (length) => ({ run: (x) => logsumexp(x!), inputs: [random(4, [length])] })],
    [
      'matmul',
      (length) => ({
        run: (a, b) => dot(a!, b!),
        inputs: [random(5, [2, length]), random(6, [length, 3])],
      }),
    ],
  ];

  test.each(cases)('%s', (name, sampleOf) => {
    const record: OperationRecord = {
      name,
      rules: undefined,
      kind: 'reduction',
      formula: '',
      domain: '',
      kinks: [],
      samples: [],
    };
    for (const length of [1, 10, 100, 1000, 10_000]) {
      expect(checkPrecision({ ...record, samples: [sampleOf(length)] })).toMatchObject({ ok: true });
    }
  });
});

describe('a kernel that loses digits is caught', () => {
  const times = (factor: number): OperationRecord => ({
    ...mul.operation,
    samples: [
      {
        run: (x) =>
          apply(
            {
              name: 'inexact',
              // Right in float64, a little off in float32.
              forward: ([value]) => mul(value!, value!.dtype === 'float32' ? factor : 1).value,
              vjp: (_, cotangent) => cotangent,
              jvp: ([tangent]) => tangent,
            },
            [x!],
            undefined,
          ),
        inputs: [normal(RandomKey.fromSeed(7), [20], { dtype: 'float64' })],
      },
    ],
  });

  test('by 8 ULPs, and not for being exact', () => {
    expect(checkPrecision(times(1))).toMatchObject({ ok: true, value: 0, gradient: 0 });
    const { ok, value } = checkPrecision(times(1 + 8 * 2 ** -23));
    expect(ok).toBe(false);
    // From 8 ULPs of a number that fills its binade to 16 of one that has just begun it.
    expect(value).toBeGreaterThan(7);
    expect(value).toBeLessThan(17);
  });

  test('NaN is no small error', () => {
    expect(checkPrecision(times(Number.NaN)).ok).toBe(false);
  });
});
