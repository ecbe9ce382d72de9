import { expect, test } from 'vitest';
import type { GroundTruth } from '../ground-truth.ts';
import { groundTruths } from './table.ts';

const truths: readonly (readonly [string, GroundTruth])[] = Object.entries(groundTruths);

test('letters rise, and titles are short and tell truths apart', () => {
  const letters = truths.map(([letter]) => letter);
  expect(letters).toEqual(letters.toSorted());
  const titles = truths.map(([, { title }]) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const title of titles) expect(title.length).toBeLessThanOrEqual(48);
});

test.each(truths)('%s says what holds and where it is from', (_, { claim, source }) => {
  expect(claim).toMatch(/.\.$/);
  expect(source).not.toBe('');
});
