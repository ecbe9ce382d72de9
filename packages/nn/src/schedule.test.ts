import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { constantSchedule, linearSchedule } from './schedule.ts';

describe('schedules', () => {
  test('a constant one stays', () => {
    const schedule = constantSchedule(0.25);
    expect([0, 1, 1e6].map(schedule)).toEqual([0.25, 0.25, 0.25]);
  });

  test('a linear one goes from one value to the other and stays there', () => {
    const schedule = linearSchedule({ from: 0, to: 2, over: 4 });
    expect([0, 1, 2, 3, 4, 5, 1e6].map(schedule)).toEqual([0, 0.5, 1, 1.5, 2, 2, 2]);
    const falling = linearSchedule({ from: 1, to: -1, over: 2 });
    expect([0, 1, 2].map(falling)).toEqual([1, 0, -1]);
  });

  test('over no steps it is at its end from the start', () => {
    expect(linearSchedule({ from: 0, to: 3, over: 0 })(0)).toBe(3);
  });

  test.each([-1, Number.NaN])('refuses a ramp of %s steps', (over) => {
    const build = (): unknown => linearSchedule({ from: 0, to: 1, over });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(`linearSchedule: the ramp is ${over} steps long; it must be ≥ 0.`);
  });
});
