import { describe, expect, test } from 'vitest';
import { arange, full, scalar, tensor, zeros } from './create.ts';
import { describeTensor } from './print.ts';

describe('toString', () => {
  test('of a scalar', () => {
    expect(scalar(0.25).toString()).toMatchInlineSnapshot(`"tensor float32 [] 0.25"`);
    expect(scalar(-3, { dtype: 'int32' }).toString()).toMatchInlineSnapshot(`"tensor int32 [] -3"`);
  });

  test('of a vector: decimals as needed, at most four, at least one', () => {
    expect(tensor([1, 2, 3]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [3]
      [1.0, 2.0, 3.0]"
    `);
    expect(tensor([1.5, -22.25, 1 / 3]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [3]
      [  1.5000, -22.2500,   0.3333]"
    `);
  });

  test('of a matrix: aligned columns', () => {
    const x = tensor([
      [1, -10.5],
      [100, 0.25],
    ]);
    expect(x.toString()).toMatchInlineSnapshot(`
      "tensor float32 [2, 2]
      [[  1.00, -10.50],
       [100.00,   0.25]]"
    `);
  });

  test('of a view', () => {
    expect(
      arange(6)
        .reshape([2, 3])
        .transpose()
        .slice([[null, null, -1]])
        .toString(),
    ).toMatchInlineSnapshot(`
      "tensor float32 [3, 2]
      [[2.0, 5.0],
       [1.0, 4.0],
       [0.0, 3.0]]"
    `);
  });

  test('of three axes: matrices apart', () => {
    expect(arange(12).reshape([2, 2, 3]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [2, 2, 3]
      [[[ 0.0,  1.0,  2.0],
        [ 3.0,  4.0,  5.0]],

       [[ 6.0,  7.0,  8.0],
        [ 9.0, 10.0, 11.0]]]"
    `);
  });

  test('of many elements: the first and last three of long axes', () => {
    expect(arange(1000).toString()).toMatchInlineSnapshot(`
      "tensor float32 [1000]
      [  0.0,   1.0,   2.0, …, 997.0, 998.0, 999.0]"
    `);
    expect(arange(0, 800, 1, { dtype: 'int32' }).reshape([100, 8]).toString()).toMatchInlineSnapshot(`
      "tensor int32 [100, 8]
      [[  0,   1,   2, …,   5,   6,   7],
       [  8,   9,  10, …,  13,  14,  15],
       [ 16,  17,  18, …,  21,  22,  23],
       …,
       [776, 777, 778, …, 781, 782, 783],
       [784, 785, 786, …, 789, 790, 791],
       [792, 793, 794, …, 797, 798, 799]]"
    `);
    expect(arange(0, 140).reshape([2, 70]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [2, 70]
      [[  0.0,   1.0,   2.0, …,  67.0,  68.0,  69.0],
       [ 70.0,  71.0,  72.0, …, 137.0, 138.0, 139.0]]"
    `);
  });

  test('of whole numbers', () => {
    expect(
      tensor(
        [
          [1, -20],
          [300, 0],
        ],
        { dtype: 'int32' },
      ).toString(),
    ).toMatchInlineSnapshot(`
      "tensor int32 [2, 2]
      [[  1, -20],
       [300,   0]]"
    `);
  });

  test('of what is not finite', () => {
    expect(tensor([1.5, Number.NaN, -Infinity]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [3]
      [      1.5,       NaN, -Infinity]"
    `);
    expect(tensor([Number.NaN]).toString()).toMatchInlineSnapshot(`
      "tensor float32 [1]
      [NaN]"
    `);
  });

  test('of tiny or huge numbers: one scientific notation for all', () => {
    expect(tensor([1e-9, 0, 2.5], { dtype: 'float64' }).toString()).toMatchInlineSnapshot(`
      "tensor float64 [3]
      [1.0000e-9, 0.0000e+0, 2.5000e+0]"
    `);
    expect(tensor([-1.25e20, 1], { dtype: 'float64' }).toString()).toMatchInlineSnapshot(`
      "tensor float64 [2]
      [-1.2500e+20,   1.0000e+0]"
    `);
  });

  test('of nothing', () => {
    expect(zeros([2, 0, 3]).toString()).toMatchInlineSnapshot(`"tensor float32 [2, 0, 3] (empty)"`);
  });

  test('of more elements than a function takes arguments', () => {
    const text = zeros(Array(18).fill(2)).toString();
    expect(text.match(/0\.0/g)).toHaveLength(2 ** 18);
  });
});

test("Node's console shows the same", () => {
  const x = full([2], 1.5);
  const inspect = Reflect.get(x, Symbol.for('nodejs.util.inspect.custom')) as () => string;
  expect(inspect.call(x)).toBe(x.toString());
});

test('describeTensor fits one line', () => {
  expect(describeTensor(zeros([128, 784]))).toBe('float32 [128, 784]');
  expect(describeTensor(zeros([3, 0], { dtype: 'int32' }))).toBe('int32 [3, 0] (empty)');
});
