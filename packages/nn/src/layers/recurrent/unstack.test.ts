import { checkGradients, gradients, stack, sum, tapeOf, variable } from '@reparam/autograd';
import { arange, normal, RandomKey, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { unstack } from './unstack.ts';

const key = RandomKey.fromSeed(3);

describe('unstack', () => {
  test.each([0, 1, 2])('gives the entries along axis %s in order', (axis) => {
    const x = arange(30).reshape([2, 3, 5]);
    const got = unstack(variable(x), axis).map((each) => each.toArray());
    const expected = Array.from({ length: x.shape[axis]! }, (_, i) =>
      x.slice(x.shape.map((_, k) => (k === axis ? i : null))).toArray(),
    );
    expect(got).toEqual(expected);
  });

  test('of nothing is nothing', () => {
    expect(unstack(variable(zeros([2, 0])), 1)).toEqual([]);
  });

  test.each([1, 2, 5, 8])('of %s entries has the gradient that stacking takes back', (length) => {
    const x = normal(key, [2, length], { dtype: 'float64' });
    expect(
      checkGradients((x) => stack(unstack(x!, 1).map((each, i) => each.square().mul(i + 1))), [x]).ok,
    ).toBe(true);
  });

  test('is differentiated with log₂ n copies of the whole, not n', () => {
    const length = 64;
    const x = variable(zeros([length, 3]), { requiresGrad: true });
    const y = sum(stack(unstack(x, 0)));
    expect(gradients(y, [x])[0]!.toArray()).toEqual(Array(length).fill([1, 1, 1]));
    // What a slice was cut from is what its cotangent fills.
    const filled = tapeOf(y)
      .filter(({ rules }) => rules.name === 'slice')
      .reduce((total, { inputs }) => total + inputs[0]!.size, 0);
    expect(filled / x.size).toBe(2 * Math.log2(length));
  });
});
