import { DTypeError, ShapeError, scalar, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import './fluent.ts';
import { add, pow, sub } from './ops/elementwise.ts';
import { parameter, toVariable, toVariables, Variable, variable } from './variable.ts';

describe('variables', () => {
  test('are float32 unless told, and keep the type of a tensor', () => {
    expect(variable([1, 2]).dtype).toBe('float32');
    expect(variable([1, 2], { dtype: 'float64' }).dtype).toBe('float64');
    expect(variable(zeros([2], { dtype: 'float64' })).dtype).toBe('float64');
    expect(variable(zeros([2], { dtype: 'float64' }), { dtype: 'float32' }).dtype).toBe('float32');
  });

  test('are tracked when they require gradients or were computed from what does', () => {
    const x = parameter([1, 2], 'x');
    expect([x.requiresGrad, x.tracked, x.name]).toEqual([true, true, 'x']);
    expect([x.exp().requiresGrad, x.exp().tracked]).toEqual([false, true]);
    expect([variable(1).tracked, variable(1).exp().tracked]).toEqual([false, false]);
  });

  test('show their shape, size and elements', () => {
    const x = variable([[1, 2, 3]]);
    expect([x.shape, x.rank, x.size, x.toArray()]).toEqual([[1, 3], 2, 3, [[1, 2, 3]]]);
    expect(variable(4).item()).toBe(4);
  });

  test('of int32 have no gradients', () => {
    const whole = tensor([1, 2], { dtype: 'int32' });
    expect(() => parameter(whole)).toThrow(DTypeError);
    expect(() => parameter(whole)).toThrow("variable: int32 has no gradients: use value.cast('float32').");
    expect(variable(whole).add(1).toArray()).toEqual([2, 3]);
  });
});

describe('toString', () => {
  test.each([
    [variable(1.5), 'variable: tensor float32 [] 1.5'],
    [parameter(1, 'beta'), 'variable beta requiring gradients: tensor float32 [] 1.0'],
    [parameter(0).exp(), 'variable from exp: tensor float32 [] 1.0'],
  ])('%#', (x, text) => {
    expect(x.toString()).toBe(text);
    expect((Reflect.get(x, Symbol.for('nodejs.util.inspect.custom')) as () => string).call(x)).toBe(text);
  });
});

describe('assign', () => {
  test('gives a leaf another value and leaves the old tensor alone', () => {
    const before = tensor([1, 2]);
    const x = parameter(before);
    x.assign(tensor([3, 4]));
    expect([x.toArray(), before.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test('refuses another shape or type, and variables that were computed', () => {
    const x = parameter([1, 2], 'weight');
    expect(() => x.assign(zeros([3]))).toThrow(ShapeError);
    expect(() => x.assign(zeros([3]))).toThrow(
      'assign: the new value is [3] but the variable weight is [2].',
    );
    expect(() => x.assign(zeros([2], { dtype: 'float64' }))).toThrow(
      'assign: the new value is float64 but the variable weight is float32.',
    );
    expect(() => x.exp().assign(zeros([2]))).toThrow(
      'assign: only leaves take a new value, but the variable was computed.',
    );
    expect(x.toArray()).toEqual([1, 2]);
  });
});

describe('operands', () => {
  test('numbers take the type of the first tensor', () => {
    expect(toVariables([2, tensor([1], { dtype: 'float64' })]).map(({ dtype }) => dtype)).toEqual([
      'float64',
      'float64',
    ]);
    expect(toVariable(0.1).item()).toBe(Math.fround(0.1));
    expect(sub(1, scalar(0.9, { dtype: 'float64' })).item()).toBe(1 - 0.9);
    expect(pow(2, 3).item()).toBe(8);
  });

  test('variables stay themselves, tensors are wrapped', () => {
    const x = variable(1);
    expect(toVariable(x)).toBe(x);
    const value = tensor([1, 2]);
    expect(toVariable(value)).toBeInstanceOf(Variable);
    expect(toVariable(value).value).toBe(value);
  });

  test('a number that is no int32 is not cut to fit beside an int32 tensor', () => {
    const whole = tensor([1, 2], { dtype: 'int32' });
    expect(add(whole, 3).toArray()).toEqual([4, 5]);
    for (const number of [0.5, 2 ** 31, Number.NaN]) {
      expect(() => add(whole, number)).toThrow(
        `toVariable: the number ${number} stands beside an int32 tensor, but is no int32. Use cast('float32') on the tensor.`,
      );
    }
  });
});
