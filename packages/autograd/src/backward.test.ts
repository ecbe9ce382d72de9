import { ones, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { backward, StaleTapeError } from './backward.ts';
import './fluent.ts';
import { add, mul } from './ops/elementwise.ts';
import { concat } from './ops/movement.ts';
import { FreedTapeError, noGrad, tapeOf } from './tape.ts';
import { gradients, stopGradient } from './transforms.ts';
import { parameter, type Variable, variable } from './variable.ts';

const gradOf = (leaf: Variable) => leaf.grad?.toArray();

describe('backward leaves gradients on the leaves', () => {
  test('of a product, each leaf the other', () => {
    const [x, y] = [parameter([1, 2]), parameter([10, 20])];
    x.mul(y).sum().backward();
    expect(gradOf(x)).toEqual([10, 20]);
    expect(gradOf(y)).toEqual([1, 2]);
  });

  test('only on leaves that require them', () => {
    const [x, c] = [parameter(3), variable(4)];
    const y = x.mul(c);
    y.backward();
    expect([gradOf(x), c.grad, y.grad]).toEqual([4, undefined, undefined]);
  });

  test('on an output that is itself a leaf', () => {
    const x = parameter(5);
    x.backward();
    expect(gradOf(x)).toBe(1);
  });

  test('starting from a cotangent of the shape of the output', () => {
    const x = parameter([1, 2, 3]);
    x.square().backward(tensor([1, 10, 100]));
    expect(gradOf(x)).toEqual([2, 40, 600]);
  });

  test('of a one-element output of any shape without a cotangent', () => {
    const x = parameter([[3]]);
    x.square().backward();
    expect(gradOf(x)).toEqual([[6]]);
  });

  test('in the type of the leaf', () => {
    const x = parameter(tensor([1, 2], { dtype: 'float64' }));
    x.mul(0.1).sum().backward();
    expect(x.grad?.dtype).toBe('float64');
    expect(gradOf(x)).toEqual([0.1, 0.1]);
  });
});

describe('what is used more than once counts every time', () => {
  test('as both arguments: x·x and x + x', () => {
    const x = parameter([3, -4]);
    x.mul(x).sum().backward();
    expect(gradOf(x)).toEqual([6, -8]);
    x.clearGrad();
    add(x, x).sum().backward();
    expect(gradOf(x)).toEqual([2, 2]);
    x.clearGrad();
    concat([x, x, x]).sum().backward();
    expect(gradOf(x)).toEqual([3, 3]);
  });

  test('as a shared part: s = x², s·s + s has the derivative 4x³ + 2x', () => {
    const x = parameter(1.5);
    const s = x.square();
    s.mul(s).add(s).backward();
    expect(gradOf(x)).toBe(4 * 1.5 ** 3 + 3);
  });

  test('along paths of different length: x·(x·(x·x))', () => {
    const x = parameter(2);
    x.mul(x.mul(x.mul(x))).backward();
    expect(gradOf(x)).toBe(32);
  });

  test('in a diamond of forty squares-and-halves, which has 2⁴⁰ paths', () => {
    const x = parameter(1);
    let y: Variable = x;
    for (let i = 0; i < 40; i++) y = y.mul(0.5).add(y.mul(0.5));
    y.backward();
    expect(gradOf(x)).toBe(1);
  });
});

describe('gradients add up', () => {
  test('over backward passes of several outputs', () => {
    const x = parameter(2);
    x.square().backward();
    x.mul(10).backward();
    expect(gradOf(x)).toBe(14);
    x.clearGrad();
    expect(x.grad).toBeUndefined();
    x.mul(3).backward();
    expect(gradOf(x)).toBe(3);
  });

  test('over two passes of one output: exactly twice the gradient', () => {
    const x = parameter([1, 2]);
    const y = x.tanh().mul(x).sum();
    y.backward(undefined, { retainTape: true });
    const once = x.grad!;
    const values = gradOf(x) as number[];
    y.backward();
    expect(gradOf(x)).toEqual(values.map((value) => 2 * value));
    expect(once.toArray()).toEqual(values);
  });
});

describe('a backward pass frees its tape', () => {
  test('a second one is refused, and nothing is added', () => {
    const x = parameter([1, 2]);
    const loss = x.square().sum();
    loss.backward();
    expect(() => loss.backward()).toThrow(FreedTapeError);
    expect(() => loss.backward()).toThrow(
      'sum: a backward pass has freed the tape that this [] was recorded on. Run the forward pass again, or keep ' +
        'the tape in the first backward pass: loss.backward(undefined, { retainTape: true }).',
    );
    expect(() => tapeOf(loss)).toThrow(FreedTapeError);
    expect(gradOf(x)).toEqual([2, 4]);
    expect(loss.item()).toBe(5);
  });

  test('also for another output that was computed from a freed part', () => {
    const x = parameter([1, 2]);
    const shared = x.square();
    shared.sum().backward();
    expect(() => shared.exp().sum().backward()).toThrow('square: a backward pass has freed the tape');
  });

  test('unless it is to be retained; gradients() always retains it', () => {
    const x = parameter([1, 2]);
    const shared = x.square();
    const [first, second] = [shared.sum(), shared.mul(3).sum()];
    first.backward(undefined, { retainTape: true });
    expect(gradients(second, [x])[0]!.toArray()).toEqual([6, 12]);
    second.backward();
    expect(gradOf(x)).toEqual([8, 16]);
  });

  test('and lets go of what was recorded', () => {
    const x = parameter([1, 2]);
    const loss = x.square().sum();
    const nodes = tapeOf(loss);
    loss.backward();
    for (const node of nodes) {
      expect(node).toMatchObject({ freed: true, inputs: [], inputValues: [] });
    }
  });
});

describe('onGradient', () => {
  test('sees the complete cotangent of an intermediate result, once', () => {
    const x = parameter([1, 2]);
    const seen: unknown[] = [];
    const y = x.square();
    y.onGradient((cotangent) => {
      seen.push(cotangent.toArray());
    });
    y.mul(3).add(y).sum().backward();
    expect(seen).toEqual([[4, 4]]);
    expect(gradOf(x)).toEqual([8, 16]);
  });

  test('sees that of a leaf, after all of its uses', () => {
    const x = parameter([1, 2]);
    const seen: unknown[] = [];
    x.onGradient((cotangent) => {
      seen.push(cotangent.toArray());
    });
    x.mul(x).add(x).sum().backward();
    expect(seen).toEqual([[3, 5]]);
  });

  test('replaces it by what it returns, one hook after the other, until taken away', () => {
    const x = parameter([1, -5]);
    const y = x.mul(10);
    const remove = y.onGradient((cotangent) => cotangent.mul(2));
    y.onGradient((cotangent) => cotangent.add(1));
    const gradientOf = () => gradients(y.sum(), [x, y]).map((each) => each.toArray());
    expect(gradientOf()).toEqual([
      [30, 30],
      [3, 3],
    ]);
    remove();
    expect(gradientOf()).toEqual([
      [20, 20],
      [2, 2],
    ]);
    remove();
  });

  test('is differentiated with the pass it belongs to', () => {
    const x = parameter(3);
    const y = x.square();
    const remove = y.onGradient((cotangent) => cotangent.mul(y));
    const [gradient] = gradients(y, [x], { createGraph: true });
    remove();
    // The changed gradient is 2x·x², whose derivative is 6x².
    expect(gradients(gradient!, [x])[0]!.item()).toBe(54);
  });

  test('may not change the shape', () => {
    const x = parameter([1, 2]);
    x.onGradient((cotangent) => cotangent.sum());
    expect(() => x.square().sum().backward()).toThrow(
      'onGradient: the hook returned a cotangent of [], but the variable is [2].',
    );
  });
});

test('a chain of 100 000 operations needs no recursion', () => {
  const x = parameter(tensor(1, { dtype: 'float64' }));
  let y: Variable = x;
  for (let i = 0; i < 100_000; i++) y = y.add(1e-5);
  y.mul(y).backward();
  expect(x.grad?.item()).toBeCloseTo(4, 8);
});

describe('where no gradient flows', () => {
  const explanation =
    'backward: no gradient flows to any leaf: the output was computed from constants, under noGrad, or after ' +
    'stopGradient. Mark leaves with variable(…, { requiresGrad: true }) or parameter(…).';

  test.each([
    ['constants', () => variable([1, 2]).sum()],
    ['noGrad', () => noGrad(() => parameter([1, 2]).sum())],
    ['stopGradient', () => stopGradient(parameter([1, 2])).sum()],
  ])('backward says so: %s', (_, output) => {
    expect(() => backward(output())).toThrow(explanation);
  });

  test('stopGradient keeps the value and ends one path of several', () => {
    const x = parameter(3);
    const y = x.mul(x.square().stopGradient());
    expect(y.item()).toBe(27);
    y.backward();
    expect(gradOf(x)).toBe(9);
  });

  test('a leaf that the output does not depend on keeps no gradient', () => {
    const [x, y] = [parameter(1), parameter(2)];
    x.mul(2).backward();
    expect(y.grad).toBeUndefined();
  });
});

describe('the starting cotangent is checked', () => {
  test('an output that is no scalar needs one', () => {
    expect(() => parameter([1, 2]).mul(2).backward()).toThrow(
      'backward: the output is [2], not a scalar. Reduce it first (sum or mean), or pass the cotangent to start from.',
    );
  });

  test('of another shape or type', () => {
    const y = parameter([1, 2]).mul(2);
    expect(() => y.backward(ones([3]))).toThrow('backward: the cotangent is [3] but the output is [2].');
    expect(() => y.backward(ones([2], { dtype: 'float64' }))).toThrow(
      "backward: element types differ: output is float32 but cotangent is float64. Convert one of them, for example cotangent.cast('float32').",
    );
  });
});

describe('a leaf that was assigned to between forward and backward', () => {
  test('is noticed, and named', () => {
    const weight = parameter([1, 2], 'weight');
    const loss = mul(weight, weight).sum();
    weight.assign(zeros([2]));
    expect(() => loss.backward()).toThrow(StaleTapeError);
    expect(() => loss.backward()).toThrow(
      'mul: input 0 (weight) was assigned a new value after this was computed, so its gradient would be wrong. ' +
        'Run the forward pass again before the backward pass.',
    );
    expect(weight.grad).toBeUndefined();
    mul(weight, 3).sum().backward();
    expect(gradOf(weight)).toEqual([3, 3]);
  });

  test('is noticed also where it is no target, but its value is needed', () => {
    const [x, scale] = [parameter(2), variable(3)];
    const y = x.mul(scale);
    scale.assign(tensor(100));
    expect(() => y.backward()).toThrow('mul: input 1 was assigned a new value');
  });
});
