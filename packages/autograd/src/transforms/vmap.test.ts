import { normal, RandomKey, stack as stackTensors, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import '../fluent.ts';
import { matmul } from '../ops/matmul.ts';
import { operationTable } from '../ops/table.ts';
import { noGrad, tapeOf } from '../tape.ts';
import { parameter, Variable } from '../variable.ts';
import { checkpoint } from './checkpoint.ts';
import { hessian, jacobian } from './jacobian.ts';
import { grad, gradients, vjp } from './reverse.ts';
import { vmap } from './vmap.ts';

const key = RandomKey.fromSeed(11);
const doubles = (...shape: number[]): Tensor => normal(key.foldIn(shape.length), shape, { dtype: 'float64' });

/** Largest difference between two results, relative to their size. */
function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [[...a.toTypedArray()], [...b.toTypedArray()]];
  return left.reduce((worst, value, i) => {
    const other = right[i]!;
    if (Object.is(value, other)) return worst;
    const error = Math.abs(value - other) / Math.max(1, Math.abs(value), Math.abs(other));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

describe('every operation of the table: a batch is its examples one by one, value and gradients', () => {
  // Three examples near the sample: inside its domain, and away from ties and kinks.
  const scales = [1, 0.97, 1.02];
  test.each(operationTable.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    for (const { run, inputs } of operation.samples) {
      const examples = scales.map((scale) =>
        inputs.map((x) => noGrad(() => new Variable(x).mul(scale)).value),
      );
      const expected = examples.map((each) => {
        const { output, pullback } = vjp(run, ...each);
        const cotangent = normal(key, output.shape, {
          dtype: output.dtype === 'float32' ? 'float32' : 'float64',
        });
        if (output.dtype === 'int32') return [output.value];
        return [output, ...pullback(cotangent)].map(({ value }) => value);
      });
      const batched = vmap((...x: Variable[]) => {
        const { output, pullback } = vjp(run, ...x);
        if (output.dtype === 'int32') return [output];
        const cotangent = normal(key, output.shape, {
          dtype: output.dtype === 'float32' ? 'float32' : 'float64',
        });
        return [output, ...pullback(cotangent)];
      });
      const found = batched(...inputs.map((_, i) => stackTensors(examples.map((each) => each[i]!))));
      found.forEach(({ value }, k) => {
        expect(distance(value, stackTensors(expected.map((each) => each[k]!)))).toBeLessThan(1e-12);
      });
    }
  });
});

describe('vmap', () => {
  test('gives the function the shape of one example', () => {
    const seen: unknown[] = [];
    const result = vmap((x, y) => {
      seen.push(x!.shape, y!.shape, x!.rank, x!.size, x!.dtype);
      return x!.mul(y!).sum();
    })(doubles(5, 3), doubles(5, 1));
    expect(seen).toEqual([[3], [1], 1, 3, 'float64']);
    expect(result.shape).toEqual([5]);
    expect(result.tracked).toBe(false);
  });

  test('takes examples along any axis, and inputs that all share', () => {
    const [x, w] = [doubles(3, 4), doubles(3, 2)];
    const product = vmap((v, m) => matmul(v!.reshape([1, 3]), m!).reshape([2]), { axes: [1, null] })(x, w);
    const expected = noGrad(() => matmul(new Variable(x.transpose()), w));
    expect(distance(product.value, expected.value)).toBeLessThan(1e-15);
  });

  test('repeats a result that does not depend on the batch', () => {
    expect(vmap(() => new Variable(tensor([1, 2])))(zeros([3])).toArray()).toEqual(Array(3).fill([1, 2]));
  });

  test('gives the gradient of each example by itself', () => {
    const [w, x, y] = [doubles(3, 1), doubles(6, 3), doubles(6)];
    const loss = (weight: Variable, input: Variable, target: Variable): Variable =>
      matmul(input.reshape([1, 3]), weight)
        .reshape([])
        .sub(target)
        .square();
    const perExample = vmap((weight, input, target) => grad((v) => loss(v!, input!, target!))(weight!)[0]!, {
      axes: [null, 0, 0],
    })(w, x, y);
    // 2·(xw − y)·x
    const residual = noGrad(() => matmul(new Variable(x), w).reshape([6]).sub(y));
    const expected = noGrad(() =>
      residual
        .mul(2)
        .reshape([6, 1, 1])
        .mul(x.reshape([6, 3, 1])),
    );
    expect(perExample.shape).toEqual([6, 3, 1]);
    expect(perExample.tracked).toBe(false);
    expect(distance(perExample.value, expected.value)).toBeLessThan(1e-14);
  });

  test('is differentiated by what the function closes over, also through a gradient inside', () => {
    const scale = parameter(tensor(3, { dtype: 'float64' }));
    const x = tensor([1, 2], { dtype: 'float64' });
    // d/dx (scale·x³) = 3·scale·x², summed over x: 15·scale
    const total = vmap((v) => grad((u) => u!.mul(u!).mul(u!).mul(scale))(v!)[0]!)(x).sum();
    expect(total.item()).toBe(45);
    expect(gradients(total, [scale])[0]!.item()).toBe(15);
    expect(tapeOf(total).length).toBeGreaterThan(0);
  });

  test('is differentiated by its inputs', () => {
    const x = parameter(tensor([1, 2, 3], { dtype: 'float64' }));
    const total = vmap((v) => v!.exp().mul(v!))(x).sum();
    const [gradient] = gradients(total, [x]);
    const expected = tensor(
      [1, 2, 3].map((v) => Math.exp(v) * (1 + v)),
      { dtype: 'float64' },
    );
    expect(distance(gradient!.value, expected)).toBeLessThan(1e-15);
  });

  test('nests', () => {
    const [a, b] = [doubles(2), doubles(3)];
    const outer = vmap((u) => vmap((v) => u!.mul(v!))(b))(a);
    const expected = noGrad(() => new Variable(a).reshape([2, 1]).mul(b));
    expect(outer.toArray()).toEqual(expected.toArray());
  });

  test('of derivatives of any kind', () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    );
    const cube = (v: Variable): Variable => v.mul(v).mul(v).sum();
    const hessians = vmap((v) => hessian((u) => cube(u!))(v!)[0]![0]!)(x);
    expect(hessians.toArray()).toEqual([
      [
        [6, 0],
        [0, 12],
      ],
      [
        [18, 0],
        [0, 24],
      ],
    ]);
    const jacobians = vmap((v) => jacobian((u) => u!.square(), { mode: 'forward' })(v!)[0]!)(x);
    expect(jacobians.toArray()).toEqual([
      [
        [2, 0],
        [0, 4],
      ],
      [
        [6, 0],
        [0, 8],
      ],
    ]);
    const kept = vmap((v) => checkpoint((u) => cube(u!))(v!))(x);
    expect(kept.toArray()).toEqual([9, 91]);
  });

  test('has its own indices for each example', () => {
    const indices = tensor([2, 0], { dtype: 'int32' });
    const rows = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const own = vmap((row, index) => row!.gather(index!))(rows, indices);
    expect(own.toArray()).toEqual([3, 4]);
    const shared = vmap((index) => new Variable(rows).gather(index!, 1))(indices);
    expect(shared.toArray()).toEqual([
      [3, 6],
      [1, 4],
    ]);
  });
});

