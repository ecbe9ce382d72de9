import { normal, type RandomKey, type Tensor } from '@reparam/tensor';
import { add, mul, tanh } from '../ops/elementwise.ts';
import { sum } from '../ops/reductions.ts';
import { noGrad } from '../tape.ts';
import { type Differentiable, jvp, vjp } from '../transforms.ts';
import { Variable } from '../variable.ts';

/**
 * x ↦ ⟨c(y), J(x)·u(x)⟩ at y = fn(x), by reverse mode (as ⟨Jᵀc, u⟩) and by forward mode: one function, whose gradient is
 * a projection of all second derivatives. Cotangent and tangent, c = v ∘ (1 + ½·tanh y) and u = w ∘ (1 + ½·tanh x) with
 * random v and w, depend on x, so that rules have to be differentiable by them as well: the second derivatives
 * through a linear operation consist of nothing else.
 */
export function projectedGradients(
  fn: Differentiable,
  point: readonly Tensor[],
  key: RandomKey,
): { readonly byReverse: Differentiable; readonly byForward: Differentiable } {
  const [keyV, keyW] = key.split(2) as [RandomKey, RandomKey];
  const output = noGrad(() => fn(...point.map((x) => new Variable(x))));
  const v = normal(keyV, output.shape, { dtype: 'float64' });
  const w = point.map((x, k) => normal(keyW.foldIn(k), x.shape, { dtype: 'float64' }));
  return {
    byReverse: (...inputs) => {
      const { output: y, pullback } = vjp(fn, ...inputs);
      return pullback(bent(v, y))
        .map((gradient, k) => sum(mul(gradient, bent(w[k]!, inputs[k]!))))
        .reduce((total, term) => add(total, term));
    },
    byForward: (...inputs) => {
      const tangents = inputs.map((x, k) => bent(w[k]!, x));
      const { output: y, tangent } = jvp(fn, inputs, tangents);
      return sum(mul(tangent, bent(v, y)));
    },
  };
}

/** A vector that changes with x, but stays within a factor of itself. */
function bent(vector: Tensor, x: Variable): Variable {
  return mul(add(mul(tanh(x), 0.5), 1), vector);
}
