import { ArgumentError, ShapeError, tensor } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpolate, traverse } from './latent-paths.ts';

const float64 = { dtype: 'float64' } as const;

describe('traverse', () => {
  test('changes one latent and leaves the others', () => {
    const grid = traverse(tensor([1, 2, 3]), 1, [-1, 0, 5]);
    expect(grid.toArray()).toEqual([
      [1, -1, 3],
      [1, 0, 3],
      [1, 5, 3],
    ]);
    expect(grid.dtype).toBe('float32');
  });

  test('reads views', () => {
    const z = tensor(
      [
        [1, 10],
        [2, 20],
      ],
      float64,
    ).slice([null, 1]);
    expect(traverse(z, 0, [7]).toArray()).toEqual([[7, 20]]);
  });

  test.each([-1, 2, 0.5])('refuses latent %d of two', (latent) => {
    expect(() => traverse(tensor([1, 2]), latent, [0])).toThrow(ArgumentError);
    expect(() => traverse(tensor([1, 2]), latent, [0])).toThrow(
      `traverse: latent is ${latent}, but z is [2]: its latents are numbered 0 to 1.`,
    );
  });

  test('refuses a batch', () => {
    expect(() => traverse(tensor([[1, 2]]), 0, [0])).toThrow(ShapeError);
    expect(() => traverse(tensor([[1, 2]]), 0, [0])).toThrow(
      'traverse: z is [1, 2]; give one point [latent].',
    );
  });
});

describe('interpolate', () => {
  test('goes in a straight line unless told', () => {
    expect(interpolate(tensor([0, 2]), tensor([4, 0]), { steps: 5 }).toArray()).toEqual([
      [0, 2],
      [1, 1.5],
      [2, 1],
      [3, 0.5],
      [4, 0],
    ]);
  });

  test('on a quarter of the circle it goes through the angles in equal steps', () => {
    const arc = interpolate(tensor([2, 0], float64), tensor([0, 2], float64), {
      steps: 4,
      path: 'spherical',
    });
    const expected = [0, 30, 60, 90].map((degrees) => {
      const angle = (degrees * Math.PI) / 180;
      return [expect.closeTo(2 * Math.cos(angle), 14), expect.closeTo(2 * Math.sin(angle), 14)];
    });
    expect(arc.toArray()).toEqual(expected);
  });

  test('between points of one length it keeps that length and equal steps, in any number of dimensions', () => {
    const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
    const point = fc.array(coordinate, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(point, point, (a, b) => {
        const [lengthA, lengthB] = [Math.hypot(...a), Math.hypot(...b)];
        fc.pre(lengthA > 0.1 && lengthB > 0.1);
        const scaled = b.map((value) => (value * lengthA) / lengthB);
        fc.pre(Math.hypot(...a.map((value, d) => value + scaled[d]!)) > 1e-2);
        const arc = interpolate(tensor(a, float64), tensor(scaled, float64), { steps: 6, path: 'spherical' });
        const rows = arc.toArray() as number[][];
        const chords = rows
          .slice(1)
          .map((row, i) => Math.hypot(...row.map((value, d) => value - rows[i]![d]!)));
        for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(lengthA, 7);
        for (const chord of chords) expect(chord).toBeCloseTo(chords[0]!, 7);
        expect(rows[0]).toEqual(a.map((value) => expect.closeTo(value, 7)));
        expect(rows[5]).toEqual(scaled.map((value) => expect.closeTo(value, 7)));
      }),
    );
  });

  test('is a straight line along one direction, to the last digit', () => {
    const arc = interpolate(tensor([1, 1], float64), tensor([3, 3], float64), {
      steps: 3,
      path: 'spherical',
    });
    expect(arc.toArray()).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  test.each([
    [[1, 0], [-2, 0], 'z0 and z1 point in opposite directions'],
    [[0, 0], [1, 0], 'a spherical path has no direction at the origin'],
  ])('refuses an arc from %o to %o', (from, to, message) => {
    const attempt = () => interpolate(tensor(from), tensor(to), { steps: 3, path: 'spherical' });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(`interpolate: ${message}`);
  });

  test('refuses one step, and ends that differ in length', () => {
    expect(() => interpolate(tensor([1]), tensor([2]), { steps: 1 })).toThrow(
      'interpolate: steps is 1; it must be a whole number ≥ 2, as both ends are among them.',
    );
    expect(() => interpolate(tensor([1]), tensor([2, 3]), { steps: 2 })).toThrow(
      'interpolate: z0 is [1] and z1 is [2]; give one point [latent] each, of the same length.',
    );
  });
});
