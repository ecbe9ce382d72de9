import { resolve } from 'node:path';
import { trainingSettings, vaeSettings } from '@reparam/vae';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { commandOptions, runOptions } from '../options/run-options.ts';
import type { IsGiven, TrainOptions } from '../options/train-options.ts';
import { requireMeaningfulOptions, requireSensibleCombination } from './check-options.ts';
import { movedData, requireSameOptions, requireSameSource } from './resume-options.ts';
import type { Source } from './source.ts';

function parse(...words: string[]): readonly [TrainOptions, IsGiven] {
  const command = new Command();
  for (const option of commandOptions(runOptions)) command.addOption(option);
  command.parse(['--out', 'run', ...words], { from: 'user' });
  return [command.opts(), (option) => command.getOptionValueSource(option) === 'cli'];
}

const source: Source = {
  data: resolve('letters.csv'),
  digits: 6000,
  heldOut: 0.1,
  name: 'letters.csv',
  imageShape: [4, 6],
  fingerprint: '',
};

const gaussian = tinyRun({
  latent: 3,
  hidden: [8, 4],
  likelihood: { kind: 'gaussian', initialScale: 0.5 },
  prior: { kind: 'mixture', components: 2 },
});
const images = tinyRun({ features: 24, network: { kind: 'conv', image: [4, 6], channels: [2] } });

describe('requireSameOptions', () => {
  test.each([
    [[]],
    [['--epochs', '500']],
    [['--latent', '3', '--hidden', '8,4', '--prior', 'mixture:2', '--likelihood', 'gaussian']],
    [['--likelihood', 'gaussian:learned:initialScale=0.50']],
    [['--lr', '0.10', '--seed', '5', '--optimizer', 'sgd']],
    [['--model', 'mlp', '--objective', 'elbo:1']],
  ])('takes %j', (words) => {
    requireSameOptions(gaussian, source, ...parse(...words));
  });

  test('knows images and their channels', () => {
    requireSameOptions(images, source, ...parse('--model', 'conv', '--channels', '2'));
    requireSameOptions(images, source, ...parse('--channels', '2'));
    expect(() => requireSameOptions(images, source, ...parse('--channels', '2,4'))).toThrow(
      '--channels 2, so it cannot go on with 2,4',
    );
    expect(() => requireSameOptions(images, source, ...parse('--model', 'mlp'))).toThrow(
      '--model conv, so it cannot go on with mlp',
    );
  });

  test.each([
    [['--latent', '4'], '--latent 3, so it cannot go on with 4'],
    [['--hidden', 'none'], '--hidden 8,4, so it cannot go on with none'],
    [['--prior', 'normal'], '--prior mixture:2, so it cannot go on with normal'],
    [
      ['--likelihood', 'gaussian:network'],
      '--likelihood gaussian:learned:0.5, so it cannot go on with gaussian:network:0.5',
    ],
    [['--likelihood', 'bernoulli'], '--likelihood gaussian:learned:0.5, so it cannot go on with bernoulli'],
    [['--objective', 'iwae'], '--objective elbo, so it cannot go on with iwae'],
    [['--seed', '6'], '--seed 5, so it cannot go on with 6'],
  ])('refuses %j', (words, message) => {
    expect(() => requireSameOptions(gaussian, source, ...parse(...words))).toThrow(
      `The run in "run" was started with ${message}; leave the option out, or start a new run in another folder.`,
    );
  });
});

describe('the data of a resumed run', () => {
  test('may be told again, or as moved', () => {
    const [same] = parse('--data', './letters.csv', '--held-out', '0.1');
    requireSameSource(source, ...parse('--data', './letters.csv', '--held-out', '0.1'));
    expect(movedData(source, same)).toBeUndefined();
    expect(movedData(source, parse()[0])).toBeUndefined();
    expect(movedData(source, parse('--data', 'moved/letters.csv')[0])).toBe('moved/letters.csv');
  });

  test('stays what it is', () => {
    expect(() => requireSameSource(source, ...parse('--held-out', '0.2'))).toThrow(
      'was started with --held-out 0.1, so it cannot go on with 0.2',
    );
    const digits = { ...source, data: null };
    expect(() => requireSameSource(digits, ...parse('--digits', '60'))).toThrow(
      'was started with --digits 6000, so it cannot go on with 60',
    );
    expect(() => requireSameSource(digits, ...parse('--data', 'letters.csv'))).toThrow(
      'was trained on the built-in digits, and a resumed run keeps its data',
    );
  });
});

describe('requireMeaningfulOptions', () => {
  test.each([
    [[]],
    [['--digits', '60', '--binarize', 'none']],
    [['--data', 'x.csv', '--model', 'conv', '--channels', '4']],
  ])('takes %j', (words) => {
    requireMeaningfulOptions(...parse(...words));
  });

  test.each([
    [['--digits', '60', '--data', 'x.csv'], '--digits is about the built-in digits, which --data replaces'],
    [['--channels', '4'], '--channels is about convolutions, and this model is mlp: add --model conv'],
  ])('refuses %j', (words, message) => {
    expect(() => requireMeaningfulOptions(...parse(...words))).toThrow(message);
  });
});

describe('requireSensibleCombination', () => {
  test('says what does not go together, and which option to change', () => {
    const flow = vaeSettings({ features: 3, flow: { kind: 'planar' } });
    requireSensibleCombination(flow, trainingSettings());
    expect(() =>
      requireSensibleCombination(flow, trainingSettings({ objective: { kind: 'beta-tc' } })),
    ).toThrow(/^These do not go together: beta-tc takes .* The option for that is --objective\.$/);
    const reals = vaeSettings({ features: 3, likelihood: { kind: 'gaussian' } });
    expect(() => requireSensibleCombination(reals, trainingSettings({ binarization: 'dynamic' }))).toThrow(
      'The option for that is --binarize.',
    );
    const batchOfOne = trainingSettings({ objective: { kind: 'info-vae' }, batchSize: 1 });
    expect(() => requireSensibleCombination(reals, batchOfOne)).toThrow('The option for that is --batch.');
  });
});
