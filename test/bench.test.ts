import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceProgram } from './command-line.ts';

const main = fileURLToPath(new URL('../bench/src/main.ts', import.meta.url));

interface Measured {
  readonly group: string;
  readonly name: string;
  readonly milliseconds: number;
  readonly rate: number;
  readonly ratio: number;
}

test('the benchmarks run and give their figures as JSON', () => {
  const [program, ...rest] = [...sourceProgram(main), '--seconds', '0.01', '--json', '-'];
  const { status, stdout, stderr } = spawnSync(program!, rest, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { measurements } = JSON.parse(stdout) as { measurements: readonly Measured[] };
  const titles = [...new Set(measurements.map(({ group }) => group))];
  expect(titles.map((title) => title.split(/[ ,]/)[0])).toEqual([
    'matmul',
    'matmul',
    'elementwise',
    'chain',
    'chain',
    'VAE',
  ]);
  for (const title of titles) {
    const cases = measurements.filter(({ group }) => group === title);
    expect(cases[0]!.ratio).toBe(1);
    for (const { milliseconds, rate } of cases) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(rate).toBeGreaterThan(0);
      expect(Number.isFinite(rate)).toBe(true);
    }
  }
});
