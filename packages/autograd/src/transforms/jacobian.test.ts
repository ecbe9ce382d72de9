import { type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import '../fluent.ts';
import { matmul } from '../ops/matmul.ts';
import { noGrad } from '../tape.ts';
import { parameter, type Variable } from '../variable.ts';
import { hessian, hvp, jacobian } from './jacobian.ts';
import { grad } from './reverse.ts';

const doubles = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: 'float64' });
const a = doubles([
  [1, 2, 3],
  [4, 5, 7],
]);

describe.each(['forward', 'reverse', undefined] as const)('jacobian, mode %s', (mode) => {
  const options = mode ? { mode } : {};

  test('of a linear map is its matrix', () => {
    const [J] = jacobian((x) => matmul(a, x!.reshape([3, 1])).reshape([2]), options)(doubles([5, 6, 7]));
    expect(J!.toArray()).toEqual(a.toArray());
  });

  test('of a product by both factors', () => {
    const [dx, dy] = jacobian((x, y) => x!.mul(y!), options)(doubles([1, 2]), doubles([3, 4]));
    expect(dx!.toArray()).toEqual([
      [3, 0],
      [0, 4],
    ]);
    expect(dy!.toArray()).toEqual([
      [1, 0],
      [0, 2],
    ]);
  });

  test('has the shape of the output, then that of the input', () => {
    const [J] = jacobian((x) => x!.sum({ axes: 0 }), options)(zeros([2, 3]));
    expect(J!.shape).toEqual([3, 2, 3]);
    const [empty] = jacobian((x) => x!.mul(2), options)(zeros([0, 2]));
    expect(empty!.shape).toEqual([0, 2, 0, 2]);
    const [scalar] = jacobian((x) => x!.square(), options)(doubles(3));
    expect(scalar!.toArray()).toBe(6);
  });

  test('nests: the Jacobian of a gradient is the Hessian', () => {
    const [H] = jacobian((x) => grad((v) => v!.mul(v!).mul(v!).sum())(x!)[0]!, options)(doubles([1, 2]));
    expect(H!.toArray()).toEqual([
      [6, 0],
      [0, 12],
    ]);
  });

  test('can be differentiated by what the function closes over', () => {
    const scale = parameter(doubles(3));
    const [J] = jacobian((x) => x!.square().mul(scale), options)(doubles([1, 2]));
    J!.sum().backward();
    expect(scale.grad!.item()).toBe(6);
    expect(noGrad(() => jacobian((x) => x!.square().mul(scale), options)(doubles([1, 2])))[0]!.tracked).toBe(
      false,
    );
  });
});

// f(x, y) = Σ xᵢ²yᵢ + Σ yᵢ³: every second derivative is known by hand.
const f = (x: Variable, y: Variable): Variable => x.square().mul(y).sum().add(y.mul(y).mul(y).sum());
const x = doubles([2, 3]);
const y = doubles([5, 7]);

test('hessian: a block for every pair of inputs', () => {
  const blocks = hessian((u, v) => f(u!, v!))(x, y).map((row) => row.map((block) => block.toArray()));
  expect(blocks).toEqual([
    [
      [
        [10, 0],
        [0, 14],
      ],
      [
        [4, 0],
        [0, 6],
      ],
    ],
    [
      [
        [4, 0],
        [0, 6],
      ],
      [
        [30, 0],
        [0, 42],
      ],
    ],
  ]);
});

test('the Hessian of a quadratic form xᵀAx is A + Aᵀ, and does not depend on x', () => {
  const A = doubles([
    [1, 2],
    [-3, 4],
  ]);
  const quadratic = (v: Variable): Variable =>
    matmul(matmul(v.reshape([1, 2]), A), v.reshape([2, 1])).reshape([]);
  const [[H]] = hessian((v) => quadratic(v!))(x) as [[Variable]];
  expect(H.toArray()).toEqual([
    [2, -1],
    [-1, 8],
  ]);
  expect(hvp((v) => quadratic(v!), [x], [doubles([1, 10])])[0]!.toArray()).toEqual([-8, 79]);
});

describe('hvp', () => {
  test('is the Hessian times the vectors', () => {
    const products = hvp((u, v) => f(u!, v!), [x, y], [doubles([1, 1]), doubles([0, 2])]);
    expect(products.map((each) => each.toArray())).toEqual([
      [10, 14 + 12],
      [4, 6 + 84],
    ]);
  });

  test('wants a vector like each input', () => {
    expect(() => hvp((u) => u!.sum(), [x], [])).toThrow('hvp: 1 inputs need as many vectors, not 0.');
    expect(() => hvp((u) => u!.sum(), [x], [zeros([3], { dtype: 'float64' })])).toThrow(
      'hvp: vectors[0] is [3] but inputs[0] is [2].',
    );
  });

  test('of a linear function is zero', () => {
    expect(hvp((u) => u!.sum(), [x], [x])[0]!.toArray()).toEqual([0, 0]);
  });
});
