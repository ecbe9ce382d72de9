import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { sourceProgram } from './command-line.ts';
import type { MemoryReport } from './memory/measure.ts';

let report: MemoryReport;

beforeAll(() => {
  const [program, ...options] = sourceProgram(fileURLToPath(new URL('memory/measure.ts', import.meta.url)));
  const { status, stdout, stderr } = spawnSync(program!, ['--expose-gc', ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  report = JSON.parse(stdout) as MemoryReport;
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
  const { training, chain } = report;
  console.log(
    `in use ${training.map(({ steps, bytes }) => `after ${steps} steps ${megabytes(bytes)}`).join(', ')}; ` +
      `before a chain of 100 000 operations ${megabytes(chain.before)}, with its tape ${megabytes(chain.held)}, ` +
      `after its backward pass ${megabytes(chain.after)}`,
  );
});

test('2000 training steps use no more memory than 500', () => {
  expect(report.training.map(({ steps }) => steps)).toEqual([500, 1000, 2000]);
  const [first, , last] = report.training.map(({ bytes }) => bytes);
  // A step that kept one gradient of the 5 000 parameters would add 30 MB to some 12.
  expect(last! / first!).toBeLessThan(1.1);
});

test('100 000 operations in a chain are walked back, and forgotten with their output', () => {
  const { chain, derivative } = report;
  expect(derivative).toBe(100_001);
  expect(chain.held - chain.before).toBeGreaterThan(10e6);
  expect(chain.after / chain.before).toBeLessThan(1.1);
});
