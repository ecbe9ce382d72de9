import { checkGradients, matmul, type Variable, variable } from '@reparam/autograd';
import { ModuleBuffer } from '@reparam/nn';
import { normal, RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { disturbParameters } from '../verify/measure-flow.ts';
import type { ParametricFunction } from './parametric-function.ts';
import { FixedPointError, Residual } from './residual.ts';
import { ResidualFlow } from './residual-flow.ts';
import { SpectralNorm } from './spectral-norm.ts';

const key = RandomKey.fromSeed(50);
const float64 = { dtype: 'float64' } as const;

/** x ↦ Lx */
function linear(matrix: Variable): ParametricFunction {
  return {
    batchShape: [],
    apply: (x) => matmul(x.unsqueeze(-2), matrix, { transposeB: true }).squeeze(-2),
    detach: () => linear(matrix.detach()),
  };
}

const L = tensor(
  [
    [0.3, 0.2],
    [-0.1, 0.4],
  ],
  float64,
);
const z = tensor(
  [
    [0.7, -1.4],
    [3, 0.1],
  ],
  float64,
);

describe('of a linear map', () => {
  test('is (1 + L)z with ln det(1 + L)', () => {
    const { value, logDet } = new Residual(linear(variable(L))).forwardAndLogDet(z);
    expect(value.toArray()).toEqual(
      (z.toArray() as number[][]).map(([a, b]) => [
        expect.closeTo(1.3 * a! + 0.2 * b!, 14),
        expect.closeTo(-0.1 * a! + 1.4 * b!, 14),
      ]),
    );
    for (const each of logDet.toArray() as number[]) expect(each).toBeCloseTo(0.609766, 6);
  });

  test('goes back by (1 + L)⁻¹', () => {
    const { value, logDet } = new Residual(linear(variable(L))).inverseAndLogDet(z);
    const determinant = 1.3 * 1.4 + 0.2 * 0.1;
    expect(value.toArray()).toEqual(
      (z.toArray() as number[][]).map(([a, b]) => [
        expect.closeTo((1.4 * a! - 0.2 * b!) / determinant, 14),
        expect.closeTo((0.1 * a! + 1.3 * b!) / determinant, 14),
      ]),
    );
    for (const each of logDet.toArray() as number[]) expect(each).toBeCloseTo(-0.609766, 6);
  });

  test('has the first derivatives of the inverse matrix', () => {
    checkGradients((y, l) => new Residual(linear(l!)).inverseAndLogDet(y!).value, [z, L]);
    checkGradients((y, l) => new Residual(linear(l!)).inverseAndLogDet(y!).logDet, [z, L]);
  });

  test('the power series with random probes is right on average, but for the terms left out', () => {
    // ‖L‖ = 0.45: 12 terms leave out less than 2·0.45¹³/(13·0.55) = 9e-6.
    const method = { key, probes: 4000, terms: 12 };
    const { logDet } = new Residual(linear(variable(L)), method).forwardAndLogDet(z.slice([[0, 1]]));
    // With signs v₁v₂ = ±1 as likely, the first term is tr L ± 0.1, and the spread of the whole at most 0.1.
    expect(Math.abs(logDet.item() - 0.609766)).toBeLessThan((4 * 0.1) / Math.sqrt(4000) + 1e-5);
    const one = new Residual(linear(variable(L)), { ...method, probes: 1 });
    expect(one.forwardAndLogDet(z).logDet.toArray()).toEqual(
      one.detach().forwardAndLogDet(z).logDet.toArray(),
    );
    checkGradients(
      (l) => new Residual(linear(l!), { key, probes: 2, terms: 5 }).forwardAndLogDet(z).logDet,
      [L],
    );
  });

  test('a map that is no contraction is refused', () => {
    const flow = new Residual(
      linear(
        variable(
          tensor(
            [
              [1.5, 0],
              [0, 2],
            ],
            float64,
          ),
        ),
      ),
    );
    expect(() => flow.inverseAndLogDet(z)).toThrow(FixedPointError);
    expect(() => flow.inverseAndLogDet(z)).toThrow(
      'y must be finite, and the Lipschitz constant of g below 1.',
    );
  });
});

describe('spectral norms', () => {
  const limit = (weight: Tensor, bound = 0.9): Variable =>
    new SpectralNorm({ outputs: weight.shape[1]!, bound, key, dtype: 'float64' }).limit(variable(weight));

  test('scale the largest singular value down to the bound, and leave smaller weights alone', () => {
    // Singular values 5 and 1 between orthonormal vectors: (0.6, 0.8) and (0, 1, 0) of the larger.
    const weight = tensor(
      [
        [0.8, 3, 0],
        [-0.6, 4, 0],
      ],
      float64,
    );
    expect(
      limit(weight)
        .div(weight.reshape([2, 3]))
        .slice([null, [0, 2]])
        .toArray(),
    ).toEqual([
      [expect.closeTo(0.18, 13), expect.closeTo(0.18, 13)],
      [expect.closeTo(0.18, 13), expect.closeTo(0.18, 13)],
    ]);
    const small = tensor(
      [
        [0.1, 0.2],
        [-0.3, 0.1],
      ],
      float64,
    );
    expect(limit(small).toArray()).toEqual(small.toArray());
    expect(limit(tensor([[0, 0]], float64)).toArray()).toEqual([[0, 0]]);
  });

  test('first derivatives agree with differences', () => {
    const norm = new SpectralNorm({ outputs: 4, bound: 0.9, key, dtype: 'float64' });
    checkGradients((weight) => norm.limit(weight!), [normal(key, [3, 4], float64)]);
  });

  test('the next call starts from where the last ended', () => {
    const norm = new SpectralNorm({ outputs: 2, bound: 1, key, dtype: 'float64' });
    norm.limit(
      variable(
        tensor(
          [
            [0, 7],
            [1, 0],
          ],
          float64,
        ),
      ),
    );
    const [first, second] = norm.direction.toArray() as [number, number];
    expect(Math.abs(first)).toBeLessThan(1e-9);
    expect(Math.abs(second)).toBeCloseTo(1, 12);
    expect(norm.direction).toBeInstanceOf(ModuleBuffer);
    // That is a singular vector of the next weight, and of its smaller value.
    expect(
      norm
        .limit(
          variable(
            tensor(
              [
                [2, 0],
                [0, 1],
              ],
              float64,
            ),
          ),
        )
        .toArray(),
    ).toEqual([
      [expect.closeTo(1, 13), 0],
      [0, expect.closeTo(0.5, 13)],
    ]);
  });
});

describe('ResidualFlow', () => {
  test('stays a contraction whatever its weights', () => {
    const flow = new ResidualFlow({ dimensions: 3, layers: 1, hidden: [6], key, dtype: 'float64' });
    disturbParameters(flow, key, 20);
    const points = normal(key, [200, 3], { standardDeviation: 3, ...float64 });
    const g = flow.at().forwardAndLogDet(points).value.sub(points).toArray() as number[][];
    const at = points.toArray() as number[][];
    const distance = (a: number[], b: number[]): number => Math.hypot(...a.map((x, d) => x - b[d]!));
    let steepest = 0;
    for (let i = 1; i < 200; i++)
      steepest = Math.max(steepest, distance(g[i]!, g[0]!) / distance(at[i]!, at[0]!));
    expect(steepest).toBeLessThan(0.81);
    expect(steepest).toBeGreaterThan(0.05);
  });

  test('estimates with fresh probes at each call, which its state remembers', () => {
    const create = (): ResidualFlow =>
      new ResidualFlow({
        dimensions: 3,
        layers: 1,
        hidden: [6],
        key,
        dtype: 'float64',
        logDet: { terms: 6, probes: 1 },
      });
    const [flow, other] = [create(), create()];
    disturbParameters(flow, key, 0.5);
    const points = normal(key, [2, 3], float64);
    const estimate = (of: ResidualFlow): unknown => of.at().forwardAndLogDet(points).logDet.toArray();
    expect(estimate(flow)).not.toEqual(estimate(flow));
    other.restore(flow.state());
    expect(estimate(other)).toEqual(estimate(flow));
    const options = { dimensions: 3, layers: 1, key };
    expect(() => new ResidualFlow({ ...options, logDet: { terms: 0, probes: 1 } })).toThrow(
      'logDet.terms is 0;',
    );
    expect(() => new ResidualFlow({ ...options, logDet: { terms: 1, probes: 0.5 } })).toThrow(
      'logDet.probes is 0.5;',
    );
  });
});
