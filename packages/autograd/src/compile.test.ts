import {
  backend,
  formatProgram,
  RandomKey,
  RecordedReadError,
  referenceBackend,
  scalar,
  type Tensor,
  tensor,
  uniform,
  useBackend,
} from '@reparam/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import './fluent.ts';
import { backward } from './backward.ts';
import { exp, matmul, sin, sum, where } from './ops/all.ts';
import {
  checkpoint,
  customGradient,
  grad,
  gradients,
  hessian,
  hvp,
  jacobian,
  jvp,
  stopGradient,
  valueAndGrad,
  vmap,
} from './transforms.ts';
import { parameter, Variable, variable } from './variable.ts';

let before = backend();
beforeAll(() => {
  before = useBackend(referenceBackend);
});
afterAll(() => {
  useBackend(before);
});

const x = tensor([
  [0.5, -1, 2],
  [3, 0.25, -0.75],
]);

describe('variables', () => {
  test('in arguments are inputs, in results constants', () => {
    const compiled = compile((a: Variable, { b }: { readonly b: Variable }) => ({ product: a.mul(b), a }));
    const first = parameter([2, 3]);
    const { product, a } = compiled(first, { b: variable([4, 5]) });
    expect(product).toBeInstanceOf(Variable);
    expect(product.toArray()).toEqual([8, 15]);
    expect([product.tracked, a.tracked]).toEqual([false, false]);
    expect(formatProgram(compiled.program(first, { b: first }))).toMatchInlineSnapshot(`
      "  %0: f32[2]         = input 0
        %1: f32[2]         = input 1
        %2: f32[2]         = map %0, %1 x * y
      return %2, %0"
    `);
    expect(compiled(variable([1, 1]), { b: first }).product.toArray()).toEqual([2, 3]);
  });

  test('and tensors have signatures of their own', () => {
    let recordings = 0;
    const compiled = compile((a: Variable | Tensor) => {
      recordings++;
      return a instanceof Variable ? a.mul(2) : a;
    });
    compiled(variable([1, 2]));
    compiled(variable([3, 4]));
    compiled(tensor([1, 2]));
    expect(recordings).toBe(2);
  });

  test('that are constants are what they were when recorded, parameters what they are now', () => {
    const [constant, weight] = [variable([1, 2]), parameter([1, 2])];
    const compiled = compile((a: Tensor) => weight.mul(a).add(constant));
    compiled(scalar(1));
    constant.assign(tensor([100, 100]));
    weight.assign(tensor([5, 7]));
    expect(compiled(scalar(2)).toArray()).toEqual([11, 16]);
  });
});

describe('derivatives in a compiled function are those outside of it:', () => {
  const weight = parameter([[0.3], [-0.2], [0.7]], 'weight');
  const model = (a: Variable): Variable => sum(sin(matmul(a, weight)).mul(exp(a.mul(0.1))));
  const reversed = customGradient({
    name: 'reversed',
    forward: (a) => a,
    vjp: (cotangent) => [cotangent.neg()],
  });
  const vector = tensor([0.2, -0.4, 0.9]);
  const cube = (a: Variable): Variable => sum(a.mul(a).mul(a).mul(sin(a)));

  test.each<[string, (a: Tensor) => unknown]>([
    ['gradients by a parameter', (a) => gradients(model(new Variable(a)), [weight])],
    ['grad by an argument', (a) => grad((v) => model(v!))(a)],
    ['value and gradient', (a) => valueAndGrad((v) => model(v!))(a)],
    ['gradients of gradients', (a) => grad((v) => sum(grad((u) => model(u!))(v!)[0]!.square()))(a)],
    ['jvp', (a) => jvp((v) => matmul(v!, weight).tanh(), [a], [a])],
    ['a Jacobian', () => jacobian((v) => sin(v!).mul(v!.sum()))(vector)],
    ['a Hessian', () => hessian((v) => cube(v!))(vector)],
    ['a Hessian times a vector', () => hvp((v) => cube(v!), [vector], [vector])],
    ['vmap of a gradient', (a) => vmap((v) => grad((u) => cube(u!))(v!)[0]!)(a)],
    ['checkpoint', (a) => gradients(checkpoint((v) => model(v!))(a), [weight])],
    ['a gradient of one’s own', (a) => grad((v) => model(reversed(v!)))(a)],
    ['stopGradient', (a) => grad((v) => model(stopGradient(v!).mul(v!)))(a)],
    ['a choice between values', (a) => grad((v) => sum(where(v!.greater(0), exp(v!), v!)))(a)],
  ])('%s', (_, derive) => {
    const plain = (result: unknown): unknown => {
      if (result instanceof Variable) return result.toArray();
      if (Array.isArray(result)) return result.map(plain);
      if (typeof result !== 'object' || result === null) return result;
      return Object.fromEntries(Object.entries(result).map(([name, each]) => [name, plain(each)]));
    };
    const compiled = compile(derive);
    for (const a of [x, x.slice([[null, null, -1]])])
      expect(plain(compiled(a))).toStrictEqual(plain(derive(a)));
  });

  test('one gradient as a program', () => {
    const w = parameter([1, 2], 'w');
    const compiled = compile((a: Tensor) => gradients(sum(w.mul(a).square()), [w])[0]!);
    expect(formatProgram(compiled.program(tensor([3, 4])))).toMatchInlineSnapshot(`
      "  %0: f32[2]         = input 0
        %1: f32[2]         = state w
        %2: f32[2]         = map %1, %0 x * y
        %3: f32[2]         = map %2 x + x
        %4: f32[2]         = map %0, %3 y * x
      return %4"
    `);
    // d/dw (wa)² = 2wa²
    expect(compiled(tensor([3, 4])).toArray()).toEqual([18, 64]);
  });
});

