import { ArgumentError, scalar, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { clipByGlobalNorm, globalNorm } from './clip.ts';

/** √(1 + 4 + 4 + 16 + 144 + 0 + 0) = 13 */
const gradients = [
  tensor([
    [1, -2],
    [2, 4],
  ]),
  scalar(-12),
  tensor([0, 0]),
];

describe('globalNorm', () => {
  test('is the length of all gradients as one vector', () => {
    expect(globalNorm(gradients).item()).toBe(13);
    expect(globalNorm([]).item()).toBe(0);
  });

  test('is a number of the first gradient’s type', () => {
    const mixed = [tensor([3], { dtype: 'float64' }), tensor([4])];
    expect(globalNorm(mixed)).toEqual(scalar(5, { dtype: 'float64' }));
  });
});

describe('clipByGlobalNorm', () => {
  test('scales a long gradient to the maximum, all parts by the same factor', () => {
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 6.5);
    expect(norm.item()).toBe(13);
    expect(clipped.map((each) => each.toArray())).toEqual([
      [
        [0.5, -1],
        [1, 2],
      ],
      -6,
      [0, 0],
    ]);
    expect(globalNorm(clipped).item()).toBe(6.5);
  });

  test.each([13, 14, Infinity])('leaves one of norm 13 as it is below %s', (maximum) => {
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, maximum);
    expect(norm.item()).toBe(13);
    expect(clipped).toEqual(gradients);
  });

  test('keeps the type of the gradients', () => {
    const [clipped] = clipByGlobalNorm([tensor([3, 4], { dtype: 'float64' })], 1).gradients;
    expect(clipped?.dtype).toBe('float64');
    expect(clipped?.toArray()).toEqual([expect.closeTo(0.6, 15), expect.closeTo(0.8, 15)]);
  });

  test.each([0, -1, Number.NaN])('refuses a maximum of %s', (maximum) => {
    expect(() => clipByGlobalNorm(gradients, maximum)).toThrow(ArgumentError);
    expect(() => clipByGlobalNorm(gradients, maximum)).toThrow(
      `clipByGlobalNorm: the maximum norm is ${maximum}; it must be > 0.`,
    );
  });
});
