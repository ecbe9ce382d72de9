import { ones, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkpoint, customGradient, exp, log1p, sigmoid, Variable, variable } from '../index.ts';
import { parameter } from '../variable.ts';
import { traceBackward } from './trace-backward.ts';

const double = { dtype: 'float64', requiresGrad: true } as const;

/** ln(1 + eˣ), whose derivative is sigmoid(x), with a rule of one's own. */
const softplusWith = (derivative: (x: Variable) => Variable) =>
  customGradient({
    name: 'mySoftplus',
    forward: (x) => log1p(exp(x!)),
    vjp: (cotangent, { inputs: [x] }) => [cotangent.mul(derivative(x!))],
  });

describe('the steps of a backward pass', () => {
  const x = variable([3, -1], { ...double, name: 'x' });
  const y = x.mul(variable(2, { dtype: 'float64' })).sum();
  const { steps, gradients } = traceBackward(y, { cotangent: tensor(10, { dtype: 'float64' }) });

  test('go from the output to the leaves, with what arrives and what goes on', () => {
    expect(steps.map(({ position, name, operation }) => [position, name, operation])).toEqual([
      [0, '%1', 'sum'],
      [1, '%0', 'mul'],
    ]);
    const [sum, mul] = steps;
    expect(sum).toMatchObject({ formula: 'Σᵢ xᵢ', cotangent: { shape: [], first: [10] }, bytes: 8 });
    expect(mul).toMatchObject({
      formula: 'a * b',
      derivative: '∂a: b, ∂b: a',
      output: { first: [6, -2] },
      cotangent: { shape: [2], first: [10, 10] },
      // Two doubles of its own, and the constant.
      bytes: 24,
    });
  });

  test('describe operands by a few numbers', () => {
    const [first, second] = steps[1]!.operands;
    expect(first).toEqual({
      name: 'x',
      tracked: true,
      value: {
        shape: [2],
        dtype: 'float64',
        min: -1,
        max: 3,
        mean: 1,
        norm: Math.sqrt(10),
        nan: 0,
        infinite: 0,
        first: [3, -1],
      },
      contribution: expect.objectContaining({ first: [20, 20], mean: 20 }),
    });
    expect(second).toMatchObject({ name: 'constant []', tracked: false });
    expect(second).not.toHaveProperty('contribution');
  });

  test('end in the gradients of the leaves, and leave the leaves and the tape as they are', () => {
    expect(gradients).toEqual([{ name: 'x', gradient: expect.objectContaining({ first: [20, 20] }) }]);
    expect(x.grad).toBeUndefined();
    expect(() => y.backward()).not.toThrow();
    expect(x.grad!.toArray()).toEqual([2, 2]);
  });

  test('are plain data, verdicts included', () => {
    const again = JSON.parse(JSON.stringify(steps)) as { verdict: { kind: string } }[];
    expect(again.map(({ verdict }) => verdict.kind)).toEqual(['agrees', 'agrees']);
  });

  test('show broadcasting undone', () => {
    const bias = variable([1, 2], double);
    const trace = traceBackward(
      variable(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        double,
      )
        .add(bias)
        .sum(),
    );
    expect(trace.steps[1]!.operands[1]!.contribution).toMatchObject({ shape: [2], first: [3, 3] });
  });

  test('count what is not finite', () => {
    const { steps: broken } = traceBackward(variable([0, 1, Number.NaN], double).log().sum());
    expect(broken[1]!.output).toMatchObject({ nan: 1, infinite: 1, min: 0, max: 0 });
    expect(broken[1]!.operands[0]!.contribution).toMatchObject({ nan: 1, infinite: 1 });
    expect(broken[1]!.verdict).toEqual({ kind: 'not checked', reason: 'values are NaN' });
  });
});

