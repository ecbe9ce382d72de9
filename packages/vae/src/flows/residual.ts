import {
  linearize,
  mul,
  noGrad,
  type Operand,
  slogdet,
  solve,
  toVariable,
  Variable,
} from '@reparam/autograd';
import { eye, ReparamError, zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';
import { type ParametricFunction, spreadOver } from './parametric-function.ts';
import { average, perExampleJacobian, probesFor, type TraceMethod } from './per-example-jacobian.ts';

/** ln det(1 + J): of the whole Jacobian, or by the first `terms` of its power series with estimated traces. */
export type ResidualLogDet = 'exact' | (Exclude<TraceMethod, 'exact'> & { readonly terms: number });

/** A search that did not settle. */
export class FixedPointError extends ReparamError {}

const mostIterations = 1000;

/**
 * z + g(z) with a Lipschitz constant of g below 1, which makes it invertible (Behrmann et al. 2019). The series
 * ln det(1 + J) = Σ_k (−1)^{k+1} tr(J^k)/k leaves out less than D·L^{n+1}/((n + 1)(1 − L)) after n terms, L the
 * Lipschitz constant.
 */
export class Residual implements Bijector {
  readonly #g: ParametricFunction;
  readonly #logDet: ResidualLogDet;

  constructor(g: ParametricFunction, logDet: ResidualLogDet = 'exact') {
    this.#g = g;
    this.#logDet = logDet;
  }

  forwardAndLogDet(z: Operand): Transformed {
    const point = spreadOver(toVariable(z), this.#g);
    const { value, logDet } = this.#gAndLogDet(point);
    return { value: point.add(value), logDet };
  }

  /**
   * The limit of z ← y − g(z). A Newton step on the tape after it leaves z where it is, and gives it its exact first
   * derivatives, (1 + J)⁻¹ by y (the implicit function theorem); higher ones are not there.
   * @throws FixedPointError when there is no limit: g is no contraction, or y is not finite.
   */
  inverseAndLogDet(y: Operand): Transformed {
    const image = spreadOver(toVariable(y), this.#g);
    const limit = noGrad(() => this.#solve(image.detach()));
    const residual = limit.add(this.#g.apply(limit)).sub(image);
    const z = residual.tracked ? limit.sub(this.#newtonStep(limit, residual)) : limit;
    return { value: z, logDet: this.#gAndLogDet(z).logDet.neg() };
  }

  detach(): Residual {
    return new Residual(this.#g.detach(), this.#logDet);
  }

  #solve(image: Variable): Variable {
    const settled = image.dtype === 'float64' ? 1e-15 : 1e-6;
    let z = image;
    let change = Infinity;
    for (let iteration = 0; iteration < mostIterations; iteration++) {
      const next = image.sub(this.#g.apply(z));
      change = next.sub(z).norm({ p: Infinity }).item() / Math.max(1, next.norm({ p: Infinity }).item());
      z = next;
      if (change <= settled) return z;
    }
    // Rounding may keep the last digits moving; more than them must not.
    if (change <= 100 * settled) return z;
    throw new FixedPointError(
      'Residual.inverse',
      `z ← y − g(z) still changes by a share of ${change} after ${mostIterations} iterations: y must be finite, and ` +
        'the Lipschitz constant of g below 1.',
    );
  }

  /** (1 + J)⁻¹ of what is zero, but has derivatives. */
  #newtonStep(z: Variable, residual: Variable): Variable {
    const moving = residual.sub(residual.stopGradient());
    const jacobian = noGrad(() => perExampleJacobian((point) => this.#g.apply(point), z).jacobian);
    return solve(onePlus(jacobian), moving.unsqueeze(-1)).squeeze(-1);
  }

  #gAndLogDet(z: Variable): Transformed {
    const g = (point: Variable): Variable => this.#g.apply(point);
    if (this.#logDet === 'exact') {
      const { value, jacobian } = perExampleJacobian(g, z);
      return { value, logDet: slogdet(onePlus(jacobian)).logAbsDet };
    }
    return this.#series(z, this.#logDet);
  }

  #series(z: Variable, method: Exclude<ResidualLogDet, 'exact'>): Transformed {
    const { output, pushforward } = linearize((point) => this.#g.apply(point!), z);
    const estimates = probesFor(z, method).map((probe) => {
      let power = probe;
      let total = new Variable(zeros(z.shape.slice(0, -1), { dtype: z.dtype }));
      for (let k = 1; k <= method.terms; k++) {
        power = pushforward(power);
        const trace = mul(probe, power).sum({ axes: -1 });
        total = total.add(trace.mul((k % 2 === 1 ? 1 : -1) / k));
      }
      return total;
    });
    return { value: output, logDet: average(estimates) };
  }
}

function onePlus(jacobian: Variable): Variable {
  const dimensions = jacobian.shape.at(-1)!;
  return jacobian.add(new Variable(eye(dimensions, dimensions, { dtype: jacobian.dtype })));
}
