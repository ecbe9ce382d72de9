import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { sigmoidalSchedule } from './schedule.ts';

describe('sigmoidalSchedule', () => {
  test('rises from 0 to 1, steepest in the middle, and is symmetric', () => {
    const schedule = sigmoidalSchedule(10);
    expect([schedule.length, schedule[0], schedule[10]]).toEqual([11, 0, 1]);
    const steps = schedule.slice(1).map((beta, t) => beta - schedule[t]!);
    for (let t = 1; t < 5; t++) expect(steps[t]).toBeGreaterThan(steps[t - 1]!);
    schedule.forEach((beta, t) => {
      expect(beta + schedule[10 - t]!).toBeCloseTo(1, 14);
    });
  });

  test('goes by (sigmoid(4(2t/T − 1)) − sigmoid(−4))/(sigmoid(4) − sigmoid(−4))', () => {
    // sigmoid(±4) = .5 ± .48201379, sigmoid(−2) = .11920292
    expect(sigmoidalSchedule(4)[1]).toBeCloseTo((0.11920292 - 0.01798621) / 0.96402758, 7);
    expect(sigmoidalSchedule(1)).toEqual([0, 1]);
  });

  test.each([
    [0, 4, 'sigmoidalSchedule: steps is 0; it must be a whole number'],
    [2.5, 4, 'sigmoidalSchedule: steps is 2.5; it must be a whole number'],
    [3, 0, 'sigmoidalSchedule: steepness is 0; it must be a number above 0.'],
  ])('refuses %d steps of steepness %d', (steps, steepness, message) => {
    expect(() => sigmoidalSchedule(steps, steepness)).toThrow(ArgumentError);
    expect(() => sigmoidalSchedule(steps, steepness)).toThrow(message);
  });
});
