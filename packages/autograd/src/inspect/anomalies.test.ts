import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import {
  customGradient,
  grad,
  noGrad,
  operationTable,
  parameter,
  sum,
  Variable,
  variable,
  vmap,
  withObserver,
} from '../index.ts';
import { detectAnomalies } from './anomalies.ts';
import { NonFiniteError } from './non-finite-error.ts';

function anomalyOf(fn: () => unknown, infinities?: boolean): NonFiniteError | undefined {
  try {
    detectAnomalies(fn, infinities === undefined ? {} : { infinities });
  } catch (error) {
    if (error instanceof NonFiniteError) return error;
    throw error;
  }
  return undefined;
}

const x = parameter(
  [
    [1, 2, 3],
    [4, 0.5, 6],
  ],
  'x',
);

describe('going forward', () => {
  test('the operation that makes NaN is named, with the element and what it was computed from', () => {
    const error = anomalyOf(() => x.sub(1).log().tanh().sum())!;
    expect(error).toMatchObject({ name: 'NonFiniteError', operation: 'log' });
    expect(error.anomaly).toMatchObject({ phase: 'forward', origin: 'made', index: [0, 0], shape: [2, 3] });
    expect(error.anomaly.value).toBe(-Infinity);
    expect(error.anomaly.inputs).toEqual([
      expect.objectContaining({ description: 'the result of sub', element: 0, min: -0.5, max: 5 }),
    ]);
    expect(error.message).toMatch(/^log: element \[0, 0\] of the result \[2, 3\] is -Infinity: log\(0\)\./);
    expect(error.message).toMatch(/Inputs: the result of sub \[2, 3\], from -0\.5 to 5\.$/);
  });

  test('infinities may be allowed, and then NaN is what counts', () => {
    const error = anomalyOf(() => x.sub(1).log(), false)!;
    expect(error.anomaly).toMatchObject({ index: [1, 1], value: Number.NaN });
    expect(error.message).toContain('is NaN: log(-0.5)');
    expect(anomalyOf(() => parameter(0).log(), false)).toBeUndefined();
  });

  test('values broadcast to the element are told', () => {
    const error = anomalyOf(() => x.div(variable([1, 0, 1])))!;
    expect(error.message).toContain('element [0, 1] of the result [2, 3] is Infinity: div(2, 0)');
  });

  test('operations that are not elementwise tell their inputs', () => {
    const error = anomalyOf(() => parameter([[2e38, 2e38]], 'wide').matmul(variable([[1], [1]])))!;
    expect(error.message).toMatch(
      /^matmul: element \[0, 0\] of the result \[1, 1\] is Infinity\..* Inputs: the leaf 'wide' \[1, 2\], from 2e\+38 to 2e\+38; a constant \[2, 1\], from 1 to 1\.$/,
    );
  });

  test('views are looked through by their elements, not by the array behind them', () => {
    const behind = variable([
      [1, -1],
      [4, 9],
    ]);
    expect(anomalyOf(() => behind.slice([null, 0]).sqrt())).toBeUndefined();
    expect(anomalyOf(() => behind.transpose().sqrt())!.anomaly.index).toEqual([1, 0]);
  });

  test('without recording as well, and inside vmap and rules of one’s own', () => {
    expect(anomalyOf(() => noGrad(() => x.neg().sqrt()))!.operation).toBe('sqrt');
    expect(anomalyOf(() => vmap((row) => row!.neg().log())(x))!.anomaly.shape).toEqual([2, 3]);
    const inner = customGradient({ name: 'outer', forward: (v) => v!.neg().sqrt(), vjp: () => [undefined] });
    expect(anomalyOf(() => inner(x))!.operation).toBe('sqrt');
  });

  test('NaN from outside is not blamed on the operation that reads it', () => {
    const data = variable([[1], [Number.NaN], [3]], { name: 'data' });
    const error = anomalyOf(() => x.matmul(data))!;
    expect(error.anomaly).toMatchObject({ origin: 'given', index: [1, 0], shape: [3, 1] });
    expect(error.message).toMatch(/^matmul: the constant 'data' \[3, 1\] already holds NaN at \[1, 0\]\./);
  });

  test('an infinity that is passed on is no anomaly, what makes NaN of it is', () => {
    const mask = variable([[1, 0, 0]]);
    expect(anomalyOf(() => x.maskedFill(mask, -Infinity).softmax().sum().backward())).toBeUndefined();
    expect(
      anomalyOf(() =>
        x.pad(
          [
            [1, 1],
            [0, 0],
          ],
          -Infinity,
        ),
      ),
    ).toBeUndefined();
    const infinite = variable([Infinity], { name: 'far' });
    const error = anomalyOf(() => infinite.sub(infinite))!;
    expect(error.message).toContain('is NaN: sub(Infinity, Infinity)');
    expect(error.message).toContain("the constant 'far' [1], 1 infinite");
  });
});

describe('going backward', () => {
  test('the operation of the forward pass is named', () => {
    const error = anomalyOf(() => x.sub(1).maximum(0).sqrt().sum().backward())!;
    expect(error).toMatchObject({ operation: 'sqrt' });
    expect(error.anomaly).toMatchObject({ phase: 'backward', index: [0, 0], value: Infinity });
    expect(error.message).toMatch(
      /^sqrt: in its backward pass, by map\[b \* \(0\.5 \/ sqrt\(a\)\)\], element \[0, 0\] of the result \[2, 3\] is Infinity: a = 0, b = 1\./,
    );
    expect(error.message).toContain('the cotangent [2, 3], from 1 to 1');
  });

  test('second derivatives, too', () => {
    const cube = (v: Variable): Variable => v.pow(1.5).sum();
    const twice = () => grad((v) => grad((u) => cube(u!))(v!)[0]!.sum())(parameter([4, 0]));
    const error = anomalyOf(twice)!;
    expect(error.anomaly).toMatchObject({ phase: 'backward', index: [1] });
  });

  test('a cotangent that is NaN from the start is named as that', () => {
    const output = x.mul(2);
    const cotangent = tensor([
      [1, 1, 1],
      [1, Number.NaN, 1],
    ]);
    const error = anomalyOf(() => output.backward(cotangent))!;
    expect(error.anomaly).toMatchObject({ phase: 'backward', origin: 'given', index: [1, 1] });
    expect(error.message).toMatch(/^mul: the cotangent \[2, 3\] already holds NaN at \[1, 1\]\./);
  });
});

test('what is fine gives its result, and other observers still see it', () => {
  let seen = 0;
  const result = withObserver({ recorded: () => seen++ }, () => detectAnomalies(() => x.square().sum()));
  expect(result.item()).toBe(1 + 4 + 9 + 16 + 0.25 + 36);
  expect(seen).toBe(2);
});

test('no operation of the table gives a false alarm at its samples', () => {
  for (const { name, samples } of operationTable) {
    for (const { run, inputs } of samples) {
      const found = anomalyOf(() => {
        const output = run(...inputs.map((value) => new Variable(value, { requiresGrad: true })));
        if (output.tracked) sum(output).backward();
      });
      expect([name, found?.message]).toEqual([name, undefined]);
    }
  }
});
