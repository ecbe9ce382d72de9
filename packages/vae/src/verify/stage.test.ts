import { expect, test } from 'vitest';
import { finish, type Progress, type Work } from '../diagnostics/work.ts';
import { stage } from './stage.ts';

test('progress fills its share, and the result is passed on', () => {
  function* work(): Work<string> {
    yield { done: 0, total: 4 };
    yield { done: 1, total: 4 };
    yield { done: 4, total: 4 };
    return 'done';
  }
  const seen: Progress[] = [];
  expect(finish(stage(work(), 0.5, 0.9), (progress) => seen.push(progress))).toBe('done');
  expect(seen.map(({ done, total }) => done / total)).toEqual([0.5, expect.closeTo(0.6, 14), 0.9]);
});
