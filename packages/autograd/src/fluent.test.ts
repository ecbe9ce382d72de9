import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import * as autograd from './index.ts';
import { parameter, Variable, variable } from './variable.ts';

/** Operations that take a list, or a condition first, are functions only. */
const functionsOnly = new Set(['concat', 'einsum', 'meshgrid', 'stack', 'where']);
const operations = Object.entries(autograd).filter(([, exported]) =>
  Object.hasOwn(exported as object, 'operation'),
);

test.each(operations.map(([name]) => name).filter((name) => !functionsOnly.has(name)))(
  'x.%s exists',
  (name) => {
    expect(Variable.prototype[name as keyof Variable]).toBeTypeOf('function');
  },
);

test.each(['stopGradient', 'backward'])('x.%s exists', (name) => {
  expect(Variable.prototype[name as keyof Variable]).toBeTypeOf('function');
});

test('lists of operands are not methods', () => {
  for (const name of functionsOnly) expect(name in Variable.prototype).toBe(false);
});

describe('a method is its function with the variable first', () => {
  const x = variable([
    [1, 2],
    [3, 4],
  ]);

  test.each([
    ['sub', x.sub(3), autograd.sub(x, 3)],
    ['pow', x.pow(3), autograd.pow(x, 3)],
    ['clamp', x.clamp(2, 3), autograd.clamp(x, 2, 3)],
    ['leakyRelu', x.sub(3).leakyRelu(0.5), autograd.leakyRelu(autograd.sub(x, 3), 0.5)],
    ['sum', x.sum({ axes: 0, keepDims: true }), autograd.sum(x, { axes: 0, keepDims: true })],
    ['softmax', x.softmax(0), autograd.softmax(x, 0)],
    ['matmul', x.matmul(x, { transposeB: true }), autograd.matmul(x, x, { transposeB: true })],
    ['slice', x.slice([null, 1]), autograd.slice(x, [null, 1])],
    [
      'pad',
      x.pad(
        [
          [0, 1],
          [0, 0],
        ],
        7,
      ),
      autograd.pad(
        x,
        [
          [0, 1],
          [0, 0],
        ],
        7,
      ),
    ],
  ])('%s', (_, method, fn) => {
    expect(method.toArray()).toEqual(fn.toArray());
    expect(method.shape).toEqual(fn.shape);
  });

  test('by hand', () => {
    expect(x.sub(3).toArray()).toEqual([
      [-2, -1],
      [0, 1],
    ]);
    expect(x.transpose().slice([0]).toArray()).toEqual([1, 3]);
    expect(x.gather(tensor([1], { dtype: 'int32' })).toArray()).toEqual([[3, 4]]);
  });
});

test('methods record like functions', () => {
  const p = parameter(2);
  p.mul(p).add(1).backward();
  expect(p.grad?.item()).toBe(4);
});
