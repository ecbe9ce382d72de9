import { describe, expect, test } from 'vitest';
import { eye, tensor } from './create.ts';
import { interpolate, interpolateAdjoint, linearGrid } from './interpolation.ts';

describe('linearGrid', () => {
  test('by hand: middles of equal parts, clamped at the edges', () => {
    // (i + ½)·3/6 − ½ = −¼, ¼, ¾, 1¼, 1¾, 2¼
    const { lower, upper, fraction } = linearGrid(0, 3, 6, false);
    expect(lower.toArray()).toEqual([0, 0, 0, 1, 1, 2]);
    expect(upper.toArray()).toEqual([0, 1, 1, 2, 2, 2]);
    expect([...fraction]).toEqual([0, 0.25, 0.75, 0.25, 0.75, 0]);
  });

  test('by hand: aligned corners', () => {
    const { lower, upper, fraction } = linearGrid(0, 3, 5, true);
    expect(lower.toArray()).toEqual([0, 0, 1, 1, 2]);
    expect(upper.toArray()).toEqual([0, 1, 1, 2, 2]);
    expect([...fraction]).toEqual([0, 0.5, 0, 0.5, 0]);
    expect([...linearGrid(0, 3, 1, true).fraction]).toEqual([0]);
  });
});

test('interpolateAdjoint is the transpose of interpolate: both matrices, entry by entry', () => {
  for (const alignCorners of [false, true]) {
    const grid = linearGrid(0, 4, 7, alignCorners);
    const matrix = interpolate(eye(4, 4, { dtype: 'float64' }), grid);
    const adjoint = interpolateAdjoint(eye(7, 7, { dtype: 'float64' }), grid);
    expect(matrix.shape).toEqual([7, 4]);
    expect(adjoint.toArray()).toEqual(matrix.transpose().toArray());
  }
});

test('an inner axis, and numbers whose difference overflows', () => {
  const x = tensor([
    [1, 3],
    [-3e38, 3e38],
  ]);
  expect(interpolate(x, linearGrid(1, 2, 3, true)).toArray()).toEqual([
    [1, 2, 3],
    [Math.fround(-3e38), 0, Math.fround(3e38)],
  ]);
});
