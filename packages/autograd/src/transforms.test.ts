import { ones, scalar, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import './fluent.ts';
import { add, mul, pow, square } from './ops/elementwise.ts';
import { noGrad } from './tape.ts';
import { type Differentiable, grad, gradients, jvp, stopGradient, valueAndGrad, vjp } from './transforms.ts';
import { parameter, type Variable } from './variable.ts';

const double = (value: number) => scalar(value, { dtype: 'float64' });
const doubles = (values: readonly number[]) => tensor(values, { dtype: 'float64' });
/** The derivative by the first argument. */
const first =
  (fn: Differentiable) =>
  (...inputs: (Tensor | Variable)[]): Variable =>
    grad(fn)(...inputs)[0]!;

describe('grad', () => {
  test('by every argument', () => {
    const [dx, dy] = grad((x, y) => mul(square(x!), y!).sum())(doubles([1, 2]), doubles([10, 20]));
    expect(dx!.toArray()).toEqual([20, 80]);
    expect(dy!.toArray()).toEqual([1, 4]);
  });

  test('is zero for an argument that is not used, and for a constant function', () => {
    const [dx, dy] = grad((x) => x!.sum())(doubles([1, 2]), doubles([3]));
    expect([dx!.toArray(), dy!.toArray()]).toEqual([[1, 1], [0]]);
    expect(grad(() => parameter(3))(double(1))[0]!.item()).toBe(0);
    expect(grad((x) => stopGradient(x!).mul(2))(double(1))[0]!.item()).toBe(0);
  });

  test('leaves nothing on the leaves', () => {
    const x = parameter(2);
    expect(grad(square)(x)[0]!.item()).toBe(4);
    expect(x.grad).toBeUndefined();
  });

  test('needs a scalar', () => {
    expect(() => grad((x) => x!.mul(2))(doubles([1, 2]))).toThrow(
      'gradients: the output is [2], not a scalar.',
    );
  });

  test('works under noGrad', () => {
    expect(noGrad(() => grad(square)(double(3)))[0]!.item()).toBe(6);
    expect(noGrad(() => first(first((x) => pow(x!, 3)))(double(2))).item()).toBe(12);
  });
});

describe('valueAndGrad', () => {
  test('gives both', () => {
    const {
      value,
      gradients: [g],
    } = valueAndGrad((x) => square(x!).sum())(doubles([1, 2]));
    expect(value.item()).toBe(5);
    expect(g!.toArray()).toEqual([2, 4]);
  });

  test('of a function that closes over a tracked variable can go on being differentiated by it', () => {
    const scale = parameter(double(3), 'scale');
    const {
      value,
      gradients: [g],
    } = valueAndGrad((x) => mul(scale, square(x!)))(double(2));
    expect([value.item(), g!.item()]).toEqual([12, 12]);
    // value = s·x², g = 2·s·x.
    expect(gradients(value, [scale])[0]!.item()).toBe(4);
    expect(gradients(g!, [scale])[0]!.item()).toBe(4);
    value.add(g!).backward();
    expect(scale.grad?.item()).toBe(8);
  });

  test('createGraph: false cuts that off', () => {
    const scale = parameter(double(3));
    const both = valueAndGrad((x) => mul(scale, square(x!)), { createGraph: false })(double(2));
    expect(both.gradients[0]!.tracked).toBe(false);
  });
});

describe('gradients', () => {
  test('by leaves and by what was computed on the way', () => {
    const x = parameter(doubles([1, 2]));
    const middle = square(x);
    const output = mul(middle, middle).sum();
    const [dx, dMiddle] = gradients(output, [x, middle]);
    expect(dMiddle!.toArray()).toEqual([2, 8]);
    expect(dx!.toArray()).toEqual([4, 32]);
    expect([dx!.tracked, x.grad]).toEqual([false, undefined]);
  });

  test('createGraph records them: the gradient penalty ‖∇f‖² has its own gradient', () => {
    const x = parameter(doubles([1, 2]));
    const [g] = gradients(pow(x, 3).sum(), [x], { createGraph: true });
    square(g!).sum().backward();
    // ∇ Σ(3x²)² = 36x³
    expect(x.grad!.toArray()).toEqual([36, 288]);
  });

  test('start from a cotangent', () => {
    const x = parameter(doubles([1, 2]));
    const [g] = gradients(square(x), [x], { cotangent: doubles([1, -1]) });
    expect(g!.toArray()).toEqual([2, -4]);
    expect(() => gradients(square(x), [x], { cotangent: ones([2]) })).toThrow(
      'gradients: element types differ: output is float64 but cotangent is float32.',
    );
  });
});

/** f(x, y) = (x·y, x²) with the Jacobian [[y, x], [2x, 0]]. */
const pair: Differentiable = (x, y) =>
  mul(x!, y!)
    .reshape([1])
    .pad([[0, 1]])
    .add(
      square(x!)
        .reshape([1])
        .pad([[1, 0]]),
    );

describe('vjp and jvp', () => {
  const [x, y] = [double(3), double(5)];

  test('pull cotangents back through the transposed Jacobian', () => {
    const { output, pullback } = vjp(pair, x, y);
    expect(output.toArray()).toEqual([15, 9]);
    expect(pullback(doubles([1, 0])).map((g) => g.item())).toEqual([5, 3]);
    expect(pullback(doubles([0, 1])).map((g) => g.item())).toEqual([6, 0]);
    expect(pullback(doubles([2, -1])).map((g) => g.item())).toEqual([4, 6]);
  });

  test('push tangents forward through the Jacobian', () => {
    const { output, tangent } = jvp(pair, [x, y], [double(1), double(10)]);
    expect(output.toArray()).toEqual([15, 9]);
    expect(tangent.toArray()).toEqual([35, 6]);
  });

  test('an output that does not depend on the inputs has a tangent of zeros of its shape', () => {
    const { tangent } = jvp(() => parameter(doubles([1, 2, 3])), [x], [double(1)]);
    expect(tangent.toArray()).toEqual([0, 0, 0]);
  });

  test('a tangent is broadcast with its value', () => {
    const { tangent } = jvp((a) => add(a!, doubles([1, 2, 3])), [x], [double(2)]);
    expect(tangent.toArray()).toEqual([2, 2, 2]);
  });

  test('the identity passes both through', () => {
    expect(jvp((a) => a!, [x], [double(4)]).tangent.item()).toBe(4);
    expect(
      vjp((a) => a!, x)
        .pullback(double(4))[0]!
        .item(),
    ).toBe(4);
  });

  test('the pullback is linear in its cotangent, and transposing it gives the pushforward', () => {
    const { pullback } = vjp(pair, x, y);
    const tangents = [double(1), double(10)];
    const transposed = grad((cotangent) =>
      pullback(cotangent!)
        .map((g, k) => mul(g, tangents[k]!))
        .reduce((total, term) => add(total, term)),
    );
    expect(transposed(doubles([0.3, -7]))[0]!.toArray()).toEqual([35, 6]);
  });

  test('inputs of the wrong number, shape or type are refused', () => {
    expect(() => jvp(pair, [x, y], [x])).toThrow('jvp: 2 inputs need as many tangents, not 1.');
    expect(() => jvp(pair, [x, y], [x, ones([1])])).toThrow('jvp: tangents[1] is [1] but inputs[1] is [].');
    expect(() => jvp(pair, [x, y], [x, scalar(1)])).toThrow(
      'jvp: element types differ: inputs[1] is float64 but tangents[1] is float32.',
    );
    expect(() => vjp(pair, x, y).pullback(zeros([3]))).toThrow(
      'gradients: the cotangent is [3] but the output is [2].',
    );
    expect(() => grad(square)(scalar(1, { dtype: 'int32' }))).toThrow('variable: int32 has no gradients');
  });
});
