import { ArgumentError, DTypeError, decodeSafetensors, encodeSafetensors, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { type PlateauOptions, PlateauSchedule } from './plateau-schedule.ts';

/** The value after each metric. */
function follow(options: PlateauOptions, metrics: readonly number[]): number[] {
  const schedule = new PlateauSchedule(options);
  return metrics.map((metric) => schedule.observe(metric));
}

describe('PlateauSchedule', () => {
  const halving = { from: 8, factor: 0.5, patience: 2, threshold: 0 };

  test('drops when more observations than its patience bring nothing', () => {
    expect(follow(halving, [5, 5, 5, 5, 5, 5, 5])).toEqual([8, 8, 8, 4, 4, 4, 2]);
    // An improvement starts the count anew.
    expect(follow(halving, [5, 6, 6, 4, 6, 6, 6])).toEqual([8, 8, 8, 8, 8, 8, 4]);
    expect(follow({ ...halving, patience: 0 }, [5, 5, 4, 5])).toEqual([8, 4, 4, 2]);
  });

  test('looks for larger metrics where those are better', () => {
    expect(follow({ ...halving, goal: 'maximise' }, [1, 2, 3, 4, 3, 3, 3])).toEqual([8, 8, 8, 8, 8, 8, 4]);
  });

  test('counts as improvement only what is more than a share of the best, whatever its sign', () => {
    const strict = { ...halving, patience: 0, threshold: 0.1 };
    expect(follow(strict, [100, 89])).toEqual([8, 8]);
    expect(follow(strict, [100, 91])).toEqual([8, 4]);
    expect(follow(strict, [-100, -111])).toEqual([8, 8]);
    expect(follow(strict, [-100, -109])).toEqual([8, 4]);
    expect(follow({ ...strict, goal: 'maximise' }, [-100, -89])).toEqual([8, 8]);
    expect(follow({ ...strict, goal: 'maximise' }, [-100, -91])).toEqual([8, 4]);
  });

  test('rests after a drop, and never goes below its minimum', () => {
    const impatient = { ...halving, patience: 0 };
    expect(follow({ ...impatient, cooldown: 2 }, [5, 5, 5, 5, 5])).toEqual([8, 4, 4, 4, 2]);
    expect(follow({ ...impatient, minimum: 3 }, [5, 5, 5, 5])).toEqual([8, 4, 3, 3]);
    expect(follow({ ...impatient, minimum: 10 }, [5, 5])).toEqual([8, 8]);
  });

  test('an infinite metric is no improvement, and the first finite one is', () => {
    expect(follow({ ...halving, patience: 1, threshold: 0.1 }, [Infinity, 7, 8, 8])).toEqual([8, 8, 8, 4]);
  });

  test('goes on from a saved state as if never stopped', () => {
    const options = { ...halving, cooldown: 1 };
    const metrics = [5, 4, 6, 6, 6, 6, 3, 6, 6, 6, 6];
    const straight = follow(options, metrics);
    for (let stop = 0; stop <= metrics.length; stop++) {
      const stopped = new PlateauSchedule(options);
      for (const metric of metrics.slice(0, stop)) stopped.observe(metric);
      const resumed = new PlateauSchedule(options);
      resumed.restore(decodeSafetensors(encodeSafetensors(stopped.state())).tensors);
      expect(metrics.slice(stop).map((metric) => resumed.observe(metric))).toEqual(straight.slice(stop));
    }
  });

  test('refuses a state that is not its own, and changes nothing', () => {
    const schedule = new PlateauSchedule(halving);
    schedule.observe(5);
    const state = schedule.state();
    expect(() => schedule.restore({ ...state, idle: tensor(1) })).toThrow(DTypeError);
    const negative = { ...state, idle: tensor(-1, { dtype: 'int32' }) };
    expect(() => schedule.restore(negative)).toThrow(
      'PlateauSchedule.restore: idle is -1; it must be a whole number ≥ 0.',
    );
    const { best: _, ...incomplete } = state;
    expect(() => schedule.restore(incomplete)).toThrow('missing: best');
    expect(schedule.state()).toEqual(state);
  });

  test.each<[Partial<PlateauOptions>, string]>([
    [{ from: 0 }, 'from is 0; it must be a number above 0.'],
    [{ factor: 1 }, 'factor is 1; it must be at least 0 and below 1.'],
    [{ patience: -1 }, 'patience is -1; it must be a whole number ≥ 0.'],
    [{ threshold: Number.NaN }, 'threshold is NaN; it must be a number ≥ 0.'],
    [{ cooldown: 0.5 }, 'cooldown is 0.5; it must be a whole number ≥ 0.'],
    [{ minimum: -1 }, 'minimum is -1; it must be a number ≥ 0.'],
  ])('refuses %j', (options, message) => {
    expect(() => new PlateauSchedule({ from: 1, ...options })).toThrow(ArgumentError);
    expect(() => new PlateauSchedule({ from: 1, ...options })).toThrow(`PlateauSchedule: ${message}`);
  });

  test('refuses NaN', () => {
    expect(() => new PlateauSchedule({ from: 1 }).observe(Number.NaN)).toThrow(
      'PlateauSchedule.observe: the metric is NaN: the training has most likely diverged.',
    );
  });
});
