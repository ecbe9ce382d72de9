import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeNpy } from '@reparam/tensor';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunEvaluation } from './evaluation/evaluation.ts';
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
      'config.json',
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

  test('evaluate measures it', async () => {
    const { out, code } = await reparam('evaluate', run, '--samples', '50', '--json');
    expect(code).toBe(0);
    const evaluation = JSON.parse(out) as RunEvaluation;
    const last = parseMetrics(await readFile(join(run, 'metrics.csv'), 'utf8')).at(-1)!;
    expect(evaluation).toMatchObject({
      run,
      data: { name: 'stripes.csv', split: 'held-out', examples: 4 },
      binarization: 'dynamic',
      elbo: { elbo: last.heldOutElbo, klEstimated: false },
      latents: { count: 2 },
    });
    // Zeros and ones are drawn anew, so only about so.
    expect(evaluation.logLikelihood.logLikelihood).toBeGreaterThan(last.heldOutElbo - 3);
    const { out: text } = await reparam('evaluate', run, '--samples', '5', '--data', file('stripes.csv'));
    expect(text).toMatch(/^Data +stripes\.csv: 40 examples, all of the file$/m);
    expect(text).not.toContain('Collapse doctor');
  });

  test('info tells what it is', async () => {
    const { out } = await reparam('info', join(run, 'checkpoint.safetensors'));
    expect(out).toMatch(/^ {2}from +.*stripes\.csv$/m);
    expect(out).toMatch(/^ {2}examples +6 features each$/m);
    expect(out).toMatch(/^ {2}held-out ELBO +-\d+\.\d\d nats per example$/m);
    expect(out).toMatch(/^ {2}steps taken +124$/m);
  });
});

describe('a config file', () => {
  const checkpoint = (folder: string) => readFile(join(file(folder), 'checkpoint.safetensors'));

  test('that a run left repeats the run, bit for bit', async () => {
    const words = ['--data', file('stripes.csv'), '--likelihood', 'gaussian', '--epochs', '1', '--clip', '3'];
    await reparam('train', ...words, ...small, '--posterior', 'full', '--out', file('first'));
    const config = join(file('first'), 'config.json');
    expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({
      data: file('stripes.csv'),
      hidden: 8,
      prior: 'normal',
      posterior: 'full',
      likelihood: expect.stringMatching(/^gaussian:learned:0\.\d{1,3}$/),
    });
    const { code } = await reparam('train', '--config', config, '--out', file('second'));
    expect(code).toBe(0);
    expect(await checkpoint('second')).toEqual(await checkpoint('first'));
  });

  test('gives way to the command line', async () => {
    await writeFile(
      file('my.json'),
      JSON.stringify({ digits: 40, hidden: 4, latent: 3, epochs: 1, prior: { kind: 'vamp', components: 2 } }),
    );
    await reparam('train', '--config', file('my.json'), '--latent', '2', '--out', file('mixed'));
    const { out } = await reparam('info', file('mixed'));
    expect(out).toMatch(/^ {2}latent +2$/m);
    expect(out).toMatch(/^ {2}prior +vamp:2$/m);
    expect(out).toMatch(/^ {2}from +the built-in digits \(40\)$/m);
  });

  test('that is not there says so', async () => {
    const { err } = await reparam('train', '--config', file('nowhere.json'));
    expect(err).toBe(`reparam: The config file "${file('nowhere.json')}" cannot be opened (ENOENT).\n`);
  });

  test('may say what other options make pointless', async () => {
    const config = { digits: 50, data: 'elsewhere.csv', channels: [4], epochs: 1 };
    await writeFile(file('table.json'), JSON.stringify(config));
    const { code } = await reparam(
      ...['train', '--config', file('table.json'), '--data', file('stripes.csv'), '--out', file('replaced')],
      ...small,
    );
    expect(code).toBe(0);
  });
});

describe('compare', () => {
  test('puts runs on one page', async () => {
    const page = file('compare.html');
    const { out, code } = await reparam('compare', file('first'), run, '--out', page);
    expect([out, code]).toEqual([`2 runs side by side in ${page}\n`, 0]);
    const text = await readFile(page, 'utf8');
    expect(text).toContain('<td>bernoulli</td>');
    expect(text).toContain('The bounds below do not compare');
    expect(text).toContain('>my run</span>');
  });

  test('takes two', async () => {
    const message =
      'reparam: To compare takes two runs or more, each of them once: reparam compare RUN RUN …\n';
    expect((await reparam('compare', run)).err).toBe(message);
    expect((await reparam('compare', run, `${run}/.`)).err).toBe(message);
  });
});

