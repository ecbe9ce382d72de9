import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  dataOptions,
  modelOptions,
  type TrainOptions,
  toTrainingSettings,
  toVaeSettings,
  trainingOptions,
} from './options.ts';

/** What the options make of words on the command line. */
function parse(...words: string[]): TrainOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of [...dataOptions, ...modelOptions, ...trainingOptions]) command.addOption(option);
  return command.parse(words, { from: 'user' }).opts();
}

describe('options of train', () => {
  test.each([
    ['latent', ['--latent', '3'], 3],
    ['hidden', ['--hidden', '64,32'], [64, 32]],
    ['hidden', ['--hidden', 'none'], []],
    ['prior', ['--prior', 'normal'], { kind: 'normal' }],
    ['prior', ['--prior', 'mixture:7'], { kind: 'mixture', components: 7 }],
    ['flow', ['--flow', 'none'], { kind: 'none' }],
    ['flow', ['--flow=planar:4'], { kind: 'planar', layers: 4 }],
    ['scale', ['--scale', 'network'], 'network'],
    ['scale', ['--scale', '0.5'], 0.5],
    ['heldOut', ['--held-out', '0.25'], 0.25],
    ['lr', ['--lr', '1e-4'], 1e-4],
    ['anneal', ['--anneal', '2.5'], 2.5],
    ['freeBits', ['--free-bits', '0'], 0],
    ['seed', ['--seed', '-3'], -3],
    ['data', ['--data', 'a folder/'], 'a folder/'],
  ] as const)('--%s of %j', (name, words, value) => {
    expect(parse(...words)[name]).toEqual(value);
  });

  const wholeAboveZero = 'It must be a whole number above 0.';
  const planar = 'It must be none or planar:K with a whole number K, such as planar:8.';
  const mixture = 'It must be normal or mixture:K with a whole number K, such as mixture:8.';
  const widths = 'It must be widths such as 256,256, or none for a linear model.';
  test.each([
    ['--latent', '0', wholeAboveZero],
    ['--latent', '2.5', wholeAboveZero],
    ['--latent', '', wholeAboveZero],
    ['--batch', '1e300', wholeAboveZero],
    ['--epochs', 'ten', wholeAboveZero],
    ['--hidden', '64,,32', widths],
    ['--hidden', '', widths],
    ['--hidden', '64,-1', widths],
    ['--prior', 'mixture', mixture],
    ['--prior', 'mixture:', mixture],
    ['--prior', 'mixture:0', mixture],
    ['--prior', 'mixture:3:4', mixture],
    ['--flow', 'planar', planar],
    ['--flow', 'radial:3', planar],
    ['--scale', 'wide', 'It must be learned, network or a number above 0.'],
    ['--held-out', '1', 'It must be a number between 0 and 1.'],
    ['--lr', '0', 'It must be a number above 0.'],
    ['--lr', 'Infinity', 'It must be a number above 0.'],
    ['--beta', '-1', 'It must be a number of at least 0.'],
    ['--likelihood', 'poisson', 'Allowed choices are bernoulli, gaussian.'],
    ['--optimizer', 'lion', 'Allowed choices are adagrad, adam, adamax, adamw, rmsprop, sgd.'],
    ['--data', '', 'It must be the path of a file or folder.'],
  ])('refuses %s %j', (option, value, message) => {
    expect(() => parse(option, value)).toThrow(message);
  });
});

describe('settings from options', () => {
  test('a model is given its features, and a Gaussian its scale', () => {
    expect(toVaeSettings(parse('--latent', '2', '--hidden', '8', '--prior', 'normal'), 30)).toMatchObject({
      features: 30,
      latent: 2,
      hidden: [8],
      prior: { kind: 'normal' },
      likelihood: { kind: 'bernoulli' },
    });
    const gaussian = parse('--likelihood', 'gaussian', '--scale', '0.1');
    expect(toVaeSettings(gaussian, 30).likelihood).toEqual({ kind: 'gaussian', scale: 0.1 });
    expect(toVaeSettings(gaussian, 30, 5).likelihood).toEqual({ kind: 'gaussian', scale: 0.1 });
    const learned = parse('--likelihood', 'gaussian');
    expect(toVaeSettings(learned, 30, 5).likelihood).toEqual({
      kind: 'gaussian',
      scale: 'learned',
      initialScale: 3,
    });
    expect(toVaeSettings(learned, 30, 0).likelihood).toEqual({ kind: 'gaussian', scale: 'learned' });
  });

  test('every option of the training arrives', () => {
    const options = parse(
      ...['--optimizer', 'sgd', '--lr', '0.5', '--beta', '2', '--anneal', '3', '--free-bits', '0.25'],
      ...['--clip', '7', '--binarize', 'threshold', '--epochs', '9', '--batch', '10', '--seed', '11'],
    );
    expect(toTrainingSettings(options)).toEqual({
      optimizer: 'sgd',
      learningRate: 0.5,
      beta: 2,
      annealEpochs: 3,
      freeBits: 0.25,
      clipNorm: 7,
      binarization: 'threshold',
      epochs: 9,
      batchSize: 10,
      seed: 11,
    });
  });

  test('a Gaussian takes values as they are', () => {
    expect(toTrainingSettings(parse('--likelihood', 'gaussian')).binarization).toBe('none');
    expect(toTrainingSettings(parse()).binarization).toBe('dynamic');
  });
});