describe('the verdict', () => {
  const at = variable([0.4, -1.3, 2.2], double);
  const verdictsOf = (output: Variable) =>
    traceBackward(output).steps.map(({ operation, verdict }) => [operation, verdict.kind]);

  test('points at the wrong rule and at no other', () => {
    const wrong = softplusWith((x) => sigmoid(x.mul(1.01)));
    expect(verdictsOf(wrong(at.mul(2)).square().sum())).toEqual([
      ['sum', 'agrees'],
      ['square', 'agrees'],
      ['mySoftplus', 'differs'],
      ['mul', 'agrees'],
    ]);
    expect(verdictsOf(softplusWith(sigmoid)(at).sum())).toContainEqual(['mySoftplus', 'agrees']);
  });

  test('tells the numbers, of which the differences are the true ones', () => {
    const { verdict } = traceBackward(softplusWith((x) => x.mul(0))(at).sum()).steps[1]!;
    expect(verdict).toMatchObject({
      kind: 'differs',
      precision: 'float64',
      inputs: [{ input: 0, derived: 0 }],
    });
  });

  test('is about the rule and not about rounding: float32 is computed again in double precision', () => {
    const { verdict } = traceBackward(parameter([1e-3, 20, 3]).softplus().sum()).steps[1]!;
    expect(verdict).toMatchObject({ kind: 'agrees', precision: 'float64' });
  });

  test('comes in single precision where constants of a rule ask for it', () => {
    const half = new Variable(tensor([0.5, 0.5, 0.5]));
    const scaled = (slope: number) =>
      customGradient({
        name: 'halve',
        forward: (x) => x!.mul(half),
        vjp: (cotangent) => [cotangent.mul(half).mul(slope)],
      })(parameter([1, 2, 3])).sum();
    expect(traceBackward(scaled(1)).steps[1]!.verdict).toMatchObject({
      kind: 'agrees',
      precision: 'float32',
    });
    expect(traceBackward(scaled(1.1)).steps[1]!.verdict).toMatchObject({ kind: 'differs' });
  });

  test('at a kink takes any slope between those to the two sides, and no other', () => {
    const point = variable([0, 1], double);
    const kinked = traceBackward(point.relu().sum()).steps[1]!.verdict;
    expect(kinked).toMatchObject({ kind: 'at a kink' });
    const reluWith = (slope: number) =>
      customGradient({
        name: 'relu',
        forward: (x) => x!.relu(),
        vjp: (cotangent, { inputs: [x] }) => [cotangent.mul(x!.greater(0).add(x!.equal(0).mul(slope)))],
      });
    const verdictOf = (slope: number) => traceBackward(reluWith(slope)(point).sum()).steps[1]!.verdict.kind;
    expect([0, 0.3, 0.5, 1, 1.2, -0.2].map(verdictOf)).toEqual([
      'at a kink',
      'at a kink',
      'agrees',
      'at a kink',
      'differs',
      'differs',
    ]);
  });

  test('goes by the inputs that can be: symmetric matrices, and masks of zeros', () => {
    const matrix = variable(
      [
        [2, 0.3],
        [0.3, 1],
      ],
      double,
    );
    expect(verdictsOf(matrix.cholesky().sum())).toContainEqual(['cholesky', 'agrees']);
    expect(verdictsOf(matrix.solve(variable([[1], [2]], double)).sum())).toContainEqual(['solve', 'agrees']);
    const masked = at.greater(0).mul(at).logsumexp();
    for (const [, kind] of verdictsOf(masked)) expect(kind).toBe('agrees');
  });

  test('waits until it is asked for, also past a backward pass that frees the tape', () => {
    const loss = at.exp().mul(at).sum();
    const { steps } = traceBackward(loss);
    loss.backward();
    expect(steps.map(({ verdict }) => verdict.kind)).toEqual(['agrees', 'agrees', 'agrees']);
  });

  test('says why there is none', () => {
    const reasonOf = (output: Variable, options = {}) => traceBackward(output, options).steps.at(-1)!.verdict;
    expect(reasonOf(at.sum(), { verify: false })).toEqual({
      kind: 'not checked',
      reason: 'it was not asked for',
    });
    expect(reasonOf(checkpoint((x) => x!.exp())(at).sum())).toMatchObject({ reason: /kept/ });
    const infinite = tensor([Infinity, 1, 1], { dtype: 'float64' });
    expect(reasonOf(at.exp(), { cotangent: infinite })).toMatchObject({
      reason: 'the cotangent is not finite',
    });
    expect(
      reasonOf(variable([0], double).sqrt(), { cotangent: ones([1], { dtype: 'float64' }) }),
    ).toMatchObject({
      reason: 'a contribution is not finite',
    });
  });
});
