import { normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkGradients } from '../check/check-gradients.ts';
import '../fluent.ts';
import { matmul } from '../ops/matmul.ts';
import { noGrad, tapeOf } from '../tape.ts';
import { parameter, type Variable } from '../variable.ts';
import { checkpoint } from './checkpoint.ts';
import { grad, gradients } from './reverse.ts';

const key = RandomKey.fromSeed(3);
const weight = parameter(normal(key, [3, 3], { dtype: 'float64' }), 'weight');
const x = normal(key.foldIn(1), [2, 3], { dtype: 'float64' });
const layer = (h: Variable): Variable => matmul(h, weight).tanh().mul(h);
const kept = checkpoint((h) => layer(h!));

describe('checkpoint', () => {
  test('leaves one operation on the tape instead of all', () => {
    const h = parameter(x);
    expect(tapeOf(layer(h)).length).toBe(3);
    expect(tapeOf(kept(h)).map(({ rules, inputs }) => [rules.name, inputs.length])).toEqual([
      ['checkpoint', 2],
    ]);
  });

  test('changes neither the value nor any gradient, of arguments and of what is closed over', () => {
    const h = parameter(x);
    const deep = (each: (v: Variable) => Variable): Variable =>
      each(each(each(h)))
        .square()
        .sum();
    const [plain, saved] = [deep(layer), deep(kept)];
    expect(saved.item()).toBe(plain.item());
    const [expected, found] = [plain, saved].map((loss) =>
      gradients(loss, [h, weight]).map((each) => each.toArray()),
    );
    expect(found).toEqual(expected);
  });

  test('counts a path from a closed-over variable to an argument once', () => {
    const w = parameter(tensor(3, { dtype: 'float64' }));
    const twice = checkpoint((v) => v!.mul(w));
    // w²·w = w³
    const loss = twice(w.mul(w));
    const [first] = gradients(loss, [w], { createGraph: true });
    expect(first!.item()).toBe(27);
    expect(gradients(first!, [w])[0]!.item()).toBe(18);
  });

  test('agrees with differences to second order, and in forward mode', () => {
    for (const order of [1, 2] as const) {
      checkGradients((h) => kept(kept(h!)).sum(), [x], { order });
    }
  });

  test('runs its function again in the backward pass, once', () => {
    let runs = 0;
    const counted = checkpoint((h) => {
      runs++;
      return layer(h!);
    });
    const loss = counted(parameter(x)).sum();
    expect(runs).toBe(1);
    loss.backward();
    expect(runs).toBe(2);
    weight.clearGrad();
    noGrad(() => counted(parameter(x)));
    expect(runs).toBe(3);
  });

  test('takes indices and constants among its arguments', () => {
    const picked = checkpoint((table, indices) => table!.gather(indices!).sum());
    const [gradient] = grad((table) => picked(table!, tensor([2, 0, 2], { dtype: 'int32' })))(
      tensor([1, 2, 3]),
    );
    expect(gradient!.toArray()).toEqual([1, 0, 2]);
  });
});
