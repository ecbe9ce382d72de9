// Transforms nest: the third derivative of x⁵, and a Hessian-vector product without a Hessian.
import { checkGradients, grad, jvp, type Variable, variable } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';

const derivative = (f: (x: Variable) => Variable) => (x: Variable) => grad(f)(x)[0]!;
const third = derivative(derivative(derivative((x) => x.pow(5))));
console.log(`third derivative of x⁵ at 2: ${third(variable(2)).item()}`);
// → third derivative of x⁵ at 2: 240

// f(x) = x₀²x₁ has the Hessian [[2x₁, 2x₀], [2x₀, 0]].
const f = (x: Variable): Variable =>
  x
    .slice([0])
    .square()
    .mul(x.slice([1]));
const { tangent } = jvp(derivative(f), [tensor([3, 5])], [tensor([1, 2])]);
console.log(`Hessian at (3, 5) times (1, 2): ${tangent.toArray()}`);
// → Hessian at (3, 5) times (1, 2): 22,6

const { worst } = checkGradients(f, [[3, 5]]);
console.log(`gradient agrees with differences: ${worst.error < 1e-9}`);
// → gradient agrees with differences: true
