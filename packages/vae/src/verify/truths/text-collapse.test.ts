import type { Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import type { RandomKey } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { type ChainDecoder, FullMemory } from '../chain-vae.ts';
import { passes } from '../ground-truth.ts';
import { fitChains, verifyBlind } from './text-collapse.ts';

test('without a latent in use, bigrams stay at 10 ln 2', () => {
  const checks = finish(verifyBlind());
  expect(checks).toHaveLength(2);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
});

test('with full memory the bound nears the entropy, and the latent goes out', () => {
  const decoder = (key: RandomKey): ChainDecoder => new FullMemory(key);
  const { loss, kl } = finish(fitChains({ decoder, steps: 400, draws: 16_384 }));
  expect(loss).toBeGreaterThan(4.308852 - 0.01);
  expect(loss).toBeLessThan(4.34);
  expect(kl).toBeLessThan(0.05);
});

test('catches a decoder that sees the symbol that it predicts', () => {
  class Peeking extends Module implements ChainDecoder {
    logits(before: Variable): Variable {
      return before.roll(-1, -1).mul(3);
    }
  }
  const [bound] = finish(verifyBlind(() => new Peeking()));
  expect(passes(bound!)).toBe(false);
  expect(bound!.reached).toBeLessThan(bound!.accepted.from);
});
