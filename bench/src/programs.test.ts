import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeCommand, thisEngine } from './processes/node.ts';

function run(file: string, ...options: string[]): string {
  const [program, ...rest] = nodeCommand(thisEngine, [], new URL(file, import.meta.url), ...options);
  const { status, stdout, stderr } = spawnSync(program!, rest, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('bench:vae times a compiled step whose losses are right', () => {
  const options = [
    '--layout',
    'wide',
    '--only',
    'compiled, 1 thread, Node v',
    '--seconds',
    '0.02',
    '--rounds',
    '1',
  ];
  const text = run('vae/main.ts', ...options, '--profile', '--allocation', '5');
  expect(text).toMatch(/784-400-\(20\+20\)-400-784, batch 128: loss \d+\.\d+ for all/);
  expect(text).toMatch(
    /reparam compiled, 1 thread, Node \S+ +[\d.]+ ms +1\.00× .*compiled in \d+ ms, arena [\d.]+ MiB/,
  );
  expect(text).toMatch(/spent outside of kernels/);
  expect(text).toMatch(/× matmul\n/);
  expect(text).toMatch(/5 steps leave -?[\d.]+ KiB on the heap/);
});

test('bench:kernels goes up the ladder and draws the roofline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reparam-roofline-'));
  const path = join(folder, 'roofline.svg');
  const text = run('kernels/main.ts', '--only', '64×64×64$|^exp$', '--seconds', '0.005', '--svg', path);
  for (const way of ['naive loops', 'blocked loops', 'packed loops', 'SIMD exact', 'loop in JavaScript']) {
    expect(text).toMatch(new RegExp(`${way}.* ms .*×`));
  }
  expect(text).not.toContain('not timed');
  expect(readFileSync(path, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  rmSync(folder, { recursive: true });
});
