import { tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { standardDeviation } from './standard-deviation.ts';

test('is about the mean of each feature, over all of them', () => {
  // Variances of 1 and 9.
  const examples = tensor([
    [10, -3],
    [12, 3],
  ]);
  expect(standardDeviation(examples)).toBeCloseTo(Math.sqrt(5), 6);
});
