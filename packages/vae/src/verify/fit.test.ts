import { parameter, type Variable } from '@reparam/autograd';
import { constantSchedule } from '@reparam/nn';
import { normal, RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { finish } from '../diagnostics/work.ts';
import { fit } from './fit.ts';

const key = RandomKey.fromSeed(1);
const float64 = { dtype: 'float64' } as const;

test('brings parameters to the minimum under noise, which dies away, and says how far it is', () => {
  const x = parameter(tensor([4, -3], float64));
  // ½‖x − (1, 2) − noise‖² on average has its minimum at (1, 2).
  const loss = (drawKey: RandomKey): Variable =>
    x
      .sub(tensor([1, 2], float64))
      .sub(normal(drawKey, [2], float64))
      .square()
      .sum()
      .mul(0.5);
  const done: number[] = [];
  finish(fit({ parameters: { x }, loss, steps: 600, learningRate: 0.1, key }), (progress) => {
    expect(progress.total).toBe(600);
    done.push(progress.done);
  });
  expect(done).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  const [first, second] = x.toArray() as [number, number];
  expect(Math.abs(first - 1)).toBeLessThan(0.25);
  expect(Math.abs(second - 2)).toBeLessThan(0.25);
});

test('each step has its number and a key of its own, the schedule its rate', () => {
  const x = parameter(tensor([1], float64));
  const seen: [number, number][] = [];
  const loss = (drawKey: RandomKey, step: number): Variable => {
    seen.push([step, normal(drawKey, [], float64).item()]);
    return x.sum();
  };
  finish(fit({ parameters: { x }, loss, steps: 3, learningRate: constantSchedule(0.1), key }));
  expect(seen).toEqual([0, 1, 2].map((step) => [step, normal(key.foldIn(step), [], float64).item()]));
  // Adam's steps are its rate where the gradient stays the same.
  expect((x.toArray() as number[])[0]).toBeCloseTo(1 - 3 * 0.1, 6);
});
