import { expect, test } from 'vitest';
import { principalDirection, principalPoints } from './principal-points.ts';

test.each([
  [6, [4, 2, 1, 0.3, 0.2, 0.1]],
  [5, [3, 1]],
])('points in %i dimensions have mean 0 and the eigenvalues %j', (features, eigenvalues) => {
  const points = principalPoints(eigenvalues, features).toArray() as number[][];
  expect(points).toHaveLength(2 * eigenvalues.length);
  const mean = (f: (point: readonly number[]) => number): number =>
    points.reduce((sum, point) => sum + f(point), 0) / points.length;
  for (let i = 0; i < features; i++) {
    expect(mean((point) => point[i]!)).toBeCloseTo(0, 12);
    const direction = principalDirection(i, features);
    // Cov·u = λu
    for (let j = 0; j < features; j++) {
      const projected = mean((point) => point[j]! * direction.reduce((dot, u, k) => dot + u * point[k]!, 0));
      expect(projected).toBeCloseTo((eigenvalues[i] ?? 0) * direction[j]!, 12);
    }
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
  }
});
