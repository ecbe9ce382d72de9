/** A point of the plane: x to the right, y downwards, as pictures have it. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of a drawn stroke: where the centre of the pen's round tip is, and the tip's radius. */
export interface PenPoint extends Point {
  readonly radius: number;
}

export function distance(a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  return Math.sqrt(dx * dx + dy * dy);
}
