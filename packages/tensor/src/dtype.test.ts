import { describe, expect, test } from 'vitest';
import { scalar, tensor, zeros } from './create.ts';
import { allocate, type DType, dtypeOf, requireSameDType } from './dtype.ts';
import { DTypeError } from './errors.ts';
import { constant, input } from './expression/expression.ts';
import { add, divide, exp, less, maximum, multiply, power, select } from './expression/functions.ts';
import { cast, map, matmul } from './primitives.ts';

test('arrays and types name each other', () => {
  for (const dtype of ['float32', 'float64', 'int32'] as const) {
    expect(dtypeOf(allocate(dtype, 3))).toBe(dtype);
    expect(Array.from(allocate(dtype, [1, 2]))).toEqual([1, 2]);
  }
});

describe('cast', () => {
  test('to its own type is the tensor itself', () => {
    const x = zeros([2]);
    expect(cast(x, 'float32')).toBe(x);
  });

  test('reads views and leaves the original alone', () => {
    const x = tensor([
      [0.1, 1.9],
      [-2.9, 3],
    ]);
    expect(x.transpose().cast('int32').toArray()).toEqual([
      [0, -2],
      [1, 3],
    ]);
    expect(x.cast('float64').toArray()).toEqual(x.toArray());
    expect(x.dtype).toBe('float32');
  });

  test('to float32 rounds to nearest', () => {
    const third = scalar(1 / 3, { dtype: 'float64' });
    expect(third.cast('float32').item()).toBe(Math.fround(1 / 3));
  });

  test('to int32 truncates; what is no number becomes 0', () => {
    const x = tensor([2.99, -2.99, Number.NaN], { dtype: 'float64' });
    expect(x.cast('int32').toArray()).toEqual([2, -2, 0]);
  });
});

describe('element types are never mixed in silence', () => {
  test('the first that differs is named, with the way out', () => {
    expect(() => requireSameDType('f', { a: 'float32', b: 'float32', c: 'float64' })).toThrow(
      "f: element types differ: a is float32 but c is float64. Convert one of them, for example c.cast('float32').",
    );
    expect(() => requireSameDType('f', {})).toThrow('f: needs at least one tensor');
  });

  test.each<[DType, DType]>([
    ['float32', 'float64'],
    ['int32', 'float32'],
  ])('%s with %s is refused by map and matmul', (first, second) => {
    const a = zeros([2, 2], { dtype: first });
    const b = zeros([2, 2], { dtype: second });
    expect(() => map(add(input(0), input(1)), [a, b])).toThrow(DTypeError);
    expect(() => matmul(a, b)).toThrow(DTypeError);
  });
});

describe('int32', () => {
  const [x, y] = [input(0), input(1)];
  const a = tensor([7, -3], { dtype: 'int32' });
  const b = tensor([2, 4], { dtype: 'int32' });

  test('is kept by formulas that give whole numbers', () => {
    const formula = select(less(x, y), multiply(x, y), maximum(add(x, constant(10)), y));
    const result = map(formula, [a, b]);
    expect(result.dtype).toBe('int32');
    expect(result.toArray()).toEqual([17, -12]);
  });

  test.each([
    ['divide', divide(x, y)],
    ['exp', exp(x)],
    ['power', power(x, y)],
    ['half', multiply(x, constant(0.5))],
  ])('is refused where fractions would be cut off: %s', (name, formula) => {
    expect(() => map(formula, [a, b], name)).toThrow(
      `${name}: a is int32, but needs to be float32 or float64. Use a.cast('float32').`,
    );
  });

  test('is refused by matmul', () => {
    const matrix = zeros([2, 2], { dtype: 'int32' });
    expect(() => matmul(matrix, matrix)).toThrow(DTypeError);
  });
});
