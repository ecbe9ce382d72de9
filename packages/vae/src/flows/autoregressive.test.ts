import { jacobian } from '@reparam/autograd';
import { normal, RandomKey } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { disturbParameters } from '../verify/measure-flow.ts';
import { AutoregressiveFlow } from './autoregressive-flow.ts';
import { autoregressiveMasks } from './autoregressive-masks.ts';
import { CouplingFlow } from './coupling-flow.ts';
import { scaleAndShift } from './elementwise-transform.ts';
import type { Flow } from './flow.ts';

const key = RandomKey.fromSeed(48);
const z = normal(key, [4], { dtype: 'float64' });

/** Which inputs each output depends on. */
function dependence(flow: Flow): boolean[][] {
  disturbParameters(flow, key, 0.5);
  const [J] = jacobian((z) => flow.at().forwardAndLogDet(z!).value)(z);
  return (J!.toArray() as number[][]).map((row) => row.map((entry) => entry !== 0));
}

const options = { dimensions: 4, layers: 1, hidden: [12, 9], key, dtype: 'float64' } as const;

test('an autoregressive layer depends on all coordinates before, and on none after', () => {
  expect(dependence(new AutoregressiveFlow(scaleAndShift, 'forward', options))).toEqual(
    [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => j <= i)),
  );
});

test('the next layer turns the order round', () => {
  const flow = new AutoregressiveFlow(scaleAndShift, 'forward', { ...options, layers: 2 });
  disturbParameters(flow, key, 0.5);
  for (const parameter of flow.conditioners[0]!.parameters()) parameter.assign(parameter.mul(0).value);
  const [J] = jacobian((z) => flow.at().forwardAndLogDet(z!).value)(z);
  expect((J!.toArray() as number[][]).map((row) => row.map((entry) => entry !== 0))).toEqual(
    [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => j >= i)),
  );
});

test('a coupling layer leaves one half alone, and moves each of the others by it', () => {
  expect(dependence(new CouplingFlow(scaleAndShift, options))).toEqual([
    [true, false, false, false],
    [false, true, false, false],
    [true, true, true, false],
    [true, true, false, true],
  ]);
});

describe('masks', () => {
  const maskOptions = { dimensions: 3, width: 2, reversed: false, dtype: 'float32' } as const;

  test('with a context, the first coordinate has hidden units of its own', () => {
    const [first, last] = autoregressiveMasks({ ...maskOptions, hidden: [3], hasContext: true });
    // Degrees 0, 1, 2 of the units; 1, 2, 3 of the coordinates.
    expect(first!.toArray()).toEqual([
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(last!.toArray()).toEqual([
      [1, 1, 1, 1, 1, 1],
      [0, 0, 1, 1, 1, 1],
      [0, 0, 0, 0, 1, 1],
    ]);
  });

  test('without hidden layers the last mask is strictly triangular', () => {
    const masks = autoregressiveMasks({ ...maskOptions, width: 1, hidden: [], hasContext: false });
    expect(masks.map((mask) => mask.toArray())).toEqual([
      [
        [0, 1, 1],
        [0, 0, 1],
        [0, 0, 0],
      ],
    ]);
  });
});
