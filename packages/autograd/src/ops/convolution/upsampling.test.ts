import { tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { sum } from '../reductions.ts';
import { upsampleBilinear } from './upsample-bilinear.ts';
import { upsampleNearest } from './upsample-nearest.ts';

const image = tensor([
  [
    [
      [1, 2],
      [3, 4],
    ],
  ],
]);

describe('upsampleNearest', () => {
  test('by hand', () => {
    expect(upsampleNearest(image, [2, 3]).toArray()).toEqual([
      [
        [
          [1, 1, 1, 2, 2, 2],
          [1, 1, 1, 2, 2, 2],
          [3, 3, 3, 4, 4, 4],
          [3, 3, 3, 4, 4, 4],
        ],
      ],
    ]);
    expect(upsampleNearest(tensor([[[5, 7]]]), 2).toArray()).toEqual([[[5, 5, 7, 7]]]);
    expect(upsampleNearest(tensor([[[[[5, 7]]]]]), [2, 1, 2]).toArray()).toEqual([
      [[[[5, 5, 7, 7]], [[5, 5, 7, 7]]]],
    ]);
    const [gradient] = grad((x) => sum(upsampleNearest(x!, [2, 3])))(image);
    expect(gradient!.toArray()).toEqual([
      [
        [
          [6, 6],
          [6, 6],
        ],
      ],
    ]);
  });

  test('refusals', () => {
    expect(() => upsampleNearest(zeros([2, 2]), 2)).toThrow(
      'upsampleNearest: x is [2, 2], but needs spatial axes after two others: [batch, channels, ...spatial].',
    );
    expect(() => upsampleNearest(image, 1.5)).toThrow(
      'upsampleNearest: factor is 1.5, but needs to be a whole number ≥ 1, or 2 of them, one for each spatial axis.',
    );
  });
});

describe('upsampleBilinear', () => {
  // The examples of the documentation of torch.nn.Upsample.
  test('as PyTorch documents it', () => {
    expect(upsampleBilinear(image, { factor: 2 }).toArray()).toEqual([
      [
        [
          [1, 1.25, 1.75, 2],
          [1.5, 1.75, 2.25, 2.5],
          [2.5, 2.75, 3.25, 3.5],
          [3, 3.25, 3.75, 4],
        ],
      ],
    ]);
    const aligned = upsampleBilinear(image, { factor: 2, alignCorners: true }).value.toTypedArray();
    const thirds = [3, 4, 5, 6, 5, 6, 7, 8, 7, 8, 9, 10, 9, 10, 11, 12];
    expect(aligned).toHaveLength(thirds.length);
    aligned.forEach((value, i) => {
      expect(value).toBeCloseTo(thirds[i]! / 3, 6);
    });
  });

  test('to a size, also smaller: middles of equal parts', () => {
    const row = tensor([[[[0, 1, 2, 3]]]]);
    expect(upsampleBilinear(row, { size: [1, 2] }).toArray()).toEqual([[[[0.5, 2.5]]]]);
    expect(upsampleBilinear(row, { size: [2, 3], alignCorners: true }).toArray()).toEqual([
      [
        [
          [0, 1.5, 3],
          [0, 1.5, 3],
        ],
      ],
    ]);
  });

  test('shares each cotangent among the neighbours: none is made or lost', () => {
    const [gradient] = grad((x) => sum(upsampleBilinear(x!, { size: [5, 3] })))(image);
    expect(gradient!.toArray()).toEqual([
      [
        [
          [3.75, 3.75],
          [3.75, 3.75],
        ],
      ],
    ]);
  });

  test('refusals', () => {
    expect(() => upsampleBilinear(zeros([2, 2]), { factor: 2 })).toThrow(
      'upsampleBilinear: x is [2, 2], but needs the axes [batch, channels, height, width], the last two not empty.',
    );
    const either = 'upsampleBilinear: give the factor or the size of the result, and not both.';
    expect(() => upsampleBilinear(image, {})).toThrow(either);
    expect(() => upsampleBilinear(image, { factor: 2, size: [4, 4] })).toThrow(either);
    expect(() => upsampleBilinear(image, { size: [0, 4] })).toThrow('upsampleBilinear: size is [0,4]');
    expect(() => upsampleBilinear(image.cast('int32'), { factor: 2 })).toThrow(
      'upsampleBilinear: x is int32',
    );
  });
});
