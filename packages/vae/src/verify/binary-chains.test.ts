import { RandomKey } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { chainGroups, chainInformation, chainLength, drawChains } from './binary-chains.ts';

/** p(x) symbol by symbol, for both types. */
function probability(chain: readonly number[]): number {
  const ofType = (repeat: number): number =>
    chain.reduce((product, symbol, t) => {
      if (t === 0) return product * 0.5;
      return product * (symbol === chain[t - 1] ? repeat : 1 - repeat);
    }, 1);
  return 0.5 * ofType(0.9) + 0.5 * ofType(0.1);
}

describe('chainGroups', () => {
  const groups = chainGroups().map(({ probability, chains }) => ({
    probability,
    chains: chains.toArray() as number[][],
  }));

  test('are all 1024 chains, once each', () => {
    const all = groups.flatMap(({ chains }) => chains.map((chain) => chain.join('')));
    expect(new Set(all).size).toBe(1024);
    expect(all).toHaveLength(1024);
  });

  test('have the probability of the process, the same for each chain of a group', () => {
    for (const group of groups) {
      for (const chain of group.chains) {
        expect(probability(chain)).toBeCloseTo(group.probability / group.chains.length, 14);
      }
    }
    expect(groups.reduce((sum, group) => sum + group.probability, 0)).toBeCloseTo(1, 14);
  });
});

test('the entropy and what a chain says of its type', () => {
  const { entropy, aboutType } = chainInformation();
  expect(entropy).toBeCloseTo(4.308852, 6);
  expect(aboutType).toBeCloseTo(0.689959, 6);
});

test('drawn chains have the frequencies of the process', () => {
  const count = 20_000;
  const chains = drawChains(RandomKey.fromSeed(1), count).toArray() as number[][];
  const repeatsOf = (chain: readonly number[]): number =>
    chain.filter((symbol, t) => t > 0 && symbol === chain[t - 1]).length;
  const counts = Array.from({ length: chainLength }, () => 0);
  for (const chain of chains) counts[repeatsOf(chain)]!++;
  chainGroups().forEach(({ probability }, repeats) => {
    const deviation = Math.sqrt((probability * (1 - probability)) / count);
    expect(Math.abs(counts[repeats]! / count - probability)).toBeLessThan(4 * deviation);
  });
  const ones = chains.filter((chain) => chain[0] === 1).length / count;
  expect(Math.abs(ones - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / count));
});
