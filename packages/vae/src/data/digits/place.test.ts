import { expect, test } from 'vitest';
import { centreOnPicture, scaleToBox } from './place.ts';

test('scaleToBox fits ink, not only its middle line, and keeps the weight of the pen', () => {
  const [stroke] = scaleToBox(
    [
      [
        { x: 0, y: 0, radius: 1 },
        { x: 3, y: 8, radius: 2 },
      ],
    ],
    20,
  );
  // 20 pixels less a radius of 2 at both ends leave 16 for the height of 8.
  expect(stroke).toEqual([
    { x: 0, y: 0, radius: 1 },
    { x: 6, y: 16, radius: 2 },
  ]);
});

test('centreOnPicture balances the strokes by length times width', () => {
  // Masses 10·2 and 5·4 at x = 0 and x = 12, both at y = 5 and 2.5: centre (6, 3.75).
  const [thin, thick] = centreOnPicture(
    [
      [
        { x: 0, y: 0, radius: 1 },
        { x: 0, y: 10, radius: 1 },
      ],
      [
        { x: 12, y: 0, radius: 2 },
        { x: 12, y: 5, radius: 2 },
      ],
    ],
    28,
  );
  expect(thin).toEqual([
    { x: 8, y: 10.25, radius: 1 },
    { x: 8, y: 20.25, radius: 1 },
  ]);
  expect(thick![0]).toEqual({ x: 20, y: 10.25, radius: 2 });
});

test('centreOnPicture keeps the ink inside where balance would push it out', () => {
  // Masses 2·10 at x = 1 and 16·1 at x = 10: centre 5, so balance asks for a move by 14 − 5 = 9. But the thin
  // end reaches 18.5, and 28 less the margin of 1.5 allows only 8.
  const [thick, thin] = centreOnPicture(
    [
      [
        { x: 0, y: 0, radius: 5 },
        { x: 2, y: 0, radius: 5 },
      ],
      [
        { x: 2, y: 0, radius: 0.5 },
        { x: 18, y: 0, radius: 0.5 },
      ],
    ],
    28,
  );
  expect(thick![0]).toEqual({ x: 8, y: 14, radius: 5 });
  expect(thin![1]).toEqual({ x: 26, y: 14, radius: 0.5 });
});
