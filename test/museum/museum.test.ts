import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue, museum } from './museum.ts';

describe('wrong answers that real libraries gave', () => {
  test.each(museum)('$wrong', ({ acceptsWrong, acceptsOurs }) => {
    expect(acceptsWrong()).toBe(false);
    expect(acceptsOurs()).toBe(true);
  });

  test('the README lists them all', () => {
    expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toContain(catalogue());
  });
});
