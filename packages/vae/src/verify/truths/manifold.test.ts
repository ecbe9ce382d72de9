import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { passes } from '../ground-truth.ts';
import { manifold } from './manifold.ts';

test('training reaches the bounds, and the slopes are those of two dimensions', () => {
  const { checks } = finish(manifold.verify());
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(checks.filter(({ quantity }) => quantity.endsWith(': ELBO')).map(({ target }) => target)).toEqual([
    expect.closeTo(-2.69, 3),
    expect.closeTo(0.764, 3),
    expect.closeTo(4.218, 3),
    expect.closeTo(7.672, 3),
  ]);
  expect(checks.at(-1)).toMatchObject({ quantity: 'dimensions', target: 2, reached: 2 });
});
