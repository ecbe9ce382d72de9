import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeNpy } from '@reparam/tensor';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseMetrics } from './output/metrics.ts';
import { parseSummary } from './output/summary.ts';
import { createProgram, main } from './program.ts';

let base: string;
let run: string;
const file = (name: string): string => join(base, name);

/** Runs the command in this process: what it printed, and its exit code. */
async function reparam(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const lines = { out: '', err: '' };
  vi.spyOn(console, 'log').mockImplementation((text) => {
    lines.out += `${text}\n`;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    lines.err += `${text}\n`;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.err += text;
    return true;
  });
  await main(['node', 'reparam', ...words]);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  vi.restoreAllMocks();
  return { ...lines, code };
}

/** Forty 3 × 2 images in two classes: light above, or light below. */
function stripes(): string {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const shade = (0.7 + 0.01 * (i % 20)).toFixed(2);
    return i % 2 ? `above,${shade},${shade},0,0,0,0` : `below,0,0,0,0,${shade},${shade}`;
  });
  return ['class,a,b,c,d,e,f', ...rows, ''].join('\n');
}

const small = ['--hidden', '8', '--latent', '2', '--batch', '10', '--prior', 'normal'];

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reparam-program-'));
  run = file('my run');
  await writeFile(file('stripes.csv'), stripes());
});
afterAll(() => rm(base, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

describe('a run from beginning to end', () => {
  test('train learns and leaves its results', async () => {
    const { out, err, code } = await reparam(
      ...['train', '--data', file('stripes.csv'), '--out', run, '--epochs', '30', '--lr', '0.02', ...small],
    );
    expect(code).toBe(0);
    expect(err).toContain('Classes   above, below\n');
    expect(err).toContain('epoch 30/30  held-out ELBO ');
    expect(out).toContain('Held-out ELBO ');
    expect((await readdir(run)).sort()).toEqual([
      'checkpoint.safetensors',
      'latent.svg',
      'metrics.csv',
      'reconstructions.png',
      'report.html',
      'samples.png',
      'summary.json',
    ]);
    const history = parseMetrics(await readFile(join(run, 'metrics.csv'), 'utf8'));
    expect(history).toHaveLength(30);
    expect(history.at(-1)!.heldOutElbo).toBeGreaterThan(history[0]!.heldOutElbo + 0.5);
    const summary = parseSummary(await readFile(join(run, 'summary.json'), 'utf8'));
    expect(summary).toMatchObject({ epochs: 30, examples: { train: 36, heldOut: 4 }, seed: 1 });
    expect(summary.heldOut.elbo).toBe(history.at(-1)!.heldOutElbo);
    expect(await readFile(join(run, 'latent.svg'), 'utf8')).toContain('above</text>');
  });

  test('the same words and --resume go on with it', async () => {
    const words = ['train', '--data', file('stripes.csv'), '--out', run, '--lr', '0.02', ...small];
    const { err, code } = await reparam(...words, '--epochs', '31', '--resume');
    expect(code).toBe(0);
    expect(err).toContain('Going on from step 120, in epoch 31 of 31.');
    expect(parseMetrics(await readFile(join(run, 'metrics.csv'), 'utf8'))).toHaveLength(31);
  });

  test('it cannot end before where it stands', async () => {
    const { err, code } = await reparam('train', '--resume', '--out', run, '--epochs', '30');
    expect(code).toBe(1);
    expect(err).toBe(
      `reparam: The run in "${run}" is already in epoch 31, so it cannot end after 30: give --epochs 31 or more.\n`,
    );
  });

  test('sample draws pictures and numbers', async () => {
    const { out, code } = await reparam('sample', run, '--count', '5', '--out', file('five.npy'));
    expect([out, code]).toEqual([`5 samples in ${file('five.npy')}\n`, 0]);
    const numbers = decodeNpy(new Uint8Array(await readFile(file('five.npy'))));
    expect(numbers.shape).toEqual([5, 6]);
    for (const value of numbers.toTypedArray()) expect(value).toBeGreaterThanOrEqual(0);
    await reparam('sample', run, '--seed', '9');
    const { width } = PNG.sync.read(await readFile(join(run, 'samples-seed-9.png')));
    expect(width).toBeGreaterThan(0);
  });

  test('reconstruct takes a single example, too', async () => {
    await writeFile(file('one.csv'), 'a,b,c,d,e,f\n0.8,0.8,0,0,0,0\n');
    const target = file('one.npy');
    const { out, code } = await reparam('reconstruct', run, '--data', file('one.csv'), '--out', target);
    expect(out).toContain(`1 original and what the model makes of them in ${target}; over them the ELBO is `);
    expect(code).toBe(0);
    const [a, b, , , e, f] = decodeNpy(new Uint8Array(await readFile(target))).toTypedArray();
    expect(Math.min(a!, b!)).toBeGreaterThan(Math.max(e!, f!));
  });

  test('info tells what it is', async () => {
    const { out } = await reparam('info', join(run, 'checkpoint.safetensors'));
    expect(out).toMatch(/^ {2}from +.*stripes\.csv$/m);
    expect(out).toMatch(/^ {2}examples +6 features each$/m);
    expect(out).toMatch(/^ {2}held-out ELBO +-\d+\.\d\d nats per example$/m);
    expect(out).toMatch(/^ {2}steps taken +124$/m);
  });
});

describe('what goes wrong', () => {
  test('is told without a stack, and leaves no empty folder', async () => {
    const diverging = ['--lr', '1e9', '--optimizer', 'sgd', '--epochs', '3', ...small];
    const data = ['--data', file('stripes.csv'), '--out', file('diverged')];
    const { err, code } = await reparam('train', ...data, ...diverging);
    expect(code).toBe(1);
    expect(err).toMatch(/\nreparam: The training diverged: .* Nothing was saved\.\n$/);
    expect(await readdir(base)).not.toContain('diverged');
  });

  test.each([
    [['train', 'faces/'], '"faces/" has no option before it; to train on it: reparam train --data faces/'],
    [['train', '--hidden', '1e9', '--digits', '20'], 'parameters, but at most'],
    [['train', '--digits', '3'], 'holding out 0.1 of the 3 examples of "digits" leaves 3 to train on'],
    [['train', '--resume'], '--resume needs the folder of the run'],
    [['sample', 'nowhere'], 'There is no checkpoint "nowhere"'],
    [['sample', 'nowhere', '--out', 'a.jpg'], 'let the name end in .png or .npy'],
  ])('%j', async (words, message) => {
    const { out, err, code } = await reparam(...words);
    expect([out, code]).toEqual(['', 1]);
    expect(err).toMatch(/^reparam: [^\n]+\n$/);
    expect(err).toContain(message);
  });

  test('more samples than fit at once', async () => {
    const { err, code } = await reparam('sample', run, '--count', '1e9');
    expect([code, err]).toEqual([1, expect.stringContaining('--count 1000000000 is more than fit at once')]);
  });

  test('values that the likelihood is not about', async () => {
    await writeFile(file('wide.csv'), `a,b\n${'3,40\n'.repeat(20)}`);
    const { err } = await reparam('train', '--data', file('wide.csv'), '--out', file('wide'));
    expect(err).toContain('The option for that is --likelihood gaussian.');
    expect(await readdir(base)).not.toContain('wide');
  });
});

describe('the help', () => {
  const program = createProgram();
  test.each([program, ...program.commands].map((command) => [command.name(), command] as const))(
    'of %s stays within 80 columns',
    (_, command) => {
      let text = '';
      command.configureOutput({
        writeOut: (part) => {
          text += part;
        },
        getOutHelpWidth: () => 80,
      });
      command.outputHelp();
      expect(text).toContain('Usage: reparam');
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});
