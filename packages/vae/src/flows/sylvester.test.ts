import { type Variable, variable } from '@reparam/autograd';
import { normal, RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { axesInOrder, MatrixBasis, orthonormalize } from './orthonormal-basis.ts';
import { Sylvester } from './sylvester.ts';

const key = RandomKey.fromSeed(45);
const float64 = { dtype: 'float64' } as const;
const of = (values: number | number[] | number[][]): Variable => variable(tensor(values, float64));

test('is z + QR·tanh(R̃Qᵀz + b), by plain loops', () => {
  const q = orthonormalize(variable(normal(key, [3, 2], float64)));
  const [R, T, b] = [
    [
      [0.5, -0.8],
      [0, -0.6],
    ],
    [
      [0.9, 0.4],
      [0, 0.7],
    ],
    [0.1, -0.3],
  ];
  const flow = new Sylvester({ basis: new MatrixBasis(q), outer: of(R), inner: of(T), offset: of(b) });
  const z = [0.4, -1.2, 0.9];
  const Q = q.toArray() as number[][];
  const w = [0, 1].map((j) => z.reduce((sum, x, d) => sum + Q[d]![j]! * x, 0));
  const a = [0, 1].map((i) => T[i]![0]! * w[0]! + T[i]![1]! * w[1]! + b[i]!);
  const moved = [0, 1].map((i) => R[i]![0]! * Math.tanh(a[0]!) + R[i]![1]! * Math.tanh(a[1]!));
  const { value, logDet } = flow.forwardAndLogDet(of(z));
  z.forEach((x, d) => {
    expect((value.toArray() as number[])[d]).toBeCloseTo(
      x + Q[d]![0]! * moved[0]! + Q[d]![1]! * moved[1]!,
      14,
    );
  });
  const slopes = [0, 1].map((i) => 1 + (1 - Math.tanh(a[i]!) ** 2) * R[i]![i]! * T[i]![i]!);
  expect(logDet.item()).toBeCloseTo(Math.log(slopes[0]! * slopes[1]!), 14);
});

test('goes back near the edge R_ii·R̃_ii = −1, and where R̃ is zero', () => {
  for (const [outer, inner] of [
    [-0.998001, 1],
    [0.7, 0],
  ] as const) {
    const flow = new Sylvester({
      basis: axesInOrder,
      outer: of([[outer]]),
      inner: of([[inner]]),
      offset: of([0]),
    });
    const z = of([[0], [0.1], [-3], [500]]);
    const image = flow.forwardAndLogDet(z);
    const back = flow.inverseAndLogDet(image.value);
    expect(back.value.sub(z).abs().max().item()).toBeLessThan(1e-9);
    expect(back.logDet.add(image.logDet).abs().max().item()).toBeLessThan(1e-9);
  }
});
