import { distance, type PenPoint, type Point } from './point.ts';

type Strokes = readonly (readonly PenPoint[])[];

/** Pixels that stay white around the picture. */
const MARGIN = 1.5;

/**
 * Scales the way of the pen until the longer side of what it draws is `box` pixels long; the pen keeps its
 * weight. The heaviest point is taken to lie on the outline, so that the ink may end up a little shorter.
 */
export function scaleToBox(strokes: Strokes, box: number): PenPoint[][] {
  const points = strokes.flat();
  const heaviest = Math.max(...points.map(({ radius }) => radius));
  const width = span(points.map(({ x }) => x));
  const height = span(points.map(({ y }) => y));
  const scale = (box - 2 * heaviest) / Math.max(width, height);
  return strokes.map((stroke) => stroke.map(({ x, y, radius }) => ({ x: x * scale, y: y * scale, radius })));
}

/**
 * Moves the strokes so that their centre of mass lies at the centre of a size × size picture, as in MNIST,
 * but no further than the ink stays inside the margin.
 */
export function centreOnPicture(strokes: Strokes, size: number): PenPoint[][] {
  const centre = centreOfMass(strokes);
  const points = strokes.flat();
  const moveX = keepInside(size / 2 - centre.x, points, ({ x }) => x, size);
  const moveY = keepInside(size / 2 - centre.y, points, ({ y }) => y, size);
  return strokes.map((stroke) => stroke.map(({ x, y, radius }) => ({ x: x + moveX, y: y + moveY, radius })));
}

function span(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** `move` along a coordinate, or the nearest that keeps the ink of all points inside the margin. */
function keepInside(
  move: number,
  points: readonly PenPoint[],
  coordinate: (point: PenPoint) => number,
  size: number,
): number {
  const low = Math.min(...points.map((point) => coordinate(point) - point.radius));
  const high = Math.max(...points.map((point) => coordinate(point) + point.radius));
  return Math.max(MARGIN - low, Math.min(size - MARGIN - high, move));
}

/** Of the segments' middles, weighted with the area that the pen covers: length times mean width. */
function centreOfMass(strokes: Strokes): Point {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const p = stroke[i - 1]!;
      const q = stroke[i]!;
      const area = distance(p, q) * (p.radius + q.radius);
      mass += area;
      x += (area * (p.x + q.x)) / 2;
      y += (area * (p.y + q.y)) / 2;
    }
  }
  return { x: x / mass, y: y / mass };
}
