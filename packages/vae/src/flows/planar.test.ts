import { checkGradients, parameter, type Variable, vjp } from '@reparam/autograd';
import { normal, RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Planar, type PlanarParameters } from './planar.ts';

const key = RandomKey.fromSeed(25);
const float64 = { dtype: 'float64' } as const;

/** The worked example of the project's reference numbers. */
const fixture = {
  u: tensor([-1.5, 0.5], float64),
  w: tensor([1, -0.5], float64),
  b: tensor(0.2, float64),
};
const fixturePoint = tensor([0.3, -0.7], float64);

function randomFlow(dimensions: number, number: number, scale = 1): PlanarParameters {
  const [keyU, keyW, keyB] = key.foldIn(number).split(3) as [RandomKey, RandomKey, RandomKey];
  return {
    u: normal(keyU, [dimensions], { standardDeviation: scale, ...float64 }),
    w: normal(keyW, [dimensions], float64),
    b: normal(keyB, [], float64),
  };
}

/** ∂f/∂z of a map of one point, row by row from unit cotangents. */
function jacobian(f: (z: Variable) => Variable, z: Tensor): number[][] {
  const { pullback } = vjp(f, z);
  const size = z.shape[0]!;
  return Array.from({ length: size }, (_, i) => {
    const unit = Array.from({ length: size }, (_, j) => (i === j ? 1 : 0));
    return pullback(tensor(unit, float64))[0]!.toArray() as number[];
  });
}

/** By Gaussian elimination with row exchanges. */
function determinant(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let product = 1;
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? i : best),
      k,
    );
    if (pivot !== k) {
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      product = -product;
    }
    product *= rows[k]![k]!;
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return product;
}

function expectClose(got: Variable, expected: Tensor, digits: number): void {
  expect(got.shape).toEqual(expected.shape);
  const values = expected.toTypedArray();
  got.value.toTypedArray().forEach((value, i) => {
    expect(value).toBeCloseTo(values[i]!, digits);
  });
}

describe('forward', () => {
  test('the worked example', () => {
    const { value, logDet } = new Planar(fixture).forwardAndLogDet(fixturePoint);
    expect(value.toArray()).toEqual([expect.closeTo(-0.233382, 6), expect.closeTo(-0.606077, 6)]);
    expect(logDet.item()).toBeCloseTo(-0.577532, 6);
  });

  test('is z + û tanh(wᵀz + b) where û = u needs no correction', () => {
    // softplus(wᵀu) − 1 = wᵀu at the root of softplus(t) = 1 + t, which is t = −ln(e − 1).
    const t = -Math.log(Math.E - 1);
    const u = [t * 2, 0.4];
    const flow = new Planar({ u: tensor(u, float64), w: tensor([0.5, 0], float64), b: 0.3 });
    const got = flow.forwardAndLogDet(tensor([1, -1], float64));
    const h = Math.tanh(0.5 * 1 + 0.3);
    expect(got.value.toArray()).toEqual([
      expect.closeTo(1 + u[0]! * h, 14),
      expect.closeTo(-1 + u[1]! * h, 14),
    ]);
    expect(got.logDet.item()).toBeCloseTo(Math.log(1 + t * (1 - h * h)), 14);
  });

  test.each([1, 2, 3, 5])('its log-determinant is that of the Jacobian in %i dimensions', (dimensions) => {
    for (let number = 0; number < 20; number++) {
      const flow = new Planar(randomFlow(dimensions, number, 3));
      const z = normal(key.foldIn(1000 + number), [dimensions], float64);
      const det = determinant(jacobian((z) => flow.forwardAndLogDet(z).value, z));
      expect(det).toBeGreaterThan(0);
      expect(flow.forwardAndLogDet(z).logDet.item()).toBeCloseTo(Math.log(det), 10);
    }
  });

  test('gives every example its own parameters, and draws in front of them', () => {
    const flows = [randomFlow(2, 1), randomFlow(2, 2), randomFlow(2, 3)];
    const stackOf = (name: keyof PlanarParameters): Tensor =>
      tensor(
        flows.map((flow) => (flow[name] as Tensor).toArray()),
        float64,
      );
    const batch = new Planar({ u: stackOf('u'), w: stackOf('w'), b: stackOf('b') });
    const z = normal(key, [4, 3, 2], float64);
    const { value, logDet } = batch.forwardAndLogDet(z);
    expect([value.shape, logDet.shape]).toEqual([
      [4, 3, 2],
      [4, 3],
    ]);
    for (let draw = 0; draw < 4; draw++) {
      flows.forEach((flow, i) => {
        const single = new Planar(flow).forwardAndLogDet(z.slice([draw, i]));
        expectClose(value.slice([draw, i]), single.value.value, 14);
        expectClose(logDet.slice([draw, i]), single.logDet.value, 14);
      });
    }
    expectClose(batch.inverseAndLogDet(value).value, z, 12);
  });
});

