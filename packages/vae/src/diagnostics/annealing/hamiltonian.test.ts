import { RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { linearGaussian } from '../../../../../test/support/linear-gaussian.ts';
import { column, estimate } from '../../../../../test/support/sample-moments.ts';
import { hamiltonianTransition } from './hamiltonian.ts';
import { GeometricPath } from './path.ts';

const key = RandomKey.fromSeed(52);
const float64 = { dtype: 'float64' } as const;
const model = linearGaussian(
  [
    [1, 2, 0],
    [2, -1, 0],
  ],
  0.5,
);
const x = tensor([[1, -0.5, 2]], float64);

describe('hamiltonianTransition', () => {
  test('leaves the posterior as it is at β = 1', () => {
    const chains = 4000;
    const path = new GeometricPath(model, x, model.prior, chains);
    // z|x ~ N(zₗ, 1/11): means (1 − 1)/5.5 and (2 + .5)/5.5.
    const exact = model.posterior(x).sample(key, [chains]).value;
    let state = path.stateAt(exact);
    for (let t = 0; t < 5; t++) {
      const moved = hamiltonianTransition(path, state, 1, Float64Array.of(0.35), 3, key.foldIn(t));
      expect(moved.acceptance[0]).toBeGreaterThan(0.5);
      expect(moved.acceptance[0]).toBeLessThan(0.99);
      state = moved.state;
    }
    [0, 2.5 / 5.5].forEach((location, d) => {
      const { mean, variance, standardError } = estimate(column(state.position.toTypedArray(), 2, d));
      expect(Math.abs(mean - location)).toBeLessThan(4 * standardError);
      expect(Math.abs(variance * 11 - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
    });
  });

  test('brings chains from elsewhere to the density in between: at β = ½ the precision is 1 + ½·5/.5', () => {
    const chains = 2000;
    const path = new GeometricPath(model, x, model.prior, chains);
    let state = path.stateAt(path.drawInitial(key));
    for (let t = 0; t < 30; t++) {
      state = hamiltonianTransition(path, state, 0.5, Float64Array.of(0.3), 5, key.foldIn(t)).state;
    }
    // The mean solves (1 + 5) z = ½·2.5/.5.
    const { mean, variance, standardError } = estimate(column(state.position.toTypedArray(), 2, 1));
    expect(Math.abs(mean - 2.5 / 6)).toBeLessThan(4 * standardError);
    expect(Math.abs(variance * 6 - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
  });

  test('keeps densities that belong to the positions', () => {
    const path = new GeometricPath(model, x, model.prior, 3);
    const start = path.stateAt(path.drawInitial(key));
    const { state } = hamiltonianTransition(path, start, 0.7, Float64Array.of(0.6), 4, key);
    const again = path.stateAt(state.position);
    expect(Array.from(state.target)).toEqual(Array.from(again.target, (value) => expect.closeTo(value, 12)));
    expect(Array.from(state.initial)).toEqual(
      Array.from(again.initial, (value) => expect.closeTo(value, 12)),
    );
  });

  test('refuses a trajectory that leaves the finite numbers, and stays', () => {
    const path = new GeometricPath(model, x, model.prior, 3);
    const start = path.stateAt(path.drawInitial(key));
    const { state, acceptance } = hamiltonianTransition(path, start, 1, Float64Array.of(1e200), 4, key);
    expect(acceptance[0]).toBe(0);
    expect(state.position.toArray()).toEqual(start.position.toArray());
  });
});