describe('a training step', () => {
  const create = () => {
    const weight = parameter([1, -2, 0.5], 'weight');
    const step = (target: Tensor, rate: Tensor): Variable => {
      const loss = sum(weight.sub(target).square());
      const [gradient] = gradients(loss, [weight]);
      weight.assign(weight.sub(gradient!.mul(rate)).value);
      return loss;
    };
    return { weight, step };
  };
  const target = tensor([3, 3, 3]);

  test('keeps its parameters from run to run, as the function does', () => {
    const [eager, other] = [create(), create()];
    const compiled = compile(other.step);
    for (const rate of [0.1, 0.25, 0.3]) {
      expect(compiled(target, scalar(rate)).item()).toBe(eager.step(target, scalar(rate)).item());
      expect(other.weight.toArray()).toEqual(eager.weight.toArray());
    }
  });

  test('starts from values that are assigned in between, and leaves those that were taken', () => {
    const { weight, step } = create();
    const compiled = compile(step);
    compiled(target, scalar(0.5));
    const { value } = weight;
    expect(value.toArray()).toEqual([3, 3, 3]);
    weight.assign(tensor([1, 2, 4]));
    expect(compiled(target, scalar(0)).item()).toBe(6);
    expect(value.toArray()).toEqual([3, 3, 3]);
    expect(weight.toArray()).toEqual([1, 2, 4]);
  });

  test('may be run with eager ones in between, and by another compiled function', () => {
    const [eager, other] = [create(), create()];
    const compiled = compile(other.step);
    const evaluate = compile((a: Tensor) => sum(other.weight.mul(a)));
    for (const run of [compiled, other.step, compiled]) {
      run(target, scalar(0.1));
      eager.step(target, scalar(0.1));
      expect(evaluate(target).item()).toBe(sum(eager.weight.mul(target)).item());
    }
  });

  test('that throws while it is recorded changes nothing', () => {
    const { weight } = create();
    const compiled = compile(() => {
      weight.assign(weight.mul(2).value);
      throw new Error('stop');
    });
    expect(() => compiled()).toThrow('stop');
    expect(weight.toArray()).toEqual([1, -2, 0.5]);
    expect(weight.mul(2).toArray()).toEqual([2, -4, 1]);
  });
});

describe('reading', () => {
  const read = (fn: (a: Variable) => unknown) => () => compile((a: Tensor) => fn(new Variable(a).mul(2)))(x);

  test.each<[string, (a: Variable) => unknown]>([
    ['toArray', (a) => a.toArray()],
    ['a condition', (a) => (a.sum().item() > 0 ? a : a.neg())],
    ['printing', (a) => `${a}`],
  ])('a variable raises an error: %s', (_, fn) => {
    expect(read(fn)).toThrow(RecordedReadError);
    expect(read(fn)).toThrow(/^compile: a tensor float32 \[[\d, ]*\] was read while compile\(\) recorded/);
  });

  test('a parameter raises one, too', () => {
    const weight = parameter([1, 2]);
    expect(() => compile(() => weight.toArray())()).toThrow(RecordedReadError);
    expect(weight.toArray()).toEqual([1, 2]);
  });

  test('gradients that backward() left says to take them from gradients()', () => {
    const weight = parameter([1, 2]);
    const compiled = compile((a: Tensor) => {
      backward(sum(weight.mul(a)));
      return weight.grad!;
    });
    expect(compiled(scalar(3)).toArray()).toEqual([3, 3]);
    expect(() => weight.grad!.toArray()).toThrow('take it from gradients() instead');
    weight.clearGrad();
  });
});

test('draws are those of the same key outside', () => {
  const draw = (key: RandomKey) => vmap((v) => v!.mul(2))(uniform(key.foldIn(3), [4]));
  const compiled = compile(draw);
  for (const seed of [1, 2]) {
    const key = RandomKey.fromSeed(seed);
    expect(compiled(key).toArray()).toEqual(draw(key).toArray());
  }
});
