import { concat, type Operand, toVariable, Variable } from '@reparam/autograd';
import { full, zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';
import { type ParametricFunction, spreadOver } from './parametric-function.ts';
import { perExampleTrace, type TraceMethod } from './per-example-jacobian.ts';

export interface ContinuousParameters {
  /** dz/dt of a point and its time: [..., D + 1] → [..., D] */
  readonly field: ParametricFunction;
  /** Equal steps from time 0 to 1. */
  readonly steps: number;
  readonly trace: TraceMethod;
}

/**
 * The flow of dz/dt = f(z, t) over unit time, with d ln p/dt = −tr ∂f/∂z (Chen et al. 2018, theorem 1; the trace
 * estimated as in FFJORD, Grathwohl et al. 2019, with one set of probes for all steps). Points and log-determinants
 * go by the classical Runge–Kutta method, and are off by O(steps⁻⁴); so is the inverse, which runs time backwards.
 * Derivatives of any order are those of the steps taken, exactly.
 */
export class Continuous implements Bijector {
  readonly #parameters: ContinuousParameters;

  constructor(parameters: ContinuousParameters) {
    this.#parameters = parameters;
  }

  forwardAndLogDet(z: Operand): Transformed {
    return this.#integrate(toVariable(z), 0, 1);
  }

  inverseAndLogDet(y: Operand): Transformed {
    return this.#integrate(toVariable(y), 1, 0);
  }

  detach(): Continuous {
    return new Continuous({ ...this.#parameters, field: this.#parameters.field.detach() });
  }

  #integrate(point: Variable, from: number, to: number): Transformed {
    const { field, steps } = this.#parameters;
    const h = (to - from) / steps;
    let z = spreadOver(point, field);
    let logDet = new Variable(zeros(z.shape.slice(0, -1), { dtype: z.dtype }));
    for (let step = 0; step < steps; step++) {
      const t = from + step * h;
      const k1 = this.#rates(z, t);
      const k2 = this.#rates(z.add(k1.velocity.mul(h / 2)), t + h / 2);
      const k3 = this.#rates(z.add(k2.velocity.mul(h / 2)), t + h / 2);
      const k4 = this.#rates(z.add(k3.velocity.mul(h)), t + h);
      const weighted = (name: keyof Rates): Variable =>
        k1[name]
          .add(k2[name].add(k3[name]).mul(2))
          .add(k4[name])
          .mul(h / 6);
      z = z.add(weighted('velocity'));
      logDet = logDet.add(weighted('divergence'));
    }
    return { value: z, logDet };
  }

  #rates(z: Variable, t: number): Rates {
    const { field, trace } = this.#parameters;
    const dtype = z.dtype === 'float64' ? 'float64' : 'float32';
    const time = new Variable(full([...z.shape.slice(0, -1), 1], t, { dtype }));
    const velocityAt = (point: Variable): Variable => field.apply(concat([point, time], -1));
    const { value, trace: divergence } = perExampleTrace(velocityAt, z, trace);
    return { velocity: value, divergence };
  }
}

interface Rates {
  /** dz/dt: [..., D] */
  readonly velocity: Variable;
  /** tr ∂f/∂z: [...] */
  readonly divergence: Variable;
}
