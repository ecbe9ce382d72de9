import { describe, expect, test } from 'vitest';
import { customGradient, noGrad, parameter, type Variable, variable } from '../index.ts';
import { formatBytes } from './format-bytes.ts';
import { formatProfile } from './format-profile.ts';
import { type ProfileRow, profile } from './profile.ts';

function rowOf(rows: readonly ProfileRow[], name: string): ProfileRow {
  return rows.find(({ operation }) => operation === name)!;
}

describe('profile', () => {
  const x = parameter(Array.from({ length: 100 }, (_, i) => i / 100));
  const run = () => profile(() => x.exp().mul(variable(2)).exp().sum().backward());

  test('counts calls and bytes for each operation', () => {
    const { rows, withinBackward, total } = run().report;
    // 100 floats for each result; mul is the first to hold its constant.
    expect(rowOf(rows, 'exp')).toMatchObject({ calls: 2, allocated: 800, kept: 800 });
    expect(rowOf(rows, 'mul')).toMatchObject({ calls: 1, allocated: 400, kept: 404 });
    expect(rowOf(rows, 'sum')).toMatchObject({ calls: 1, allocated: 4, kept: 4 });
    expect(rowOf(withinBackward, 'map[b * exp(a)]')).toMatchObject({ calls: 2, allocated: 800, kept: 0 });
    // Views: the cotangent of a sum is one number, repeated.
    expect(rowOf(withinBackward, 'expand')).toMatchObject({ calls: 1, allocated: 0 });
    expect(total).toMatchObject({ calls: rows.reduce((sum, { calls }) => sum + calls, 0), kept: 1208 });
  });

  test('measures time that adds up to no more than has passed', () => {
    const { rows, withinBackward, total, elapsed } = run().report;
    for (const row of [...rows, ...withinBackward]) expect(row.forward).toBeGreaterThanOrEqual(0);
    expect(rowOf(rows, 'exp').backward).toBeGreaterThan(0);
    const within = withinBackward.reduce((sum, { forward }) => sum + forward, 0);
    expect(within).toBeLessThanOrEqual(total.backward);
    expect(total.forward + total.backward).toBeLessThanOrEqual(elapsed);
    const times = rows.map(({ forward, backward }) => forward + backward);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test('time within an operation counts once', () => {
    const slow = customGradient({
      name: 'wrapper',
      forward: (v) => {
        let result: Variable = v!;
        for (let i = 0; i < 2000; i++) result = result.tanh();
        return result;
      },
      vjp: (cotangent) => [cotangent],
    });
    const { rows, total, elapsed } = profile(() => slow(x)).report;
    expect(rowOf(rows, 'tanh').calls).toBe(2000);
    // Counted in the wrapper as well, the tanhs would come to more than has passed.
    expect(total.forward).toBeLessThanOrEqual(elapsed);
    expect(total.forward).toBeCloseTo(
      rows.reduce((sum, { forward }) => sum + forward, 0),
      6,
    );
  });

  test('gives the result, and keeps nothing of what is not recorded', () => {
    const { result, report } = profile(() => noGrad(() => x.add(1)));
    expect(result.toArray()).toEqual(noGrad(() => x.add(1)).toArray());
    expect(report.total.kept).toBe(0);
  });
});

test('formatProfile: an aligned table', () => {
  const text = formatProfile({
    rows: [
      { operation: 'matmul', calls: 6, forward: 12.306, backward: 25.1, allocated: 1_234_567, kept: 800_000 },
      { operation: 'softplus', calls: 2, forward: 1, backward: 0, allocated: 12_345, kept: 0 },
    ],
    withinBackward: [
      {
        operation: 'map[b * (1 - tanh(a) * tanh(a)) + c]',
        calls: 1,
        forward: 0.5,
        backward: 0,
        allocated: 4,
        kept: 0,
      },
    ],
    total: { calls: 8, forward: 13.306, backward: 25.1, allocated: 1_246_916, kept: 800_000 },
    elapsed: 40,
  });
  expect(text).toMatchInlineSnapshot(`
    "operation                calls  forward ms  backward ms  allocated  on the tape
    ───────────────────────────────────────────────────────────────────────────────
    matmul                       6       12.31        25.10     1.2 MB       800 kB
    softplus                     2        1.00                   12 kB          0 B

    within the backward pass, in its time above
    map[b * (1 - tanh(a) *…      1        0.50                     4 B          0 B
    ───────────────────────────────────────────────────────────────────────────────
    total                        8       13.31        25.10     1.2 MB       800 kB
    40.00 ms in all"
  `);
});

test('formatBytes: three figures at most', () => {
  const texts = [0, 999, 1000, 1536, 9949, 9950, 12_345, 999_400, 999_500, 1.5e9, 2e15].map(formatBytes);
  expect(texts).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '9.9 kB',
    '10 kB',
    '12 kB',
    '999 kB',
    '1.0 MB',
    '1.5 GB',
    '2000 TB',
  ]);
});