describe('inverse', () => {
  test('takes the worked example back', () => {
    const flow = new Planar(fixture);
    const { value, logDet } = flow.forwardAndLogDet(fixturePoint);
    const back = flow.inverseAndLogDet(value);
    expectClose(back.value, fixturePoint, 14);
    expect(back.logDet.item()).toBeCloseTo(-logDet.item(), 13);
  });

  test('undoes the forward map for points near and far, also where u itself would not be invertible', () => {
    let violations = 0;
    for (let number = 0; number < 30; number++) {
      const parameters = randomFlow(3, number, 3);
      const [u, w] = [parameters.u, parameters.w].map((each) => (each as Tensor).toArray() as number[]);
      if (u!.reduce((sum, value, d) => sum + value * w![d]!, 0) < -1) violations++;
      const flow = new Planar(parameters);
      for (const spread of [0.1, 3, 100]) {
        const z = normal(key.foldIn(number), [5, 3], { standardDeviation: spread, ...float64 });
        const image = flow.forwardAndLogDet(z);
        const back = flow.inverseAndLogDet(image.value);
        expectClose(back.value, z, 8);
        expectClose(back.logDet.neg(), image.logDet.value, 7);
      }
    }
    expect(violations).toBeGreaterThan(5);
  });

  test('in float32 is as good as float32', () => {
    const flow = new Planar({ u: tensor([-1.5, 0.5]), w: tensor([1, -0.5]), b: 0.2 });
    const z = normal(key, [50, 2]);
    const { value, logDet } = flow.forwardAndLogDet(z);
    expect(value.dtype).toBe('float32');
    const back = flow.inverseAndLogDet(value);
    expect(back.value.dtype).toBe('float32');
    expectClose(back.value, z, 5);
    expectClose(back.logDet.neg(), logDet.value, 5);
  });

  test.each(['float32', 'float64'] as const)('stays finite at the edge of invertibility in %s', (dtype) => {
    // wᵀu = −60: the slope of the map at wᵀz + b = 0 is softplus(−60) = 9e−27.
    const flow = new Planar({ u: tensor([-60, 0], { dtype }), w: tensor([1, 0], { dtype }), b: 0 });
    const y = parameter(
      tensor(
        [
          [0, 1],
          [0.1, 0],
          [-3, 0],
          [1e-4, 0],
        ],
        { dtype },
      ),
    );
    const { value, logDet } = flow.inverseAndLogDet(y);
    for (const each of [value, logDet, flow.forwardAndLogDet(y).logDet]) {
      expect(each.value.toTypedArray().every(Number.isFinite)).toBe(true);
    }
    // Near 0 the map is s − tanh s ≈ s³/3 along the first axis.
    const [, small] = value.toArray() as number[][];
    expect(Math.abs(small![0]! - Math.tanh(small![0]!) - 0.1)).toBeLessThan(1e-6);
  });
});

describe('derivatives by the point and by every parameter', () => {
  const { u, w, b } = fixture;
  const batch = [
    [0.3, -0.7],
    [-1.1, 0.4],
  ];

  test.each([1, 2] as const)('forward, order %i', (order) => {
    checkGradients(
      (z, u, w, b) => new Planar({ u: u!, w: w!, b: b! }).forwardAndLogDet(z!).value,
      [batch, u, w, b],
      { order },
    );
    checkGradients(
      (z, u, w, b) => new Planar({ u: u!, w: w!, b: b! }).forwardAndLogDet(z!).logDet,
      [batch, u, w, b],
      { order },
    );
  });

  test.each([1, 2] as const)('inverse, order %i', (order) => {
    checkGradients(
      (y, u, w, b) => new Planar({ u: u!, w: w!, b: b! }).inverseAndLogDet(y!).value,
      [batch, u, w, b],
      { order },
    );
    checkGradients(
      (y, u, w, b) => new Planar({ u: u!, w: w!, b: b! }).inverseAndLogDet(y!).logDet,
      [batch, u, w, b],
      { order },
    );
  });

  test('the third derivative of the inverse is that of the implicit function', () => {
    // In one dimension with u = 0: y = z + k tanh z, k = ln 2 − 1. At 0: z′ = 1/f′, z″ = 0, z‴ = −f‴/f′⁴.
    const k = Math.log(2) - 1;
    const inverse = (y: Variable): Variable =>
      new Planar({ u: tensor([0], float64), w: tensor([1], float64), b: 0 }).inverseAndLogDet(y).value;
    const derivative = (f: (y: Variable) => Variable) => (y: Variable) => {
      const { pullback } = vjp(f, y);
      return pullback(tensor([1], float64))[0]!;
    };
    const third = derivative(derivative(derivative(inverse)));
    expect(third(parameter(tensor([0], float64))).item()).toBeCloseTo((2 * k) / (1 + k) ** 4, 10);
  });
});
