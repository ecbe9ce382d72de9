import { full, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { binarize } from './binarize.ts';

const key = RandomKey.fromSeed(32);

describe('binarize', () => {
  test('leaves values as they are', () => {
    const x = tensor([0, 0.3, 1]);
    expect(binarize(x, 'none', key)).toBe(x);
  });

  test('cuts at ½, which itself is a zero', () => {
    const x = tensor([-2, 0, 0.49, 0.5, 0.51, 1, 30]);
    expect(binarize(x, 'threshold', key).toArray()).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  test.each([0, 0.2, 0.5, 1])('draws a one with probability %s, by the key', (value) => {
    const x = full([20_000], value);
    const drawn = binarize(x, 'dynamic', key);
    expect(drawn.dtype).toBe('float32');
    const { mean } = estimate(drawn.toTypedArray());
    expect(Math.abs(mean - value)).toBeLessThanOrEqual(4 * Math.sqrt((value * (1 - value)) / 20_000));
    for (const bit of new Set(drawn.toTypedArray())) expect([0, 1]).toContain(bit);
    expect(binarize(x, 'dynamic', key).toArray()).toEqual(drawn.toArray());
  });
});
