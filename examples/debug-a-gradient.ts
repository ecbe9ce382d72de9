// A gradient with a mistake in it, found by walking the tape backwards: npx reparam debug examples/debug-a-gradient.ts
import {
  customGradient,
  exp,
  formatTape,
  log1p,
  parameter,
  sigmoid,
  tapeOf,
  traceBackward,
} from '@reparam/autograd';

// ln(1 + eˣ) with a rule of its own. The derivative is sigmoid(x); somebody has dropped the x from it.
const softplus = customGradient({
  name: 'mySoftplus',
  forward: (x) => log1p(exp(x!)),
  vjp: (cotangent) => [cotangent.mul(sigmoid(1))],
});

const x = parameter([0.5, -1.2, 2], 'x');
const weight = parameter([1.5, 0.3, -0.8], 'weight');

/** What the debugger looks at. */
export const loss = softplus(x.mul(weight)).square().mean();

console.log(formatTape(tapeOf(loss)));
// → %1 = mySoftplus(%0) [3]

const wrong = traceBackward(loss).steps.filter(({ verdict }) => verdict.kind === 'differs');
console.log(`wrong: ${wrong.map(({ name, operation }) => `${name}, ${operation}`)}`);
// → wrong: %1, mySoftplus
