import { ArgumentError } from '@reparam/tensor';

/** A number that changes with the step (counted from 0): an annealed weight, a learning rate. */
export type Schedule = (step: number) => number;

export function constantSchedule(value: number): Schedule {
  return () => value;
}

/** From `from` to `to` in a straight line over `over` steps, then `to`. @throws ArgumentError unless over ≥ 0. */
export function linearSchedule({ from, to, over }: { from: number; to: number; over: number }): Schedule {
  if (!(over >= 0)) {
    throw new ArgumentError(
      'linearSchedule',
      'over',
      over,
      `the ramp is ${over} steps long; it must be ≥ 0.`,
    );
  }
  return (step) => (step >= over ? to : from + ((to - from) * step) / over);
}
