import { type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import './fluent.ts';
import { add, div, exp, mul, pow, square, tanh } from './ops/elementwise.ts';
import { matmul } from './ops/matmul.ts';
import { sum } from './ops/reductions.ts';
import { type Differentiable, grad, jvp } from './transforms.ts';
import { type Variable, variable } from './variable.ts';

const double = (value: number) => variable(value, { dtype: 'float64' });
const doubles = (values: readonly number[]) => tensor(values, { dtype: 'float64' });

/** The derivative by the first argument, by reverse and by forward mode. */
const first =
  (fn: Differentiable) =>
  (...inputs: (Tensor | Variable)[]): Variable =>
    grad(fn)(...inputs)[0]!;
const forward =
  (fn: Differentiable) =>
  (x: Tensor | Variable): Variable =>
    jvp(fn, [x], [double(1)]).tangent;

describe('derivatives of derivatives', () => {
  test('of x⁵: 5x⁴, 20x³, 60x², 120x, 120, 0', () => {
    let derivative: Differentiable = (x) => pow(x!, 5);
    const at = [1, 2, 3, 4, 5, 6].map(() => {
      derivative = first(derivative);
      return derivative(double(2)).item();
    });
    expect(at).toEqual([80, 160, 240, 240, 120, 0]);
  });

  test('of x·x·x·x·x, where every use counts', () => {
    const fifth: Differentiable = (x) => x!.mul(x!).mul(x!).mul(x!).mul(x!);
    expect(first(first(first(fifth)))(double(2)).item()).toBe(240);
  });

  test('of a vector function: the gradient of ‖∇Σx⁴‖² is 96x⁵', () => {
    const [g] = grad((x) => square(first((y) => pow(y!, 4).sum())(x!)).sum())(doubles([1, 2]));
    expect(g!.toArray()).toEqual([96, 96 * 32]);
  });
});

describe('nested transforms do not confuse their perturbations', () => {
  test('d/dx [x · d/dy (x + y)] = 1', () => {
    const outer: Differentiable = (x) => x!.mul(first((y) => add(x!, y!))(double(5)));
    expect(first(outer)(double(3)).item()).toBe(1);
  });

  test('d/dx [x · d/dy (x·y)] = 2x, also where y is x itself', () => {
    const outer: Differentiable = (x) => x!.mul(first((y) => mul(x!, y!))(double(5)));
    expect(first(outer)(double(3)).item()).toBe(6);
    const shared: Differentiable = (x) => first((y) => mul(x!, y!))(x!);
    expect(shared(double(3)).item()).toBe(3);
    expect(first(shared)(double(3)).item()).toBe(1);
  });

  test('in forward mode, and with one mode inside the other', () => {
    for (const inner of [first, forward]) {
      for (const outer of [first, forward]) {
        expect(outer((x) => x!.mul(inner((y) => add(x!, y!))(double(5))))(double(3)).item()).toBe(1);
        expect(outer((x) => x!.mul(inner((y) => mul(x!, y!))(x!)))(double(3)).item()).toBe(6);
      }
    }
  });
});

describe('the Hessian-vector product, forward over reverse', () => {
  test('of a quadratic form ½xᵀAx is Av with a symmetric A', () => {
    const matrix = tensor(
      [
        [2, -1, 0.5],
        [-1, 3, 1],
        [0.5, 1, 4],
      ],
      { dtype: 'float64' },
    );
    const form: Differentiable = (x) => {
      const column = x!.reshape([3, 1]);
      return mul(sum(mul(column, matmul(matrix, column))), 0.5);
    };
    const { tangent } = jvp(first(form), [doubles([0.3, -1, 2])], [doubles([1, -2, 4])]);
    expect(tangent.toArray()).toEqual([6, -3, 14.5]);
  });

  test('of Σᵢ eˣⁱ / Σᵢ xᵢ², from the closed form of its second derivatives', () => {
    const fn: Differentiable = (x) => div(sum(exp(x!)), sum(square(x!)));
    const [x, v] = [
      [0.4, -1.1, 0.8],
      [1.5, 0.2, -0.7],
    ];
    const n = x.reduce((total, each) => total + Math.exp(each), 0);
    const d = x.reduce((total, each) => total + each * each, 0);
    // ∂²(n/d)/∂xᵢ∂xⱼ = δᵢⱼ(eˣⁱ/d − 2n/d²) − 2(eˣⁱxⱼ + xᵢeˣʲ)/d² + 8n·xᵢxⱼ/d³
    const expected = x.map((xi) =>
      x.reduce((total, xj, j) => {
        const diagonal = xi === xj ? Math.exp(xi) / d - (2 * n) / d ** 2 : 0;
        const mixed = (-2 * (Math.exp(xi) * xj + xi * Math.exp(xj))) / d ** 2 + (8 * n * xi * xj) / d ** 3;
        return total + (diagonal + mixed) * v[j]!;
      }, 0),
    );
    const forwardOverReverse = jvp(first(fn), [doubles(x)], [doubles(v)]).tangent.toArray() as number[];
    const reverseOverReverse = grad((at) => sum(mul(first(fn)(at!), doubles(v))))(doubles(x))[0]!;
    expected.forEach((value, i) => {
      expect(forwardOverReverse[i]).toBeCloseTo(value, 13);
      expect((reverseOverReverse.toArray() as number[])[i]).toBeCloseTo(value, 13);
    });
  });

  test('of tanh, third order by three kinds of nesting', () => {
    const third = (t: number) => {
      const s = 1 - Math.tanh(t) ** 2;
      return -2 * s * (1 - 3 * Math.tanh(t) ** 2);
    };
    const nestings = [
      first(first(first(tanh))),
      forward(first(forward(tanh))),
      forward(forward(forward(tanh))),
    ];
    for (const derivative of nestings) expect(derivative(double(0.6)).item()).toBeCloseTo(third(0.6), 14);
  });
});
