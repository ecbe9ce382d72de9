import { checkGradients } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { type EnergyName, energies } from './energies.ts';

const { exp, sin, hypot, PI, abs, max, log } = Math;
const w1 = (z1: number): number => sin((PI * z1) / 2);
const w2 = (z1: number): number => 3 * exp(-0.5 * ((z1 - 1) / 0.6) ** 2);
const w3 = (z1: number): number => 3 / (1 + exp(-(z1 - 1) / 0.3));
const ends = (z1: number): number => 0.5 * (max(abs(z1) - 4, 0) / 0.5) ** 2;

/** As printed in the paper. */
const printed: Record<EnergyName, (z1: number, z2: number) => number> = {
  U1: (z1, z2) =>
    0.5 * ((hypot(z1, z2) - 2) / 0.4) ** 2 -
    log(exp(-0.5 * ((z1 - 2) / 0.6) ** 2) + exp(-0.5 * ((z1 + 2) / 0.6) ** 2)),
  U2: (z1, z2) => 0.5 * ((z2 - w1(z1)) / 0.4) ** 2 + ends(z1),
  U3: (z1, z2) =>
    -log(exp(-0.5 * ((z2 - w1(z1)) / 0.35) ** 2) + exp(-0.5 * ((z2 - w1(z1) + w2(z1)) / 0.35) ** 2)) +
    ends(z1),
  U4: (z1, z2) =>
    -log(exp(-0.5 * ((z2 - w1(z1)) / 0.4) ** 2) + exp(-0.5 * ((z2 - w1(z1) + w3(z1)) / 0.35) ** 2)) +
    ends(z1),
};
const points = [
  [0.3, -0.7],
  [1.9, 0.4],
  [-4.3, 1.2],
  [1.2, -2.1],
] as const;

describe.each(Object.keys(energies) as EnergyName[])('%s', (name) => {
  const { energy, logPartition } = energies[name];

  test('is the formula', () => {
    const got = energy(tensor(points as unknown as number[][], { dtype: 'float64' })).toArray() as number[];
    points.forEach(([z1, z2], i) => {
      expect(got[i]).toBeCloseTo(printed[name](z1, z2), 11);
    });
  });

  test('has the integral that is quoted', () => {
    const grid = evenGrid(2, 8, 641);
    const values = energy(grid.points).neg().exp().value.toTypedArray();
    expect(Math.log(integrate(grid, (_, i) => values[i]!))).toBeCloseTo(logPartition, 5);
  });

  test('is finite with its gradient far out in float32', () => {
    const far = tensor([
      [30, -30],
      [-1000, 2],
    ]);
    expect((energy(far).toArray() as number[]).every(Number.isFinite)).toBe(true);
    checkGradients((z) => energy(z!), [points as unknown as number[][]], { order: 1 });
  });
});
