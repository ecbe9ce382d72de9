import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy, normal, RandomKey, tensor } from '@reparam/tensor';
import { encodeIdx } from '@reparam/vae';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, reparam } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'reparam-bad-'));
const path = (name: string): string => join(folder, name);
const out = path('out');
const tiny = ['--digits', '60', '--hidden', '8', '--latent', '2', '--epochs', '1'];

/** What a run left behind: nothing of it may change when a later command fails. */
function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(out).map((name) => [name, readFileSync(join(out, name)).toString('base64')]),
  );
}

beforeAll(() => {
  expect(reparam(folder, 'train', ...tiny, '--out', out)).toMatchObject({ code: 0 });
  const image = Array.from({ length: 8 }, () => Array.from({ length: 8 }, (_, i) => i));
  const idx = encodeIdx(tensor(Array.from({ length: 12 }, () => image)));
  writeFileSync(path('truncated.idx3-ubyte'), idx.subarray(0, idx.length - 5));
  writeFileSync(path('magic.idx3-ubyte'), Uint8Array.from([9, 9, 9, 9, ...idx.subarray(4)]));
  writeFileSync(path('ragged.csv'), `a,b\n${'1,2\n'.repeat(11)}3\n`);
  writeFileSync(path('nan.csv'), `a,b\n${'1,2\n'.repeat(11)}3,NaN\n`);
  writeFileSync(
    path('nan.npy'),
    encodeNpy(tensor(Array.from({ length: 12 }, (_, i) => [i, i === 7 ? Number.NaN : 1]))),
  );
  writeFileSync(path('wide.npy'), encodeNpy(normal(RandomKey.fromSeed(1), [20, 5])));
  writeFileSync(path('not-a-checkpoint.safetensors'), 'hello');
  mkdirSync(path('empty'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('bad input ends in one clear sentence, a code that is not 0, and untouched results', () => {
  const cases: readonly (readonly [name: string, options: () => string[], message: RegExp])[] = [
    ['a missing file', () => ['train', '--data', path('nothing.csv')], /nothing\.csv/],
    ['an empty folder', () => ['train', '--data', path('empty')], /empty/],
    [
      'a truncated IDX file',
      () => ['train', '--data', path('truncated.idx3-ubyte')],
      /truncated\.idx3-ubyte/,
    ],
    ['a wrong magic number', () => ['train', '--data', path('magic.idx3-ubyte')], /magic\.idx3-ubyte/],
    ['a ragged CSV', () => ['train', '--data', path('ragged.csv')], /line 13/],
    ['a NaN in a CSV', () => ['train', '--data', path('nan.csv')], /line 13.*NaN|NaN.*line 13/],
    ['a NaN in an array', () => ['train', '--data', path('nan.npy')], /NaN.*row 7/],
    [
      'values outside 0…1 for a Bernoulli',
      () => ['train', '--data', path('wide.npy')],
      /--likelihood gaussian/,
    ],
    ['an unknown option', () => ['train', '--latnet', '3'], /unknown option '--latnet'/],
    ['a value out of range', () => ['train', '--latent', '0'], /whole number above 0/],
    ['an unknown prior', () => ['train', '--prior', 'mixtur'], /There is no prior "mixtur"/],
    ['a folder that holds a run', () => ['train', ...tiny, '--out', out], /--resume/],
    ['another model on resume', () => ['train', '--resume', '--out', out, '--latent', '7'], /--latent 2/],
    ['nothing to resume', () => ['train', '--resume', '--out', path('empty')], /no checkpoint/],
    ['a file that is no checkpoint', () => ['sample', path('not-a-checkpoint.safetensors')], /checkpoint/],
    ['data of another model', () => ['reconstruct', out, '--data', path('wide.npy')], /5 features/],
  ];
  test.each(cases)('%s', (_, options, message) => {
    const before = contents();
    const { code, stderr, stdout } = reparam(folder, ...options());
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(contents()).toEqual(before);
    expect(existsSync(path('runs'))).toBe(false);
  });
});

test('a reader that closes the pipe ends the command quietly', () => {
  const [program, ...rest] = commandLine('info', out);
  const quoted = [program, ...rest].map((word) => `'${word}'`).join(' ');
  const script = `${quoted} | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  // What a shell reports of a program that SIGPIPE ended.
  expect(stdout).toBe('141\n');
  expect(stderr).toBe('');
});
