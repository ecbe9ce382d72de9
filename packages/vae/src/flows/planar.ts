import { div, log, mul, type Operand, softplus, sub, tanh, toVariable, Variable } from '@reparam/autograd';
import { allocate, broadcastShapes, Tensor } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';

/** Parameters of one layer, or of one layer for each example. */
export interface PlanarParameters {
  /** [D] or [...batch, D] */
  readonly u: Operand;
  /** [D] or [...batch, D], not 0. */
  readonly w: Operand;
  /** [] or [...batch] */
  readonly b: Operand;
}

/** Halvings of the bracket: enough for the spacing of doubles. */
const bisections = 80;
const newtonSteps = 2;

function dot(a: Variable, b: Variable): Variable {
  return mul(a, b).sum({ axes: -1, keepDims: true });
}

/**
 * The planar flow z + û·tanh(wᵀz + b) (Rezende & Mohamed 2015, eq. 10) with
 * û = u + (softplus(wᵀu) − 1 − wᵀu)·w/‖w‖², which keeps wᵀû > −1 and the map invertible (their appendix A.1).
 */
export class PlanarFlow implements Bijector {
  readonly #u: Variable;
  readonly #w: Variable;
  /** [..., 1] */
  readonly #b: Variable;

  constructor({ u, w, b }: PlanarParameters) {
    this.#u = toVariable(u);
    this.#w = toVariable(w, this.#u.dtype);
    const offset = toVariable(b, this.#u.dtype);
    this.#b = offset.reshape([...offset.shape, 1]);
  }

  /** The log-determinant is ln(1 + wᵀû·sech²a), a = wᵀz + b. */
  forwardAndLogDet(z: Operand): Transformed {
    const point = toVariable(z, this.#u.dtype);
    const t = tanh(dot(this.#w, point).add(this.#b));
    return { value: point.add(this.#direction().mul(t)), logDet: this.#logDet(t) };
  }

  /**
   * Solves s + wᵀû·tanh(s + b) = wᵀy for s = wᵀz by bisection on wᵀy ± |wᵀû|, then z = y − û·tanh(s + b).
   * Newton steps on the tape after it leave s where it is, and give it its exact derivatives: each doubles the
   * order to which they hold, so those of the first three orders are exact after two.
   */
  inverseAndLogDet(y: Operand): Transformed {
    const image = toVariable(y, this.#u.dtype);
    const along = dot(this.#w, image);
    const strength = softplus(dot(this.#w, this.#u)).sub(1);
    let s = new Variable(solve(along.value, strength.value, this.#b.value));
    for (let step = 0; step < newtonSteps; step++) {
      const t = tanh(s.add(this.#b));
      const residual = s.add(strength.mul(t)).sub(along);
      // Without its own rounding error, which a small slope would blow up, the residual only carries derivatives.
      s = s.sub(residual.sub(residual.stopGradient()).div(this.#slope(t)));
    }
    const t = tanh(s.add(this.#b));
    return { value: image.sub(this.#direction().mul(t)), logDet: this.#logDet(t).neg() };
  }

  /** û */
  #direction(): Variable {
    const product = dot(this.#w, this.#u);
    const correction = softplus(product).sub(1).sub(product);
    return this.#u.add(div(this.#w, dot(this.#w, this.#w)).mul(correction));
  }

  #logDet(t: Variable): Variable {
    return log(this.#slope(t)).sum({ axes: -1 });
  }

  /**
   * 1 + wᵀû·sech²a with t = tanh a, computed as tanh²a + sech²a·softplus(wᵀu): a sum of positive terms, since
   * wᵀû = softplus(wᵀu) − 1.
   */
  #slope(t: Variable): Variable {
    const squared = t.square();
    return squared.add(sub(1, squared).mul(softplus(dot(this.#w, this.#u))));
  }
}

/** The root s of s + k·tanh(s + b) = a in every element; the left side increases because k > −1. */
function solve(a: Tensor, k: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes('PlanarFlow', { along: a.shape, strength: k.shape, b: b.shape });
  const targets = Array.from(a.expand(shape).toTypedArray());
  const strengths = k.expand(shape).toTypedArray();
  const offsets = b.expand(shape).toTypedArray();
  const roots = targets.map((target, i) => {
    const strength = strengths[i]!;
    let low = target - Math.abs(strength);
    let high = target + Math.abs(strength);
    for (let halving = 0; halving < bisections && low < high; halving++) {
      const middle = (low + high) / 2;
      if (middle + strength * Math.tanh(middle + offsets[i]!) < target) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
  return Tensor.wrap(allocate(a.dtype, roots), shape);
}
