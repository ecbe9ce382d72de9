import { type Operand, sub, tanh, toVariable, Variable } from '@reparam/autograd';
import { allocate, broadcastShapes, Tensor } from '@reparam/tensor';

/** s + k·tanh(s + b) = target, in every element; all four broadcast. */
export interface SaturatingEquation {
  readonly target: Variable;
  /** k > −1 */
  readonly strength: Variable;
  /** 1 + k, given apart because it is known without the cancellation. */
  readonly onePlusStrength: Variable;
  /** b */
  readonly offset: Operand;
}

/** Halvings of the bracket: enough for the spacing of doubles. */
const bisections = 80;
const newtonSteps = 2;

/**
 * The root s, by bisection on target ± |k|. Newton steps on the tape after it leave s where it is, and give it its
 * exact derivatives: each doubles the order to which they hold, so those of the first three orders are exact after
 * two.
 */
export function saturatingRoot(equation: SaturatingEquation): Variable {
  const { target, strength, onePlusStrength } = equation;
  const offset = toVariable(equation.offset, target.dtype);
  let s = new Variable(bisect(target.value, strength.value, offset.value));
  for (let step = 0; step < newtonSteps; step++) {
    const t = tanh(s.add(offset));
    const residual = s.add(strength.mul(t)).sub(target);
    // Without its own rounding error, which a small slope would blow up, the residual only carries derivatives.
    s = s.sub(residual.sub(residual.stopGradient()).div(saturatingSlope(t, onePlusStrength)));
  }
  return s;
}

/** 1 + k·sech²a with t = tanh a, computed as t² + (1 − t²)(1 + k): a sum of terms that are not negative. */
export function saturatingSlope(t: Variable, onePlusStrength: Operand): Variable {
  const squared = t.square();
  return squared.add(sub(1, squared).mul(onePlusStrength));
}

/** The left side increases because k > −1. */
function bisect(target: Tensor, strength: Tensor, offset: Tensor): Tensor {
  const shape = broadcastShapes('saturatingRoot', {
    target: target.shape,
    strength: strength.shape,
    offset: offset.shape,
  });
  const targets = Array.from(target.expand(shape).toTypedArray());
  const strengths = strength.expand(shape).toTypedArray();
  const offsets = offset.expand(shape).toTypedArray();
  const roots = targets.map((wanted, i) => {
    const k = strengths[i]!;
    let low = wanted - Math.abs(k);
    let high = wanted + Math.abs(k);
    for (let halving = 0; halving < bisections && low < high; halving++) {
      const middle = (low + high) / 2;
      if (middle + k * Math.tanh(middle + offsets[i]!) < wanted) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
  return Tensor.wrap(allocate(target.dtype, roots), shape);
}
