import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'reparam-kill-'));
const size = [
  '--digits',
  '600',
  '--hidden',
  '32',
  '--latent',
  '4',
  '--batch',
  '32',
  '--epochs',
  '20',
  '--annealing',
  'linear:3',
];

function start(...options: string[]): ChildProcess {
  const [program, ...rest] = commandLine('train', ...options);
  return spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; output: string }> {
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output += String(chunk);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

/** Sends a signal, once, as soon as the child reports that an epoch ended. */
function signalAfterEpoch(child: ChildProcess, epoch: number, signal: NodeJS.Signals): void {
  let seen = '';
  const watch = (chunk: unknown): void => {
    seen += String(chunk);
    if (!seen.includes(`epoch  ${epoch}/`)) return;
    child.stderr?.off('data', watch);
    child.kill(signal);
  };
  child.stderr?.on('data', watch);
}

function checkpoint(name: string): Buffer {
  return readFileSync(join(folder, name, 'checkpoint.safetensors'));
}

beforeAll(async () => {
  const { code, output } = await ended(start('--out', join(folder, 'whole'), ...size));
  expect(output).toContain('epoch 20/20');
  expect(code).toBe(0);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a run that is stopped in the middle', () => {
  test.each([
    ['SIGKILL', null, 'SIGKILL'],
    ['SIGINT', 130, null],
  ] as const)('by %s and resumed ends with the same bytes', async (signal, code, endedBy) => {
    const out = join(folder, signal);
    const child = start('--out', out, ...size);
    signalAfterEpoch(child, 2, signal);
    const stopped = await ended(child);
    expect(stopped).toMatchObject({ code, signal: endedBy });
    if (signal === 'SIGINT') expect(stopped.output).toContain(`npx reparam train --resume --out ${out}`);
    expect(checkpoint(signal).equals(checkpoint('whole'))).toBe(false);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);

    const resumed = await ended(start('--resume', '--out', out));
    expect(resumed.output).toContain('Going on from step');
    expect(resumed.code).toBe(0);
    expect(checkpoint(signal).equals(checkpoint('whole'))).toBe(true);

    // All columns but the seconds agree with the run that was never stopped.
    const rows = (name: string) =>
      readFileSync(join(folder, name, 'metrics.csv'), 'utf8')
        .split('\n')
        .map((line) => line.replace(/,[^,]*$/, ''));
    expect(rows(signal)).toEqual(rows('whole'));
  });
});
