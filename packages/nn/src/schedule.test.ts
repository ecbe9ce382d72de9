import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import {
  constantSchedule,
  cosineSchedule,
  cyclicalSchedule,
  exponentialSchedule,
  linearSchedule,
  sequenceSchedule,
  stepSchedule,
  warmUpSchedule,
} from './schedule.ts';

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

  test('half a cosine goes from one value to a floor and stays there', () => {
    // cos 0, π/3, π/2, 2π/3, π = 1, ½, 0, −½, −1
    const expectValues = (schedule: (step: number) => number, expected: readonly number[]): void => {
      [0, 2, 3, 4, 6, 7, 1e6].forEach((step, i) => {
        expect(schedule(step)).toBeCloseTo(expected[i]!, 14);
      });
    };
    expectValues(cosineSchedule({ from: 2, over: 6 }), [2, 1.5, 1, 0.5, 0, 0, 0]);
    expectValues(cosineSchedule({ from: 5, to: 1, over: 6 }), [5, 4, 3, 2, 1, 1, 1]);
    expect(cosineSchedule({ from: 5, to: 1, over: 0 })(0)).toBe(1);
  });

  test('steps drop once in a while, and exponentials all the time', () => {
    const dropping = stepSchedule({ from: 8, factor: 0.5, every: 3 });
    expect([0, 1, 2, 3, 5, 6, 9].map(dropping)).toEqual([8, 8, 8, 4, 4, 2, 1]);
    expect([0, 1, 2, 3].map(exponentialSchedule({ from: 8, factor: 0.5 }))).toEqual([8, 4, 2, 1]);
    const slower = exponentialSchedule({ from: 1, factor: 4, every: 2 });
    expect([0, 1, 2, 3].map(slower)).toEqual([1, 2, 4, 8]);
  });

  test('a warm-up grows evenly into the schedule that follows', () => {
    const warmed = warmUpSchedule(linearSchedule({ from: 8, to: 0, over: 4 }), { over: 3 });
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map(warmed)).toEqual([2, 4, 6, 8, 6, 4, 2, 0, 0]);
    expect([0, 1].map(warmUpSchedule(constantSchedule(3), { over: 0 }))).toEqual([3, 3]);
  });

  test('a sequence counts each part from its own beginning', () => {
    const schedule = sequenceSchedule(
      [
        { schedule: (step) => 100 + step, steps: 2 },
        { schedule: (step) => 200 + step, steps: 0 },
        { schedule: (step) => 300 + step, steps: 3 },
      ],
      (step) => 400 + step,
    );
    expect([0, 1, 2, 3, 4, 5, 6].map(schedule)).toEqual([100, 101, 300, 301, 302, 400, 401]);
    expect(sequenceSchedule([], constantSchedule(7))(0)).toBe(7);
  });

  test('a cycle begins its schedule anew, and the last one goes on', () => {
    const ramp = linearSchedule({ from: 0, to: 1, over: 2 });
    const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(steps.map(cyclicalSchedule(ramp, { every: 4 }))).toEqual([
      0, 0.5, 1, 1, 0, 0.5, 1, 1, 0, 0.5, 1, 1,
    ]);
    expect(steps.map(cyclicalSchedule(ramp, { every: 4, cycles: 2 }))).toEqual([
      0, 0.5, 1, 1, 0, 0.5, 1, 1, 1, 1, 1, 1,
    ]);
    const falling = exponentialSchedule({ from: 8, factor: 0.5 });
    expect([0, 1, 2, 3, 4].map(cyclicalSchedule(falling, { every: 2, cycles: 2 }))).toEqual([8, 4, 8, 4, 2]);
  });

  test.each<[() => unknown, string]>([
    [
      () => cyclicalSchedule(constantSchedule(1), { every: 0 }),
      'cyclicalSchedule: every is 0; it must be a whole number above 0.',
    ],
    [
      () => cyclicalSchedule(constantSchedule(1), { every: 3, cycles: 1.5 }),
      'cyclicalSchedule: cycles is 1.5; it must be a whole number above 0.',
    ],
    [
      () => cosineSchedule({ from: 1, over: -2 }),
      'cosineSchedule: the ramp is -2 steps long; it must be ≥ 0.',
    ],
    [
      () => stepSchedule({ from: 1, factor: 0, every: 2 }),
      'stepSchedule: factor is 0; it must be a number above 0.',
    ],
    [
      () => stepSchedule({ from: 1, factor: 0.5, every: 2.5 }),
      'stepSchedule: every is 2.5; it must be a whole number above 0.',
    ],
    [
      () => exponentialSchedule({ from: 1, factor: Number.NaN }),
      'exponentialSchedule: factor is NaN; it must be a number above 0.',
    ],
    [
      () => exponentialSchedule({ from: 1, factor: 0.5, every: 0 }),
      'exponentialSchedule: every is 0; it must be a number above 0.',
    ],
    [
      () => warmUpSchedule(constantSchedule(1), { over: -1 }),
      'warmUpSchedule: over is -1; it must be a whole number ≥ 0.',
    ],
    [
      () => sequenceSchedule([{ schedule: constantSchedule(1), steps: 0.5 }], constantSchedule(1)),
      'sequenceSchedule: steps is 0.5; it must be a whole number ≥ 0.',
    ],
  ])('refuses arguments out of range', (build, message) => {
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(message);
  });
});
