import { expect, test } from 'vitest';
import './fluent.ts';
import { formatTape } from './inspect/format-tape.ts';
import { add, mul } from './ops/elementwise.ts';
import { noGrad, tapeOf } from './tape.ts';
import { gradients, jvp, valueAndGrad, vjp } from './transforms.ts';
import { parameter, variable } from './variable.ts';

const x = parameter(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  'x',
);
const weight = parameter([[0.1], [0.2], [0.3]], 'weight');

test('the tape lists operations in order of computation, each once', () => {
  const hidden = x.matmul(weight).tanh();
  const loss = hidden.mul(hidden).add(variable(1)).mean();
  const tape = tapeOf(loss);
  expect(tape.map(({ rules }) => rules.name)).toEqual(['matmul', 'tanh', 'mul', 'add', 'sum', 'div']);
  expect(tape.map(({ id }) => id)).toEqual(tape.map(({ id }) => id).toSorted((a, b) => a - b));
});

test('formatTape: one operation a line, leaves by name', () => {
  const hidden = x.matmul(weight).tanh();
  const loss = hidden
    .mul(hidden)
    .add(parameter([1, 2]))
    .mean();
  expect(formatTape(tapeOf(loss))).toMatchInlineSnapshot(`
    "%0 = matmul(x, weight) [2, 1]
    %1 = tanh(%0) [2, 1]
    %2 = mul(%1, %1) [2, 1]
    %3 = add(%2, leaf [2]) [2, 2]
    %4 = sum(%3) []
    %5 = div(%4, constant []) []"
  `);
});

test('a recorded backward pass is a tape like any other, derivatives shown by their formulas', () => {
  const output = x.tanh().sum();
  const [gradient] = gradients(output, [x], { createGraph: true });
  expect(formatTape(tapeOf(gradient!))).toMatchInlineSnapshot(
    `"%0 = map[b * (1 - tanh(a) * tanh(a))](x, constant [2, 3]) [2, 3]"`,
  );
});

test('what leads to several outputs is listed once', () => {
  const shared = x.exp();
  expect(tapeOf(shared.sum(), shared.mean()).map(({ rules }) => rules.name)).toEqual([
    'exp',
    'sum',
    'sum',
    'div',
  ]);
  expect(tapeOf(x, variable(1))).toEqual([]);
});

test('only what depends on a tracked variable is recorded', () => {
  const constants = mul(variable([1, 2]), 3);
  expect(constants.node).toBeUndefined();
  expect(tapeOf(add(constants, parameter([0, 0])))).toHaveLength(1);
});

test('noGrad records nothing, and recording resumes after it, even after an error', () => {
  const inside = noGrad(() => {
    const nested = noGrad(() => x.sum());
    return [nested, x.exp()];
  });
  expect(inside.map(({ tracked }) => tracked)).toEqual([false, false]);
  expect(() =>
    noGrad(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(x.sum().tracked).toBe(true);
});

test('noGrad also holds for what transforms return', () => {
  // Closing over a parameter, too.
  const {
    value,
    gradients: [gradient],
  } = noGrad(() => valueAndGrad((v) => v!.matmul(weight).sum())(x));
  expect(value.item()).toBeCloseTo(4.6, 6);
  expect(gradient!.toArray()).toEqual(Array(2).fill(weight.value.reshape([3]).toArray()));
  const { output, pullback } = noGrad(() => vjp((v) => v!.mul(weight.transpose()), x));
  const [pulled] = noGrad(() => pullback(x));
  const forward = noGrad(() => jvp((v) => v!.mul(weight.transpose()), [x], [x]));
  for (const result of [value, gradient!, output, pulled!, forward.output, forward.tangent]) {
    expect(result.tracked).toBe(false);
  }
});
