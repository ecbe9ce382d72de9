import type { Draws } from './draws.ts';
import { distance, type PenPoint, type Point } from './point.ts';

/** Gives the points of a stroke the radius of the pen's tip there. */
export type Pen = (stroke: readonly Point[]) => PenPoint[];

/**
 * A pen of random weight whose pressure changes gently on the way: one slow wave along each stroke, by at most
 * 18 %, and the tip lifting towards the stroke's end. `box` is the height of a digit in pixels; when it is 20,
 * the tip's radius is about 1.32, and 0.94 or 1.85 in the lightest and heaviest hands.
 */
export function randomPen(draws: Draws, box: number): Pen {
  const weight = (box / 20) * 1.32 * Math.exp(draws.normal(0.17));
  const swing = draws.uniform(0.02, 0.18);
  const turns = draws.uniform(0.4, 1.2);
  const phase = draws.uniform(0, 1);
  const lift = draws.uniform(0, 0.3);
  return (stroke) => {
    const travelled = arcLengths(stroke);
    const whole = Math.max(travelled.at(-1)!, 1e-6);
    return stroke.map(({ x, y }, i) => {
      const t = travelled[i]! / whole;
      const pressure = 1 + swing * Math.sin(2 * Math.PI * (turns * t + phase)) - lift * t ** 4;
      return { x, y, radius: weight * pressure };
    });
  };
}

function arcLengths(stroke: readonly Point[]): number[] {
  const lengths = [0];
  for (let i = 1; i < stroke.length; i++) {
    lengths.push(lengths[i - 1]! + distance(stroke[i - 1]!, stroke[i]!));
  }
  return lengths;
}