describe('kinds of runs', () => {
  test('one that gets no better ends early, with its best model', async () => {
    const words = [
      '--data',
      file('stripes.csv'),
      '--epochs',
      '200',
      '--lr',
      '0.5',
      '--patience',
      '2',
      ...small,
    ];
    const { out, err } = await reparam('train', ...words, '--out', file('patient'));
    const [, best] = err.match(/No held-out ELBO since epoch (\d+) was better: the run ends here/)!;
    const history = parseMetrics(await readFile(join(file('patient'), 'metrics.csv'), 'utf8'));
    expect(history).toHaveLength(Number(best) + 2);
    expect(out).toContain(`Held-out ELBO ${history[Number(best) - 1]!.heldOutElbo.toFixed(2)} nats`);
    const again = await reparam('train', '--resume', '--out', file('patient'));
    expect(again.err).toContain(`The run ended early, with the model of epoch ${best}, so only the results`);
  });

  test('one of two stages, also added later, draws through both', async () => {
    const words = ['--data', file('stripes.csv'), '--epochs', '2', '--likelihood', 'gaussian', ...small];
    await reparam('train', ...words, '--out', file('stages'));
    const single = await reparam('sample', file('stages'), '--out', file('single.npy'));
    expect(single.out).toBe(`64 samples in ${file('single.npy')}\n`);
    const { code, err } = await reparam('train', '--resume', '--two-stage', '--out', file('stages'));
    expect(code).toBe(0);
    expect(err).toMatch(/only the results are written anew.*\nSecond stage: .*\nepoch 2\/2 /s);
    const { out } = await reparam('sample', file('stages'), '--out', file('both.npy'));
    expect(out).toBe(`64 samples in ${file('both.npy')}, drawn through both stages\n`);
    expect(await readFile(file('both.npy'))).not.toEqual(await readFile(file('single.npy')));
    expect(await readFile(join(file('stages'), 'report.html'), 'utf8')).toContain('Samples of two stages');
    expect(await readdir(file('stages'))).toContain('samples-two-stage.png');

    const config = join(file('stages'), 'config.json');
    await reparam('train', '--config', config, '--out', file('stages again'));
    const second = (folder: string) => readFile(join(file(folder), 'second-stage.safetensors'));
    expect(await second('stages again')).toEqual(await second('stages'));
  });

  test('a second stage is trained anew when the first went on', async () => {
    const stages = file('stages');
    const { err } = await reparam('train', '--resume', '--out', stages, '--epochs', '3');
    expect(err).toMatch(/epoch 3\/3 .*Second stage.*epoch 1\/3 .*epoch 3\/3 /s);
    const again = await reparam('train', '--resume', '--out', stages);
    expect(again.err).not.toContain('epoch 1/3');
  });

  test.each([
    [['--model', 'conv', '--channels', '4', '--hidden', '8', '--prior', 'vamp:3']],
    [['--likelihood', 'discretized-logistic:2:8', '--posterior', 'mixture:2', '--prior', 'mixture:2:full']],
    [['--likelihood', 'student-t', '--flow', 'iaf:1', '--prior', 'flow:realnvp:1', '--objective', 'iwae:3']],
    [['--optimizer', 'variational', '--annealing', 'linear:1', '--schedule', 'cosine']],
  ])('digits, %j', async (words) => {
    const out = file(words.join(' ').replaceAll(':', '-'));
    const common = ['--digits', '60', '--epochs', '1', '--latent', '2', '--hidden', '8', '--out', out];
    const { code } = await reparam('train', ...common, ...words);
    expect(code).toBe(0);
    expect((await reparam('sample', out, '--count', '4')).code).toBe(0);
    expect((await reparam('reconstruct', out)).out).toContain('the ELBO is ');
  });

  test.each([
    ['counts', 'poisson', (i: number) => `${i % 5},${(i * i) % 7}`],
    ['counts', 'negative-binomial', (i: number) => `${i % 5},${(i * i) % 7}`],
    ['amounts', 'gamma', (i: number) => `${0.5 + (i % 5)},${Math.exp(i % 3)}`],
    ['amounts', 'log-normal', (i: number) => `${0.5 + (i % 5)},${Math.exp(i % 3)}`],
    ['shares', 'beta', (i: number) => `${0.1 + (i % 5) / 9},0.5`],
    ['classes', 'categorical', (i: number) => (i % 2 ? '1,0' : '0,1')],
  ])('%s under %s', async (name, likelihood, row) => {
    const table = file(`${name}-${likelihood}.csv`);
    await writeFile(table, ['a,b', ...Array.from({ length: 30 }, (_, i) => row(i)), ''].join('\n'));
    const out = file(likelihood);
    const { code, err } = await reparam(
      ...['train', '--data', table, '--likelihood', likelihood, '--out', out, '--epochs', '1', ...small],
    );
    expect([code, err]).toEqual([0, expect.stringContaining('epoch 1/1  held-out ELBO ')]);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain(`<dd>${likelihood}</dd>`);
  });
});

describe('choices', () => {
  test('are those of the tables', async () => {
    const { out } = await reparam('choices', 'prior');
    expect(out).toContain('--prior KIND, or KIND:VALUE:VALUE, or KIND:OPTION=VALUE; KIND is one of\n');
    expect(out).toMatch(/^ {2}vamp +a mixture of the posteriors of learned pseudo-inputs/m);
    expect(out).toMatch(/^ +covariance +of each normal: one of diagonal, full \(diagonal unless/m);
    expect(out).not.toContain('--objective');
    const all = await reparam('choices');
    for (const name of ['prior', 'posterior', 'flow', 'likelihood', 'objective', 'annealing', 'schedule']) {
      expect(all.out).toContain(`--${name} KIND`);
    }
    for (const line of all.out.split('\n')) expect(line.length).toBeLessThan(80);
  });

  test('of nothing', async () => {
    expect((await reparam('choices', 'priors')).err).toBe(
      'reparam: There are no choices of "priors"; did you mean prior? There are prior, posterior, flow, likelihood, ' +
        'objective, annealing, schedule.\n',
    );
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
    [['train', '--objective', 'beta-tc', '--flow', 'planar'], 'The option for that is --objective.'],
    [['train', '--likelihood', 'poisson', '--binarize', 'dynamic'], 'The option for that is --binarize.'],
    [['train', '--latent', '1', '--flow', 'realnvp'], 'it needs latent ≥ 2, and latent is 1'],
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

  test('convolutions over a table', async () => {
    const { err } = await reparam('train', '--data', file('stripes.csv'), '--model', 'conv');
    expect(err).toContain('--model conv is for images, and "stripes.csv" has rows of 6 numbers');
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
