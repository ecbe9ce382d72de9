import type { PenPoint } from './point.ts';

/** Width in pixels over which the edge of a stroke fades from ink to paper. */
const EDGE = 1.25;

/**
 * Draws a stroke into `picture` (row-major, `size` × `size`, 0 paper … 1 ink), pixel (i, j) having its centre
 * at x = j + ½, y = i + ½. Between neighbouring points the pen sweeps a capsule whose radius runs linearly from
 * the one's to the other's; the ink of a pixel is ½ + (radius − distance)/EDGE, cut to 0…1. Where strokes
 * overlap the darker one stands.
 */
export function rasterizeStroke(stroke: readonly PenPoint[], picture: Float32Array, size: number): void {
  for (let i = 1; i < stroke.length; i++) rasterizeSegment(stroke[i - 1]!, stroke[i]!, picture, size);
}

function rasterizeSegment(p: PenPoint, q: PenPoint, picture: Float32Array, size: number): void {
  const reach = Math.max(p.radius, q.radius) + EDGE / 2;
  const left = Math.max(0, Math.ceil(Math.min(p.x, q.x) - reach - 0.5));
  const right = Math.min(size - 1, Math.floor(Math.max(p.x, q.x) + reach - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(p.y, q.y) - reach - 0.5));
  const bottom = Math.min(size - 1, Math.floor(Math.max(p.y, q.y) + reach - 0.5));
  const dx = q.x - p.x;
  const dy = q.y - p.y;
  const inverseSquare = 1 / Math.max(dx * dx + dy * dy, 1e-12);
  for (let row = top; row <= bottom; row++) {
    const fromY = row + 0.5 - p.y;
    for (let column = left; column <= right; column++) {
      const fromX = column + 0.5 - p.x;
      const along = Math.min(1, Math.max(0, (fromX * dx + fromY * dy) * inverseSquare));
      const awayX = fromX - along * dx;
      const awayY = fromY - along * dy;
      const radius = p.radius + along * (q.radius - p.radius);
      const ink = 0.5 + (radius - Math.sqrt(awayX * awayX + awayY * awayY)) / EDGE;
      const pixel = row * size + column;
      if (ink > picture[pixel]!) picture[pixel] = Math.min(1, ink);
    }
  }
}
