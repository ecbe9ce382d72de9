import { einsum, maximum, type Variable } from '@reparam/autograd';
import { Module, ModuleBuffer } from '@reparam/nn';
import { allocate, normal, type RandomKey, Tensor } from '@reparam/tensor';

export interface SpectralNormOptions {
  /** Of the weight [inputs, outputs]. */
  readonly outputs: number;
  /** The largest singular value allowed. */
  readonly bound: number;
  readonly key: RandomKey;
  readonly dtype: 'float32' | 'float64';
}

/** What still turns the direction counts as settled below this; it is at the precision of doubles. */
const settled = 1e-13;
const mostIterations = 1000;

/**
 * Scales a weight down so that its largest singular value σ is within a bound (Miyato et al. 2018; Gouk et al. 2021):
 * W·bound/max(σ, bound). σ comes from a power iteration that goes on until it settles, and starts from where that of
 * the last call ended, which is kept as a buffer. First derivatives are exact, σ's being the outer product of its
 * singular vectors; these count as constant, so second ones are not.
 */
export class SpectralNorm extends Module {
  /** The right singular vector of σ: [outputs] */
  readonly direction: ModuleBuffer;
  readonly #bound: number;

  constructor({ outputs, bound, key, dtype }: SpectralNormOptions) {
    super();
    this.direction = new ModuleBuffer(normal(key, [outputs], { dtype }), 'direction');
    this.#bound = bound;
  }

  /** [inputs, outputs] → the same. */
  limit(weight: Variable): Variable {
    const { left, right } = singularVectors(weight.value, this.direction.value);
    this.direction.assign(right);
    const sigma = einsum('i,ij,j->', left, weight, right);
    return weight.mul(this.#bound).div(maximum(sigma, this.#bound));
  }
}

/** The singular vectors of the largest singular value of [inputs, outputs], by u ← WᵀWu/‖WᵀWu‖ from `start`. */
function singularVectors(weight: Tensor, start: Tensor): { readonly left: Tensor; readonly right: Tensor } {
  const [inputs, outputs] = weight.shape as readonly [number, number];
  const w = Float64Array.from(weight.toTypedArray());
  // Off the direction of the last weight a little: it may be a singular vector of this one, but not of the largest value.
  let right = normalized(Float64Array.from(start.toTypedArray(), (each, j) => each + 1e-3 * Math.sin(j + 1)));
  let left = new Float64Array(inputs);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    left = normalized(
      Float64Array.from({ length: inputs }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < outputs; j++) sum += w[i * outputs + j]! * right[j]!;
        return sum;
      }),
    );
    const next = new Float64Array(outputs);
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < outputs; j++) next[j]! += w[i * outputs + j]! * left[i]!;
    }
    const length = Math.hypot(...next);
    // A weight of zeros has no directions, and needs none.
    if (!(length > 0)) break;
    const change = Math.max(...next.map((value, j) => Math.abs(value / length - right[j]!)));
    right = next.map((value) => value / length);
    if (change <= settled) break;
  }
  const wrap = (values: Float64Array): Tensor =>
    Tensor.wrap(allocate(weight.dtype, Array.from(values)), [values.length]);
  return { left: wrap(left), right: wrap(right) };
}

function normalized(values: Float64Array): Float64Array<ArrayBuffer> {
  const length = Math.hypot(...values);
  return length > 0 ? values.map((value) => value / length) : values.slice();
}
