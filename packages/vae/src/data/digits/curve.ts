import { distance, type Point } from './point.ts';

/** A knot of a curve: the curve passes through it, smoothly unless it is a corner. */
export interface CurveKnot extends Point {
  readonly corner: boolean;
}

const SAMPLES_PER_SPAN = 6;

/**
 * Flattens a centripetal Catmull–Rom spline through `knots` to a polyline. Centripetal, because the uniform
 * kind overshoots where short spans follow long ones, and may then cross itself (Yuksel et al. 2011,
 * "Parameterization and applications of Catmull–Rom curves").
 */
export function flattenCurve(knots: readonly CurveKnot[]): Point[] {
  const polyline: Point[] = [knots[0]!];
  let start = 0;
  for (let end = 1; end < knots.length; end++) {
    if (end < knots.length - 1 && !knots[end]!.corner) continue;
    appendSmooth(knots.slice(start, end + 1), polyline);
    start = end;
  }
  return polyline;
}

/** Appends the curve through `knots`, of which the first is already the last point of `polyline`. */
function appendSmooth(knots: readonly Point[], polyline: Point[]): void {
  const durations = knots.slice(1).map((knot, i) => Math.sqrt(distance(knots[i]!, knot)) || 1e-6);
  const velocities = knots.map((_, i) => velocityAt(knots, durations, i));
  for (let i = 0; i < durations.length; i++) {
    const duration = durations[i]!;
    for (let sample = 1; sample <= SAMPLES_PER_SPAN; sample++) {
      const t = sample / SAMPLES_PER_SPAN;
      polyline.push(hermite(knots[i]!, velocities[i]!, knots[i + 1]!, velocities[i + 1]!, duration, t));
    }
  }
}

/** The velocity at knot i of the parabola through it and its neighbours (at an end, of the nearest parabola). */
function velocityAt(knots: readonly Point[], durations: readonly number[], i: number): Point {
  const last = knots.length - 1;
  if (last === 1) return chordVelocity(knots, durations, 0);
  if (i === 0) return reflect(velocityAt(knots, durations, 1), chordVelocity(knots, durations, 0));
  if (i === last)
    return reflect(velocityAt(knots, durations, last - 1), chordVelocity(knots, durations, last - 1));
  const before = chordVelocity(knots, durations, i - 1);
  const after = chordVelocity(knots, durations, i);
  const share = durations[i]! / (durations[i - 1]! + durations[i]!);
  return { x: before.x * share + after.x * (1 - share), y: before.y * share + after.y * (1 - share) };
}

function chordVelocity(knots: readonly Point[], durations: readonly number[], i: number): Point {
  const from = knots[i]!;
  const to = knots[i + 1]!;
  return { x: (to.x - from.x) / durations[i]!, y: (to.y - from.y) / durations[i]! };
}

/** On a parabola, the mean of the end velocities is the velocity along the chord. */
function reflect(velocity: Point, mean: Point): Point {
  return { x: 2 * mean.x - velocity.x, y: 2 * mean.y - velocity.y };
}

function hermite(p: Point, pVelocity: Point, q: Point, qVelocity: Point, duration: number, t: number): Point {
  const s = 1 - t;
  const ofP = (1 + 2 * t) * s * s;
  const ofQ = (1 + 2 * s) * t * t;
  const ofPVelocity = duration * t * s * s;
  const ofQVelocity = -duration * s * t * t;
  return {
    x: ofP * p.x + ofQ * q.x + ofPVelocity * pVelocity.x + ofQVelocity * qVelocity.x,
    y: ofP * p.y + ofQ * q.y + ofPVelocity * pVelocity.y + ofQVelocity * qVelocity.y,
  };
}