describe('errors of vmap', () => {
  const x = zeros([4, 2]);

  test('numbers cannot be asked inside', () => {
    const explanation =
      'vmap: inside vmap a variable [2] stands for 4 examples, so it has no one value. Write what depends on numbers ' +
      'with operations such as where, or leave it out of vmap.';
    expect(() => vmap((v) => v!.mul(v!.value))(x)).toThrow(explanation);
    expect(() => vmap((v) => v!.mul(v!.sum().item()))(x)).toThrow('stands for 4 examples');
    expect(() => vmap((v) => new Variable(tensor(v!.toArray())))(x)).toThrow(explanation);
  });

  test('the number of examples must be the same, and known', () => {
    expect(() => vmap((a, b) => a!.add(b!))(x, zeros([3]))).toThrow(
      'vmap: the inputs have different numbers of examples (4, 3): inputs[0] is [4, 2], inputs[1] is [3]. Say with ' +
        'axes where they lie, null for an input that all share.',
    );
    expect(() => vmap((a) => a!, { axes: [null] })(x)).toThrow('vmap: no input is mapped');
    expect(() => vmap((a, b) => a!.add(b!), { axes: [0] })(x, x)).toThrow('axes gives none for input 1');
    expect(() => vmap((a) => a!, { axes: [2] })(x)).toThrow('vmap: no axis 2 in shape [4, 2]');
  });

  test('and everything is as before after an error', () => {
    expect(() => vmap((v) => v!.mul(v!.value))(x)).toThrow();
    expect(parameter(2).mul(3).item()).toBe(6);
  });
});
