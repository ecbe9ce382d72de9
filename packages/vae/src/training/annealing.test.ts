import { describe, expect, test } from 'vitest';
import { annealingEpochs, type KlAnnealingSettings, klSchedule } from './annealing.ts';

/** Weights at the first steps of a run with so many steps an epoch. */
function weights(
  annealing: KlAnnealingSettings,
  { beta = 1, epochSteps = 4, steps }: { beta?: number; epochSteps?: number; steps: number },
): number[] {
  const schedule = klSchedule({ annealing, beta }, epochSteps);
  return Array.from({ length: steps }, (_, step) => schedule(step));
}

/** The numbers, to the last few bits. */
function near(values: readonly number[]): unknown {
  return values.map((value) => expect.closeTo(value, 12));
}

describe('the weight of the KL', () => {
  test('without annealing is β from the first step', () => {
    expect(weights({ kind: 'none' }, { beta: 0.5, steps: 3 })).toEqual([0.5, 0.5, 0.5]);
  });

  test('grows in a straight line', () => {
    const got = weights({ kind: 'linear', epochs: 1.5 }, { beta: 3, steps: 9 });
    expect(got).toEqual(near([0, 0.5, 1, 1.5, 2, 2.5, 3, 3, 3]));
  });

  test('grows after some epochs at 0', () => {
    const got = weights({ kind: 'linear', epochs: 1, after: 0.5 }, { steps: 8 });
    expect(got).toEqual(near([0, 0, 0, 0.25, 0.5, 0.75, 1, 1]));
  });

  test('grows along half a cosine', () => {
    // ½(1 − cos(πk/4))
    const root = Math.SQRT1_2;
    const got = weights({ kind: 'cosine', epochs: 1, after: 0.25 }, { steps: 7 });
    expect(got).toEqual(near([0, 0, (1 - root) / 2, 0.5, (1 + root) / 2, 1, 1]));
  });

  test('grows again and again, and then stays', () => {
    const annealing = { kind: 'cyclical', epochs: 1, cycles: 2, rising: 0.5 } as const;
    expect(weights(annealing, { beta: 2, steps: 11 })).toEqual(near([0, 1, 2, 2, 0, 1, 2, 2, 2, 2, 2]));
  });

  test('jumps where there is no time to grow', () => {
    expect(weights({ kind: 'linear', epochs: 0 }, { steps: 2 })).toEqual([1, 1]);
    expect(weights({ kind: 'cosine', epochs: 0, after: 0.5 }, { steps: 3 })).toEqual([0, 0, 1]);
    // A cycle is a step at least.
    expect(weights({ kind: 'cyclical', epochs: 0.1, cycles: 3, rising: 0 }, { steps: 3 })).toEqual([1, 1, 1]);
  });

  test.each<[KlAnnealingSettings, number]>([
    [{ kind: 'none' }, 0],
    [{ kind: 'linear' }, 10],
    [{ kind: 'linear', epochs: 3, after: 2 }, 5],
    [{ kind: 'cosine', epochs: 0.5 }, 0.5],
    [{ kind: 'cyclical', epochs: 3, cycles: 4 }, 12],
  ])('no longer changes after the epochs of %o', (annealing, epochs) => {
    expect(annealingEpochs({ annealing })).toBe(epochs);
    const later = weights(annealing, { steps: 80 }).slice(epochs * 4);
    expect(new Set(later)).toEqual(new Set([1]));
  });
});
