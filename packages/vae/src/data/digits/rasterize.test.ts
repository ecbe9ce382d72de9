import { expect, test } from 'vitest';
import { rasterizeStroke } from './rasterize.ts';

const SIZE = 20;

function draw(...points: [x: number, y: number, radius: number][]): Float32Array {
  const picture = new Float32Array(SIZE * SIZE);
  rasterizeStroke(
    points.map(([x, y, radius]) => ({ x, y, radius })),
    picture,
    SIZE,
  );
  return picture;
}

function column(picture: Float32Array, at: number): number[] {
  return Array.from({ length: SIZE }, (_, row) => picture[row * SIZE + at]!);
}

function ink(picture: Float32Array): number {
  return picture.reduce((total, value) => total + value, 0);
}

test('a level line has the ink of its distance: ½ + (2 − d)/1.25', () => {
  const profile = column(draw([4, 10, 2], [16, 10, 2]), 9);
  // Pixel centres lie at d = 0.5, 1.5, 2.5 from the line y = 10.
  const expected = [0.1, 0.9, 1, 1, 0.9, 0.1];
  expect(profile.slice(7, 13)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  expect(ink(draw([4, 10, 2], [16, 10, 2]))).toBeCloseTo(ink(draw([10, 4, 2], [10, 16, 2])), 4);
});

test('covers the area of a capsule', () => {
  const [x1, y1, x2, y2, radius] = [5.3, 6.1, 14.2, 12.7, 2.2];
  const length = Math.hypot(x2 - x1, y2 - y1);
  // A linear edge of width w around a disc adds πw²/12 to its area.
  const area = 2 * radius * length + Math.PI * radius ** 2 + (Math.PI * 1.25 ** 2) / 12;
  expect(ink(draw([x1, y1, radius], [x2, y2, radius])) / area).toBeCloseTo(1, 2);
});

test('the radius runs from one point to the next', () => {
  const picture = draw([4, 10, 1], [16, 10, 3]);
  // At the column with centre 10.5 the radius is 1 + 2·(6.5/12) = 2.08333; the rows' distances are 0.5, 1.5, 2.5.
  const expected = [0, 0.166667, 0.966667, 1, 1, 0.966667, 0.166667, 0];
  expect(column(picture, 10).slice(6, 14)).toEqual(expected.map((value) => expect.closeTo(value, 5)));
});

test('overlapping segments do not add up', () => {
  const once = draw([4, 10, 2], [16, 10, 2]);
  expect(draw([4, 10, 2], [16, 10, 2], [4, 10, 2])).toEqual(once);
  expect(Math.max(...draw([4, 4, 2], [16, 16, 2], [4, 16, 2], [16, 4, 2]))).toBe(1);
});

test('strokes leaving the picture are cut, and a dot is a disc', () => {
  expect(ink(draw([-30, 10, 2], [50, 10, 2]))).toBeCloseTo(4 * SIZE, 4);
  expect(ink(draw([-30, -30, 2], [-20, -20, 2]))).toBe(0);
  const disc = Math.PI * 3 ** 2 + (Math.PI * 1.25 ** 2) / 12;
  expect(Math.abs(ink(draw([10, 10, 3], [10, 10, 3])) / disc - 1)).toBeLessThan(0.02);
});
