import { gradients, sum } from '@reparam/autograd';
import { ArgumentError, DTypeError, IndexError, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { Embedding } from './embedding.ts';

const key = RandomKey.fromSeed(4);
const whole = { dtype: 'int32' } as const;

/** Three things, two numbers for each. */
function example(): Embedding {
  const layer = new Embedding({ count: 3, features: 2, key });
  const weight = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  layer.loadParameters({ weight });
  return layer;
}

describe('Embedding', () => {
  test('looks up indices of any shape', () => {
    const layer = example();
    expect(layer.forward(tensor(2, whole)).toArray()).toEqual([5, 6]);
    const grid = [
      [0, 2],
      [2, 1],
    ];
    expect(layer.forward(tensor(grid, whole)).toArray()).toEqual([
      [
        [1, 2],
        [5, 6],
      ],
      [
        [5, 6],
        [3, 4],
      ],
    ]);
  });

  test('what is looked up twice gets both cotangents, what is not gets none', () => {
    const layer = example();
    const factors = tensor([
      [1, 10],
      [2, 20],
      [4, 40],
    ]);
    const loss = sum(layer.forward(tensor([2, 0, 2], whole)).mul(factors));
    expect(gradients(loss, [layer.weight])[0]!.toArray()).toEqual([
      [2, 20],
      [0, 0],
      [5, 50],
    ]);
  });

  test('its gradients agree with differences', () => {
    const layer = new Embedding({ count: 3, features: 2, key, dtype: 'float64' });
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(
        layer,
        () => layer.forward(tensor([[2, 0, 2]], whole)).square(),
        [],
        { order },
      );
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });

  test('starts from a standard normal', () => {
    const values = Array.from(new Embedding({ count: 200, features: 50, key }).weight.value.toTypedArray());
    const variance = values.reduce((total, value) => total + value ** 2, 0) / values.length;
    // Five standard errors of the mean square of normal draws, √(2/n).
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  });

  test.each([-1, 3])('refuses the index %s', (index) => {
    const lookUp = (): unknown => example().forward(tensor([0, index], whole));
    expect(lookUp).toThrow(IndexError);
    expect(lookUp).toThrow(`index ${index} is outside axis 0 of [3, 2]: indices run from 0 to 2.`);
  });

  test('refuses indices that are not int32, and sizes that are no counts', () => {
    expect(() => example().forward(tensor([0.5]))).toThrow(DTypeError);
    const build = (): unknown => new Embedding({ count: 0, features: 2, key });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow('Embedding: count is 0; it must be a whole number above 0.');
  });
});
