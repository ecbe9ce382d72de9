import { describe, expect, test } from 'vitest';
import { createPlateau, type LearningRateSettings, learningRateSchedule } from './learning-rates.ts';

const run = { learningRate: 0.8, epochSteps: 2, totalSteps: 6 };

function rates(settings: LearningRateSettings, steps: number): unknown {
  const schedule = learningRateSchedule(settings, run);
  return Array.from({ length: steps }, (_, step) => schedule(step));
}

/** The numbers, to the last few bits. */
function near(values: readonly number[]): unknown {
  return values.map((value) => expect.closeTo(value, 12));
}

describe('the learning rate', () => {
  test('stays', () => {
    expect(rates({ kind: 'constant' }, 3)).toEqual([0.8, 0.8, 0.8]);
  });

  test('grows at first from near 0', () => {
    // (k + 1)/5 for the 4 steps of two epochs
    const warm = [0.16, 0.32, 0.48, 0.64];
    expect(rates({ kind: 'constant', warmUp: 2 }, 6)).toEqual(near([...warm, 0.8, 0.8]));
    expect(rates({ kind: 'exponential', warmUp: 2, factor: 0.25 }, 7)).toEqual(
      near([...warm, 0.8, 0.4, 0.2]),
    );
  });

  test('falls along half a cosine to a share of itself at the end of the run', () => {
    const at = (k: number, over: number): number => 0.08 + 0.72 * 0.5 * (1 + Math.cos((Math.PI * k) / over));
    expect(rates({ kind: 'cosine', end: 0.1 }, 8)).toEqual(
      near([0.8, at(1, 6), at(2, 6), at(3, 6), at(4, 6), at(5, 6), 0.08, 0.08]),
    );
    // The steps of the warm-up are taken off the fall.
    expect(rates({ kind: 'cosine', end: 0.1, warmUp: 1 }, 7)).toEqual(
      near([0.8 / 3, 1.6 / 3, 0.8, at(1, 4), at(2, 4), at(3, 4), 0.08]),
    );
    // A run that ends before grows towards the whole rate all the same.
    expect(rates({ kind: 'cosine', end: 0.1, warmUp: 5 }, 1)).toEqual(near([0.8 / 11]));
  });

  test('falls by the same share every epoch, a part of it every step', () => {
    expect(rates({ kind: 'exponential', factor: 0.25 }, 5)).toEqual(near([0.8, 0.4, 0.2, 0.1, 0.05]));
  });

  test('drops where the held-out bound stops rising', () => {
    const plateau = createPlateau({ kind: 'plateau', patience: 2, factor: 0.5 }, 0.8)!;
    expect(plateau.value).toBe(0.8);
    // Better, better, three times not better; then better again.
    const after = [-9, -5, -5, -6, -5.5, -4].map((elbo) => plateau.observe(elbo));
    expect(after).toEqual([0.8, 0.8, 0.8, 0.8, 0.4, 0.4]);
    expect(rates({ kind: 'plateau' }, 2)).toEqual([0.8, 0.8]);
  });

  test.each(['constant', 'cosine', 'exponential'] as const)('of kind %s watches nothing', (kind) => {
    expect(createPlateau({ kind }, 0.8)).toBeUndefined();
  });
});
