import { expect, test } from 'vitest';
import { skeletons } from './skeletons.ts';

test('every digit has two or more styles, each with a name of its own and a weight', () => {
  expect(skeletons).toHaveLength(10);
  const styles = skeletons.flat();
  expect(new Set(styles.map(({ name }) => name)).size).toBe(styles.length);
  skeletons.forEach((styles, digit) => {
    expect(styles.length).toBeGreaterThanOrEqual(2);
    for (const { name, weight } of styles) {
      expect(name.startsWith(`${digit},`)).toBe(true);
      expect(weight).toBeGreaterThan(0);
    }
  });
});

test('strokes have two knots or more, and each digit fills its height', () => {
  for (const { strokes } of skeletons.flat()) {
    for (const stroke of strokes) expect(stroke.length).toBeGreaterThanOrEqual(2);
    const knots = strokes.flat();
    for (const [x] of knots) expect(x >= 0 && x <= 75).toBe(true);
    const ys = knots.map(([, y]) => y);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ys)).toBeLessThanOrEqual(100);
    expect(Math.max(...ys) - Math.min(...ys)).toBeGreaterThanOrEqual(90);
  }
});
