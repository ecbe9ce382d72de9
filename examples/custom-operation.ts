// An operation of your own is one line: its formula. The derivatives, of any order, follow from it.
import { checkGradients, elementwise, grad, type Variable, variable } from '@reparam/autograd';
import { scalarFunctions as f } from '@reparam/tensor';

// swish(x, β) = x·σ(βx)
const swish = elementwise('swish', (x, beta) => f.multiply(x, f.sigmoid(f.multiply(beta, x))));

const value = (x: Variable): Variable => swish(x, 1.5);
const slope = (x: Variable): Variable => grad(value)(x)[0]!;
const curvature = (x: Variable): Variable => grad(slope)(x)[0]!;

const at = (fn: (x: Variable) => Variable, x: number): number => fn(variable(x, { dtype: 'float64' })).item();
const difference = (fn: (x: Variable) => Variable, x: number, step = 1e-4): number =>
  (at(fn, x + step) - at(fn, x - step)) / (2 * step);

console.log(`swish(0.7) = ${at(value, 0.7).toFixed(6)}`);
// → swish(0.7) = 0.518542
console.log(
  `first derivative ${at(slope, 0.7).toFixed(6)}, by differences ${difference(value, 0.7).toFixed(6)}`,
);
// → first derivative 0.942404, by differences 0.942404
console.log(
  `second derivative ${at(curvature, 0.7).toFixed(6)}, by differences ${difference(slope, 0.7).toFixed(6)}`,
);
// → second derivative 0.430441, by differences 0.430441

const { worst } = checkGradients((x, beta) => swish(x!, beta!), [[0.7, -2], [1.5]], { order: 2 });
console.log(`all second derivatives agree with differences: ${worst.error < 1e-7}`);
// → all second derivatives agree with differences: true
