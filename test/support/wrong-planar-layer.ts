import { type Operand, softplus, tanh, toVariable, type Variable } from '@reparam/autograd';
import type { Bijector, Transformed } from '../../packages/vae/src/flows/bijector.ts';
import { dot } from '../../packages/vae/src/flows/dot.ts';
import type { ParametricLayer } from '../../packages/vae/src/flows/parametric-flow.ts';
import { planarLayer } from '../../packages/vae/src/flows/parametric-layers.ts';
import { saturatingRoot } from '../../packages/vae/src/flows/saturating-root.ts';

/** û, and what is taken for 1 + wᵀû. */
interface Bend {
  readonly direction: Variable;
  readonly onePlusStrength: Variable;
}

/** How planar layers of real libraries were wrong. */
export const planarMistakes = {
  /** û = u, which folds the plane where wᵀu < −1. */
  'no constraint': (u: Variable, w: Variable): Bend => ({
    direction: u,
    onePlusStrength: dot(w, u).add(1),
  }),
  /** ‖w‖ for ‖w‖², with which wᵀû is not softplus(wᵀu) − 1. */
  'norm not squared': (u: Variable, w: Variable): Bend => {
    const onePlusStrength = softplus(dot(w, u));
    const correction = onePlusStrength.sub(1).sub(dot(w, u));
    const direction = u.add(w.mul(correction).div(w.norm({ axes: -1, keepDims: true })));
    return { direction, onePlusStrength };
  },
} as const satisfies Readonly<Record<string, (u: Variable, w: Variable) => Bend>>;

export type PlanarMistake = keyof typeof planarMistakes;

/** Planar layers with one of the mistakes, which start from the same numbers as right ones in two dimensions. */
export function wrongPlanarLayer(
  mistake: PlanarMistake,
  dtype: 'float32' | 'float64' = 'float32',
): ParametricLayer {
  return {
    ...planarLayer(2, dtype),
    create: (numbers) => {
      const [u, w, b] = numbers.split([2, 2, 1], -1) as [Variable, Variable, Variable];
      return new WrongPlanar(planarMistakes[mistake](u, w), w, b);
    },
  };
}

class WrongPlanar implements Bijector {
  readonly #bend: Bend;
  readonly #w: Variable;
  readonly #b: Variable;

  constructor(bend: Bend, w: Variable, b: Variable) {
    this.#bend = bend;
    this.#w = w;
    this.#b = b;
  }

  forwardAndLogDet(z: Operand): Transformed {
    const point = toVariable(z);
    const t = tanh(dot(this.#w, point).add(this.#b));
    return { value: point.add(this.#bend.direction.mul(t)), logDet: this.#logDet(t) };
  }

  inverseAndLogDet(y: Operand): Transformed {
    const image = toVariable(y);
    const { direction, onePlusStrength } = this.#bend;
    const strength = dot(this.#w, direction);
    const target = dot(this.#w, image);
    const s = saturatingRoot({ target, strength, onePlusStrength, offset: this.#b });
    const t = tanh(s.add(this.#b));
    return { value: image.sub(direction.mul(t)), logDet: this.#logDet(t).neg() };
  }

  detach(): Bijector {
    return this;
  }

  /** ln |1 + wᵀû·sech²a| with t = tanh a. */
  #logDet(t: Variable): Variable {
    const bent = this.#bend.onePlusStrength.sub(1).mul(t.square().neg().add(1));
    return bent.add(1).abs().log().sum({ axes: -1 });
  }
}
