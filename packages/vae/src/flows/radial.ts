import { div, log, norm, type Operand, softplus, toVariable, type Variable, where } from '@reparam/autograd';
import type { Bijector, Transformed } from './bijector.ts';

/** Parameters of one layer, or of one layer for each example. */
export interface RadialParameters {
  /** z₀: [D] or [...batch, D] */
  readonly center: Operand;
  /** α̂, unconstrained: [] or [...batch] */
  readonly rawAlpha: Operand;
  /** β̂, unconstrained: [] or [...batch]. β̂ = α̂ is the identity. */
  readonly rawBeta: Operand;
}

/**
 * The radial flow z + β(z − z₀)/(α + r), r = ‖z − z₀‖ (Rezende & Mohamed 2015, eq. 14), with α = softplus(α̂) and
 * β = softplus(β̂) − α > −α, which makes it invertible (their appendix A.2).
 */
export class Radial implements Bijector {
  readonly #center: Variable;
  readonly #rawAlpha: Variable;
  readonly #rawBeta: Variable;

  constructor({ center, rawAlpha, rawBeta }: RadialParameters) {
    this.#center = toVariable(center);
    this.#rawAlpha = toVariable(rawAlpha, this.#center.dtype);
    this.#rawBeta = toVariable(rawBeta, this.#center.dtype);
  }

  forwardAndLogDet(z: Operand): Transformed {
    const point = toVariable(z, this.#center.dtype);
    const away = point.sub(this.#center);
    const r = norm(away, { axes: -1, keepDims: true });
    const { alpha, sum } = this.#strengths();
    const stretch = sum.sub(alpha).div(alpha.add(r));
    return { value: point.add(stretch.mul(away)), logDet: this.#logDet(r) };
  }

  /** r from r′ = r + βr/(α + r), a quadratic equation; the direction from z₀ stays. */
  inverseAndLogDet(y: Operand): Transformed {
    const image = toVariable(y, this.#center.dtype);
    const away = image.sub(this.#center);
    const distance = norm(away, { axes: -1, keepDims: true });
    const { alpha, sum } = this.#strengths();
    // r² − (r′ − α − β)r − αr′ = 0, by whichever form of its positive root subtracts nothing.
    const excess = distance.sub(sum);
    const product = alpha.mul(distance).mul(2);
    const larger = excess.square().add(product.mul(2)).sqrt().add(excess.abs());
    const r = where(excess.greater(0), larger.mul(0.5), div(product, larger));
    const shrink = alpha.add(r).div(sum.add(r));
    return { value: this.#center.add(shrink.mul(away)), logDet: this.#logDet(r).neg() };
  }

  detach(): Radial {
    return new Radial({
      center: this.#center.detach(),
      rawAlpha: this.#rawAlpha.detach(),
      rawBeta: this.#rawBeta.detach(),
    });
  }

  /** α and α + β: [..., 1] */
  #strengths(): { readonly alpha: Variable; readonly sum: Variable } {
    return {
      alpha: softplus(this.#rawAlpha).unsqueeze(-1),
      sum: softplus(this.#rawBeta).unsqueeze(-1),
    };
  }

  /**
   * (D − 1)·ln(1 + βh) + ln(1 + αβh²), h = 1/(α + r), as sums of positive terms: the first is (r + α + β)h, the second
   * (r² + 2αr + α(α + β))h².
   */
  #logDet(r: Variable): Variable {
    const { alpha, sum } = this.#strengths();
    const logH = log(alpha.add(r)).neg();
    const across = log(r.add(sum)).add(logH);
    const along = log(r.mul(r.add(alpha.mul(2))).add(alpha.mul(sum))).add(logH.mul(2));
    const dimensions = this.#center.shape.at(-1)!;
    return across
      .mul(dimensions - 1)
      .add(along)
      .squeeze(-1);
  }
}
