import { describe, expect, test } from 'vitest';
import { finish, finishInTurns, type Progress, type Work } from './work.ts';

function* count(total: number, eachTakes = 0): Work<string> {
  for (let done = 1; done <= total; done++) {
    const start = performance.now();
    while (performance.now() - start < eachTakes);
    yield { done, total };
  }
  return 'counted';
}

describe('finish', () => {
  test('returns the result, and reports every step', () => {
    const seen: Progress[] = [];
    expect(finish(count(3), (progress) => seen.push(progress))).toBe('counted');
    expect(seen).toEqual([1, 2, 3].map((done) => ({ done, total: 3 })));
  });
});

describe('finishInTurns', () => {
  test('returns the result, and reports every step', async () => {
    const seen: number[] = [];
    expect(await finishInTurns(count(3), { onProgress: ({ done }) => seen.push(done) })).toBe('counted');
    expect(seen).toEqual([1, 2, 3]);
  });

  test('lets timers have their turn before it is done', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await finishInTurns(count(20, 10));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });

  test('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done }: Progress): void => {
      seen.push(done);
      if (done === 2) controller.abort(new Error('enough'));
    };
    await expect(finishInTurns(count(9), { onProgress, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(seen).toEqual([1, 2]);
  });
});
