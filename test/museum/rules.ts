import {
  abs,
  checkGradients,
  customGradient,
  type Differentiable,
  div,
  equal,
  exp,
  expand,
  grad,
  greaterEqual,
  log,
  max,
  mul,
  pow,
  prod,
  softplus,
  sub,
  sum,
  type Variable,
  variable,
} from '@reparam/autograd';
import { type NestedArray, tensor } from '@reparam/tensor';
import { exhibit } from './exhibit.ts';

/** Whether derivatives of the first order agree with finite differences. */
const agreesAt =
  (...inputs: readonly NestedArray[]) =>
  (fn: Differentiable): boolean =>
    checkGradients(fn, inputs, { onFailure: 'report' }).ok;

/** The gradient of Σ fn(x). */
function gradientAt(fn: Differentiable, x: readonly number[]): readonly number[] {
  const [gradient] = grad((v) => sum(fn(v!)))(tensor(x, { dtype: 'float64' }));
  return gradient!.toArray() as number[];
}

/** A function with a rule of one's own for its only input. */
const claiming = (
  name: string,
  forward: (x: Variable) => Variable,
  pull: (cotangent: Variable, x: Variable) => Variable,
): Differentiable =>
  customGradient({
    name,
    forward: (x) => forward(x!),
    vjp: (cotangent, { inputs: [x] }) => [pull(cotangent, x!)],
  });

export const powerSlope = exhibit<Differentiable>({
  wrong: 'pow(x, n) has the slope 2x for every n',
  right: 'n·xⁿ⁻¹',
  caughtBy: 'finite differences at x³',
  accepts: agreesAt([3, -1.5]),
  wrongOne: claiming(
    'pow',
    (x) => pow(x, 3),
    (cotangent, x) => mul(cotangent, mul(x, 2)),
  ),
  ours: (x) => pow(x!, 3),
});

export const sumAxis = exhibit<Differentiable>({
  wrong: 'sum over the last axis, without keepDims, sends the cotangent along the first',
  right: 'the summed axis comes back with length 1 before the cotangent is repeated along it',
  caughtBy: 'finite differences at a square matrix, where no shape gives it away',
  accepts: agreesAt([
    [0.3, -1.2],
    [0.7, 2.1],
  ]),
  wrongOne: claiming(
    'sum',
    (x) => sum(x, { axes: -1 }),
    (cotangent, x) => expand(cotangent, x.shape),
  ),
  ours: (x) => sum(x!, { axes: -1 }),
});

export const tiedMaximum = exhibit<Differentiable>({
  wrong: 'max sends the full cotangent to each of several elements that tie',
  right: 'ties share one cotangent',
  caughtBy: 'mass: the cotangents of the inputs have to add up to that of the output',
  accepts: (fn) => gradientAt(fn, [3, 1, 3, 3]).reduce((total, each) => total + each) === 1,
  wrongOne: claiming(
    'max',
    (x) => max(x),
    (cotangent, x) => mul(cotangent, equal(x, max(x))),
  ),
  ours: (x) => max(x!),
});

export const productWithZero = exhibit<Differentiable>({
  wrong: 'the gradient of prod is ∏x / xᵢ, which is NaN where an xᵢ is 0',
  right: 'the product of the others',
  caughtBy: 'the closed form at (2, 0, 3): (0, 6, 0)',
  accepts: (fn) => String(gradientAt(fn, [2, 0, 3]).map((each) => each + 0)) === '0,6,0',
  wrongOne: claiming(
    'prod',
    (x) => prod(x),
    (cotangent, x) => mul(cotangent, div(prod(x), x)),
  ),
  ours: (x) => prod(x!),
});

export const slopeOfAbs = exhibit<Differentiable>({
  wrong: 'abs′(0) is 1 (or −1)',
  right: '0, the middle of the subdifferential [−1, 1]',
  caughtBy: 'the kink that abs promises: differences cannot tell, since there is no derivative',
  accepts: (fn) => agreesAt([-0.7, 1.2])(fn) && gradientAt(fn, [0])[0] === 0,
  wrongOne: claiming(
    'abs',
    (x) => abs(x),
    (cotangent, x) => mul(cotangent, sub(mul(greaterEqual(x, 0), 2), 1)),
  ),
  ours: (x) => abs(x!),
});

export const overflowingSoftplus = exhibit<Differentiable>({
  wrong: 'softplus as log(1 + exp x)',
  right: 'max(x, 0) + log1p(exp(−|x|))',
  caughtBy: 'finite differences at ±800, and e⁻⁴⁰ for the value at −40',
  accepts: (fn) => {
    const tail = fn(variable(-40, { dtype: 'float64' })).item() / Math.exp(-40);
    return Math.abs(tail - 1) < 1e-12 && agreesAt([800, -800, 0.3])(fn);
  },
  wrongOne: (x) => log(exp(x!).add(1)),
  ours: (x) => softplus(x!),
});
