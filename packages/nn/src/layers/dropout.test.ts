import { gradients, sum, variable } from '@reparam/autograd';
import { ArgumentError, DTypeError, ones, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Dropout } from './dropout.ts';
import { Sequential } from './sequential.ts';

const key = RandomKey.fromSeed(9);
const training = { training: true, key } as const;

describe('Dropout', () => {
  test.each([0.1, 0.5, 0.9])('at a rate of %s drops that share, and keeps the mean', (rate) => {
    const count = 40_000;
    const values = new Dropout({ rate }).forward(ones([count], { dtype: 'float64' }), training).value;
    const kept = values.toTypedArray().filter((value) => value !== 0);
    for (const value of kept) expect(value).toBeCloseTo(1 / (1 - rate), 14);
    const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / count);
    expect(Math.abs(kept.length / count - (1 - rate))).toBeLessThan(tolerance);
  });

  test('does nothing in evaluation, nor at a rate of 0', () => {
    const x = variable([1, 2, 3]);
    expect(new Dropout().forward(x)).toBe(x);
    expect(new Dropout().forward(x, { key })).toBe(x);
    expect(new Dropout({ rate: 0 }).forward(x, { training: true })).toBe(x);
  });

  test('the same key drops the same, another key something else', () => {
    const layer = new Dropout();
    const dropped = (each: RandomKey): unknown =>
      layer.forward(ones([64]), { training: true, key: each }).toArray();
    expect(dropped(key)).toEqual(dropped(key));
    expect(dropped(key)).not.toEqual(dropped(key.foldIn(1)));
  });

  test('cotangents take the way of the values', () => {
    const x = variable(tensor([1, 1, 1, 1, 1, 1, 1, 1]), { requiresGrad: true });
    const y = new Dropout({ rate: 0.5 }).forward(x, training);
    expect(gradients(sum(y), [x])[0]!.toArray()).toEqual(y.toArray());
  });

  test('says that it needs a key in training', () => {
    const forget = (): unknown => new Dropout().forward(ones([3]), { training: true });
    expect(forget).toThrow(ArgumentError);
    expect(forget).toThrow('Dropout: in training it draws what to drop, and needs a key');
    expect(() => new Dropout().forward(ones([3], { dtype: 'int32' }))).toThrow(DTypeError);
  });

  test.each([1, -0.1, Number.NaN])('refuses a rate of %s', (rate) => {
    expect(() => new Dropout({ rate })).toThrow(
      `Dropout: rate is ${rate}; it must be at least 0 and below 1.`,
    );
  });
});

describe('in a Sequential', () => {
  test('every layer draws by a key of its own', () => {
    const network = new Sequential([new Dropout(), new Dropout()]);
    const values = network.forward(ones([4000]), training).value.toTypedArray();
    // Of equal draws half would be kept, of independent ones a quarter (five standard errors).
    const kept = values.filter((value) => value !== 0).length / 4000;
    expect(Math.abs(kept - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000));
  });

  test('options reach nested layers, and evaluation is the rule', () => {
    const network = new Sequential([new Sequential([new Dropout()]), (x) => x.mul(2)]);
    expect(network.forward(tensor([1, 2])).toArray()).toEqual([2, 4]);
    expect(() => network.forward(tensor([1, 2]), { training: true })).toThrow('Dropout: in training');
    const values = new Set(network.forward(ones([100]), training).value.toTypedArray());
    expect(values).toEqual(new Set([0, 4]));
  });
});
