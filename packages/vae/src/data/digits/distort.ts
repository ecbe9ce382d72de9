import type { CurveKnot } from './curve.ts';
import type { Draws } from './draws.ts';
import type { Point } from './point.ts';
import type { Stroke } from './skeletons.ts';

/** Standard deviation by which a knot strays from the skeleton, in hundredths of the digit's height. */
const KNOT_JITTER = 3;

/** A hand never passes through quite the same points twice. */
export function jitterKnots(stroke: Stroke, draws: Draws): CurveKnot[] {
  return stroke.map(([x, y, turn]) => ({
    x: x + draws.normal(KNOT_JITTER),
    y: y + draws.normal(KNOT_JITTER),
    corner: turn === 'corner',
  }));
}

export type PointMap = (point: Point) => Point;

/**
 * A smooth elastic distortion: two plane waves, somewhat longer than the digit is tall, displace each point in a
 * direction of their own. Amplitude in hundredths of the digit's height.
 */
export function randomWaves(draws: Draws): PointMap {
  const waves = Array.from({ length: 2 }, () => {
    const wavelength = draws.uniform(110, 200);
    const heading = draws.uniform(0, 2 * Math.PI);
    return {
      kx: (2 * Math.PI * Math.cos(heading)) / wavelength,
      ky: (2 * Math.PI * Math.sin(heading)) / wavelength,
      phase: draws.uniform(0, 2 * Math.PI),
      dx: draws.normal(3),
      dy: draws.normal(3),
    };
  });
  return ({ x, y }) => {
    let [movedX, movedY] = [x, y];
    for (const { kx, ky, phase, dx, dy } of waves) {
      const height = Math.sin(kx * x + ky * y + phase);
      movedX += dx * height;
      movedY += dy * height;
    }
    return { x: movedX, y: movedY };
  };
}

/**
 * Width, slant and rotation of a hand: x' = a·x − s·y and y' = y, then turned by θ, with an aspect a of
 * 0.83…1.35, a slant s of −0.12…0.4 (most people lean to the right) and θ within ±10°.
 */
export function randomAffine(draws: Draws): PointMap {
  const aspect = 1.06 * Math.exp(draws.normal(0.12));
  const slant = 0.14 + draws.normal(0.13);
  const angle = draws.normal(5) * (Math.PI / 180);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return ({ x, y }) => {
    const sheared = aspect * x - slant * y;
    return { x: cos * sheared - sin * y, y: sin * sheared + cos * y };
  };
}
