import { resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { dataOptions, type IsGiven, modelOptions, type TrainOptions, trainingOptions } from '../options.ts';
import { requireMeaningfulOptions } from './check-options.ts';
import { movedData, requireSameOptions, requireSameSource } from './resume-options.ts';
import type { Source } from './source.ts';

function parse(...words: string[]): readonly [TrainOptions, IsGiven] {
  const command = new Command();
  for (const option of [...dataOptions, ...modelOptions, ...trainingOptions]) command.addOption(option);
  command.parse(['--out', 'run', ...words], { from: 'user' });
  return [command.opts(), (option) => command.getOptionValueSource(option) === 'cli'];
}

const gaussian = tinyRun({
  latent: 3,
  hidden: [8, 4],
  likelihood: { kind: 'gaussian', scale: 'learned' },
  prior: { kind: 'mixture', components: 2 },
});
const bernoulli = tinyRun();

describe('requireSameOptions', () => {
  test.each([
    [[]],
    [['--epochs', '500']],
    [['--latent', '3', '--hidden', '8,4', '--prior', 'mixture:2', '--likelihood', 'gaussian']],
    [['--scale', 'learned']],
    [['--lr', '0.10', '--seed', '5', '--optimizer', 'sgd']],
  ])('takes %j', (words) => {
    requireSameOptions(gaussian, ...parse(...words));
  });

  test.each([
    [['--latent', '4'], '--latent 3, so it cannot go on with 4'],
    [['--hidden', 'none'], '--hidden 8,4, so it cannot go on with none'],
    [['--prior', 'normal'], '--prior mixture:2, so it cannot go on with normal'],
    [['--scale', 'network'], '--scale learned, so it cannot go on with network'],
    [['--likelihood', 'bernoulli'], '--likelihood gaussian, so it cannot go on with bernoulli'],
    [['--seed', '6'], '--seed 5, so it cannot go on with 6'],
  ])('refuses %j', (words, message) => {
    expect(() => requireSameOptions(gaussian, ...parse(...words))).toThrow(
      `The run in "run" was started with ${message}; leave the option out, or start a new run in another folder.`,
    );
  });

  test('refuses another likelihood, whichever way round', () => {
    expect(() => requireSameOptions(bernoulli, ...parse('--likelihood', 'gaussian'))).toThrow(
      '--likelihood bernoulli, so it cannot go on with gaussian',
    );
  });
});

describe('the data of a resumed run', () => {
  const source: Source = {
    data: resolve('letters.csv'),
    digits: 6000,
    heldOut: 0.1,
    name: 'letters.csv',
    imageShape: null,
    fingerprint: '',
  };

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
    [['--data', 'x.csv', '--likelihood', 'gaussian', '--scale', '0.5']],
  ])('takes %j', (words) => {
    requireMeaningfulOptions(...parse(...words));
  });

  test.each([
    [['--digits', '60', '--data', 'x.csv'], '--digits is about the built-in digits, which --data replaces'],
    [['--scale', 'learned'], '--scale is about a Gaussian likelihood, and this one is Bernoulli'],
    [['--likelihood', 'gaussian', '--binarize', 'none'], '--binarize is about a Bernoulli likelihood'],
  ])('refuses %j', (words, message) => {
    expect(() => requireMeaningfulOptions(...parse(...words))).toThrow(message);
  });
});
