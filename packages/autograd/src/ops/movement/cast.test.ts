import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { add, cast, grad, parameter, variable } from '../../index.ts';

describe('cast', () => {
  test('brings types together, and gradients back in the type of their input', () => {
    const single = parameter([0.5, -2]);
    const double = variable([3, 4], { dtype: 'float64', requiresGrad: true });
    expect(() => add(single, double)).toThrow(/float32 but b is float64/);
    const total = single.cast('float64').mul(double).sum();
    expect(total.dtype).toBe('float64');
    total.backward();
    expect([single.grad?.dtype, single.grad?.toArray()]).toEqual(['float32', [3, 4]]);
    expect([double.grad?.dtype, double.grad?.toArray()]).toEqual(['float64', [0.5, -2]]);
  });

  test('can be differentiated twice', () => {
    const cube = (x: Parameters<typeof cast>[0]) => cast(x, 'float64').pow(3).sum();
    const [second] = grad((x) => grad(cube)(x)[0]!.sum())(tensor([2, -1]));
    expect([second?.dtype, second?.toArray()]).toEqual(['float32', [12, -6]]);
  });

  test('to whole numbers truncates and carries no gradient', () => {
    const whole = parameter([1.7, -1.7]).cast('int32');
    expect([whole.dtype, whole.toArray(), whole.tracked]).toEqual(['int32', [1, -1], false]);
  });
});
