import { ArgumentError } from '@reparam/tensor';
import { requireCount, requirePositive, requireWhole } from './arguments.ts';

/** A number that changes with the step (counted from 0): an annealed weight, a learning rate. */
export type Schedule = (step: number) => number;

export function constantSchedule(value: number): Schedule {
  return () => value;
}

/** From `from` to `to` in a straight line over `over` steps, then `to`. @throws ArgumentError unless over ≥ 0. */
export function linearSchedule({ from, to, over }: { from: number; to: number; over: number }): Schedule {
  requireRamp('linearSchedule', over);
  return (step) => (step >= over ? to : from + ((to - from) * step) / over);
}

/**
 * From `from` down to `to` (0 unless told) along half a cosine over `over` steps, then `to`:
 * to + (from − to)·½(1 + cos(π·step/over)) (Loshchilov & Hutter 2017, equation 5). @throws ArgumentError unless over ≥ 0.
 */
export function cosineSchedule({
  from,
  to = 0,
  over,
}: {
  from: number;
  to?: number;
  over: number;
}): Schedule {
  requireRamp('cosineSchedule', over);
  return (step) => (step >= over ? to : to + (from - to) * 0.5 * (1 + Math.cos((Math.PI * step) / over)));
}

function requireRamp(operation: string, over: number): void {
  if (over >= 0) return;
  throw new ArgumentError(operation, 'over', over, `the ramp is ${over} steps long; it must be ≥ 0.`);
}

/** from·factor^⌊step/every⌋: constant between drops. @throws ArgumentError unless factor > 0 and every is whole. */
export function stepSchedule({
  from,
  factor,
  every,
}: {
  from: number;
  factor: number;
  every: number;
}): Schedule {
  requirePositive('stepSchedule', 'factor', factor);
  requireCount('stepSchedule', 'every', every);
  return (step) => from * factor ** Math.floor(step / every);
}

/** from·factor^(step/every): the same decay without jumps; every step unless told. @throws ArgumentError */
export function exponentialSchedule({
  from,
  factor,
  every = 1,
}: {
  from: number;
  factor: number;
  every?: number;
}): Schedule {
  requirePositive('exponentialSchedule', 'factor', factor);
  requirePositive('exponentialSchedule', 'every', every);
  return (step) => from * factor ** (step / every);
}

/**
 * Grows over `over` steps to where `schedule` begins, in a straight line that starts above 0 (Goyal et al. 2017),
 * and then follows it: step k gives schedule(0)·(k + 1)/(over + 1), step over + k gives schedule(k).
 * @throws ArgumentError unless over is a whole number ≥ 0.
 */
export function warmUpSchedule(schedule: Schedule, { over }: { readonly over: number }): Schedule {
  requireWhole('warmUpSchedule', 'over', over);
  const target = schedule(0);
  return sequenceSchedule(
    [{ schedule: linearSchedule({ from: target / (over + 1), to: target, over }), steps: over }],
    schedule,
  );
}

/**
 * Schedules one after the other, each counted from 0 where it begins: those of `parts` for as many steps as they
 * say, then `last`. @throws ArgumentError unless every number of steps is whole and ≥ 0.
 */
export function sequenceSchedule(
  parts: readonly { readonly schedule: Schedule; readonly steps: number }[],
  last: Schedule,
): Schedule {
  for (const { steps } of parts) requireWhole('sequenceSchedule', 'steps', steps);
  return (step) => {
    let since = step;
    for (const { schedule, steps } of parts) {
      if (since < steps) return schedule(since);
      since -= steps;
    }
    return last(since);
  };
}

/**
 * Begins `schedule` anew every `every` steps, `cycles` times (without end unless told); the last time it goes on as
 * it would: step k gives schedule(k − every·min(⌊k/every⌋, cycles − 1)). Around a ramp from 0 to 1 over half of a
 * cycle it is the cyclical annealing of Fu et al. 2019.
 * @throws ArgumentError unless every and cycles are whole and above 0.
 */
export function cyclicalSchedule(
  schedule: Schedule,
  { every, cycles = Number.MAX_SAFE_INTEGER }: { readonly every: number; readonly cycles?: number },
): Schedule {
  requireCount('cyclicalSchedule', 'every', every);
  requireCount('cyclicalSchedule', 'cycles', cycles);
  return (step) => schedule(step - every * Math.min(Math.floor(step / every), cycles - 1));
}
