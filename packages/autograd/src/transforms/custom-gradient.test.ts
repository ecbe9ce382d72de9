import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkGradients } from '../check/check-gradients.ts';
import '../fluent.ts';
import { exp, mul, sigmoid, softplus } from '../ops/elementwise.ts';
import { tapeOf } from '../tape.ts';
import { parameter, type Variable } from '../variable.ts';
import { customGradient } from './custom-gradient.ts';
import { jvp } from './forward.ts';
import { grad, gradients } from './reverse.ts';

const reversed = customGradient({
  name: 'reversed',
  forward: (x) => x!.mul(1),
  vjp: (cotangent) => [cotangent.neg()],
});

/** ln(1 + eˣ) as it should not be computed, with the right derivative. */
const soft = customGradient({
  name: 'soft',
  forward: (x) => softplus(x!),
  vjp: (cotangent, { inputs: [x] }) => [mul(cotangent, sigmoid(x!))],
});

describe('customGradient', () => {
  test('gives the value of forward and the gradient of the rule', () => {
    const x = parameter([1, 2]);
    const y = reversed(x);
    expect(y.toArray()).toEqual([1, 2]);
    expect(gradients(y.sum(), [x])[0]!.toArray()).toEqual([-1, -1]);
  });

  test('is one operation on the tape', () => {
    expect(tapeOf(soft(parameter([1]))).map(({ rules }) => rules.name)).toEqual(['soft']);
  });

  test('a right rule passes the checks: second order and forward mode come with it', () => {
    for (const order of [1, 2] as const) {
      checkGradients((x) => soft(x!).mul(x!).sum(), [[0.3, -1.2, 4]], { order });
    }
  });

  test('of several inputs, one without a cotangent; the rule runs once for all', () => {
    let calls = 0;
    const product = customGradient({
      name: 'product',
      forward: (a, b, c) => a!.mul(b!).add(c!),
      vjp: (cotangent, { inputs: [a, b] }) => {
        calls++;
        return [cotangent.mul(b!), cotangent.mul(a!), undefined];
      },
    });
    const inputs = [parameter([2]), parameter([3]), parameter([4])];
    const found = gradients(product(...inputs).sum(), inputs).map((each) => each.toArray());
    expect(found).toEqual([[3], [2], [0]]);
    expect(calls).toBe(1);
    const { tangent } = jvp(
      (a, b) => product(a!, b!, 0).sum(),
      [tensor([2]), tensor([3])],
      [tensor([10]), tensor([100])],
    );
    expect(tangent.item()).toBe(30 + 200);
  });

  test('a wrong rule is caught by the checks', () => {
    const wrong = customGradient({
      name: 'wrong',
      forward: (x) => exp(x!),
      vjp: (cotangent) => [cotangent],
    });
    expect(() => checkGradients((x: Variable) => wrong(x).sum(), [[1, 2]])).toThrow('checkGradients');
  });

  test('has to give a cotangent for each input', () => {
    const short = customGradient({ name: 'short', forward: (a, b) => a!.add(b!), vjp: (c) => [c] });
    expect(() => grad((a, b) => short(a!, b!).sum())(tensor([1]), tensor([2]))).toThrow(
      'short: its rule gave 1 cotangents for 2 inputs; give one for each, undefined where there is none.',
    );
  });
});
