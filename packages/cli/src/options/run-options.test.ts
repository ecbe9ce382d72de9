import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandOptions, optionName, type RunOptions, runOptions } from './run-options.ts';

/** What the options make of words on the command line. */
function parse(...words: string[]): RunOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of commandOptions(runOptions)) command.addOption(option);
  return command.parse(words, { from: 'user' }).opts();
}

describe('options of a run', () => {
  test.each([
    ['latent', ['--latent', '3'], 3],
    ['hidden', ['--hidden', '64,32'], [64, 32]],
    ['hidden', ['--hidden', 'none'], []],
    ['hidden', [], undefined],
    ['model', ['--model', 'conv'], 'conv'],
    ['channels', ['--channels', '8,16,32'], [8, 16, 32]],
    ['activation', ['--activation', 'tanh'], 'tanh'],
    ['prior', [], { kind: 'mixture', components: 20 }],
    ['prior', ['--prior', 'normal'], { kind: 'normal' }],
    ['prior', ['--prior', 'mixture:9:full'], { kind: 'mixture', components: 9, covariance: 'full' }],
    ['prior', ['--prior', 'vamp:50'], { kind: 'vamp', components: 50 }],
    ['prior', ['--prior', 'flow:maf:2'], { kind: 'flow', flow: 'maf', layers: 2 }],
    ['posterior', ['--posterior', 'full'], { kind: 'full' }],
    ['flow', ['--flow=iaf:3'], { kind: 'iaf', layers: 3 }],
    ['likelihood', ['--likelihood', 'gaussian:network'], { kind: 'gaussian', scale: 'network' }],
    ['likelihood', ['--likelihood', 'gaussian:0.1'], { kind: 'gaussian', scale: 0.1 }],
    ['objective', ['--objective', 'iwae:50'], { kind: 'iwae', samples: 50 }],
    ['objective', ['--objective', 'renyi:alpha=0'], { kind: 'renyi', alpha: 0 }],
    ['prior', ['--prior', 'mixture:covariance=full:components=10'], { kind: 'mixture', covariance: 'full' }],
    ['annealing', ['--annealing', 'cyclical:5:2'], { kind: 'cyclical', epochs: 5, cycles: 2 }],
    ['schedule', ['--schedule', 'plateau:5'], { kind: 'plateau', patience: 5 }],
    ['optimizer', ['--optimizer', 'variational'], 'variational'],
    ['heldOut', ['--held-out', '0.25'], 0.25],
    ['lr', ['--lr', '1e-4'], 1e-4],
    ['freeBits', ['--free-bits', '0'], 0],
    ['patience', ['--patience', '0'], 0],
    ['binarize', ['--binarize', 'threshold'], 'threshold'],
    ['seed', ['--seed', '-3'], -3],
    ['data', ['--data', 'a folder/'], 'a folder/'],
  ] as const)('--%s of %j', (name, words, value) => {
    expect(parse(...words)[name]).toEqual(value);
  });

  const wholeAboveZero = 'It must be a whole number above 0.';
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
    ['--channels', 'none', 'It must be numbers of channels such as 32,64.'],
    ['--model', 'cnn', 'It must be one of mlp, conv.'],
    ['--prior', 'uniform', 'There is no prior "uniform"; there are normal, mixture, vamp, flow.'],
    ['--prior', 'uniform', 'Try reparam choices prior.'],
    [
      '--prior',
      'mixture:0',
      '"0" in "mixture:0" fits no option of mixture; it has components (a whole number ≥ 1)',
    ],
    ['--prior', 'mixture:3:4', 'fits no option of mixture'],
    ['--prior', 'normal:3', 'There is nothing for "3" to mean in "normal:3"; it has no options.'],
    ['--prior', 'mixture:count=3', 'Mixture has no option "count"'],
    ['--flow', 'radail:3', 'There is no flow "radail"; there are none, planar, radial'],
    ['--likelihood', 'gaussian:-1', 'scale (a number above 0 or "learned" or "network")'],
    ['--objective', 'vimco:1', 'samples (a whole number ≥ 2)'],
    ['--held-out', '1', 'It must be a number between 0 and 1.'],
    ['--lr', '0', 'It must be a number above 0.'],
    ['--lr', 'Infinity', 'It must be a number above 0.'],
    ['--beta', '-1', 'It must be a number of at least 0.'],
    ['--patience', '1.5', 'It must be a whole number of at least 0.'],
    ['--optimizer', 'lion', 'It must be one of adagrad, adam, adamax, adamw, rmsprop, sgd, variational.'],
    ['--data', '', 'It must be the path of a file or folder.'],
  ])('refuses %s %j', (option, value, message) => {
    expect(() => parse(option, value)).toThrow(message);
  });
});

test('options are named as they are typed', () => {
  expect(optionName('heldOut')).toBe('held-out');
  expect(optionName('lr')).toBe('lr');
});
