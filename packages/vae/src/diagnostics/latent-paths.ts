import {
  ArgumentError,
  formatShape,
  fromTypedArray,
  ShapeError,
  sameShape,
  type Tensor,
} from '@reparam/tensor';

/**
 * Copies of z [latent] in which the latent of that number takes each of the values: [values, latent]. Decode them
 * to see what one latent does. @throws ShapeError unless z is [latent], ArgumentError when there is no such latent.
 */
export function traverse(z: Tensor, latent: number, values: readonly number[]): Tensor {
  requireVector('traverse', { z });
  const [size] = z.shape as readonly [number];
  if (!(Number.isInteger(latent) && latent >= 0 && latent < size)) {
    throw new ArgumentError(
      'traverse',
      'latent',
      latent,
      `latent is ${latent}, but z is ${formatShape(z.shape)}: its latents are numbered 0 to ${size - 1}.`,
    );
  }
  return rows(
    z,
    values.map((value) => z.toTypedArray().map((old, d) => (d === latent ? value : old))),
  );
}

export interface InterpolationOptions {
  /** Points, both ends included; at least 2. */
  readonly steps: number;
  /**
   * `linear` unless told. `spherical` keeps to typical lengths under N(0, I): a straight line between two draws
   * passes nearer to the origin than draws ever are in many dimensions (White 2016).
   */
  readonly path?: 'linear' | 'spherical';
}

/** Below this angle between z0 and z1 the arc is a straight line to within rounding. */
const smallestAngle = 1e-7;

/**
 * Points from z0 to z1, both [latent]: [steps, latent]. The spherical path is
 * (sin((1−t)Ω) z0 + sin(tΩ) z1)/sin Ω with the angle Ω between z0 and z1 (Shoemake 1985).
 * @throws ShapeError unless both are [latent], ArgumentError on fewer than two steps, or on a spherical path from
 * the origin or between opposite directions, where it is not defined.
 */
export function interpolate(
  z0: Tensor,
  z1: Tensor,
  { steps, path = 'linear' }: InterpolationOptions,
): Tensor {
  requireVector('interpolate', { z0, z1 });
  if (!(Number.isSafeInteger(steps) && steps >= 2)) {
    throw new ArgumentError(
      'interpolate',
      'steps',
      steps,
      `steps is ${steps}; it must be a whole number ≥ 2, as both ends are among them.`,
    );
  }
  const [from, to] = [z0.toTypedArray(), z1.toTypedArray()];
  const angle = path === 'spherical' ? angleBetween(from, to) : 0;
  return rows(
    z0,
    Array.from({ length: steps }, (_, i) => {
      const t = i / (steps - 1);
      const [a, b] =
        angle < smallestAngle
          ? [1 - t, t]
          : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
      return from.map((value, d) => a * value + b * to[d]!);
    }),
  );
}

function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norms = [Math.hypot(...Array.from(a)), Math.hypot(...Array.from(b))];
  const [unitA, unitB] = [a, b].map((each, i) => Array.from(each, (value) => value / norms[i]!));
  // 2·atan2(‖a − b‖, ‖a + b‖) is accurate at every angle, where acos loses half of the digits at its ends.
  const apart = Math.hypot(...unitA!.map((value, d) => value - unitB![d]!));
  const along = Math.hypot(...unitA!.map((value, d) => value + unitB![d]!));
  const angle = 2 * Math.atan2(apart, along);
  if (angle < Math.PI - smallestAngle) return angle;
  throw new ArgumentError(
    'interpolate',
    'path',
    'spherical',
    norms.includes(0)
      ? 'a spherical path has no direction at the origin, and z0 or z1 is 0. Take { path: "linear" }.'
      : 'z0 and z1 point in opposite directions, so no arc is shortest. Take { path: "linear" }, or other ends.',
  );
}

function requireVector(operation: string, vectors: Readonly<Record<string, Tensor>>): void {
  const shapes = Object.fromEntries(Object.entries(vectors).map(([name, { shape }]) => [name, shape]));
  const all = Object.values(shapes);
  if (all.every((shape) => shape.length === 1 && sameShape(shape, all[0]!))) return;
  const described = Object.entries(shapes).map(([name, shape]) => `${name} is ${formatShape(shape)}`);
  throw new ShapeError(
    operation,
    `${described.join(' and ')}; give one point [latent]${all.length > 1 ? ' each, of the same length' : ''}.`,
    shapes,
  );
}

/** [rows, latent], of the element type of `like`. */
function rows(like: Tensor, values: readonly ArrayLike<number>[]): Tensor {
  const data = Float64Array.from(values.flatMap((row) => Array.from(row)));
  return fromTypedArray(data, [values.length, like.shape[0]!]).cast(like.dtype);
}
