import {
  clamp,
  concat,
  less,
  log,
  maximum,
  softmax,
  softplus,
  sub,
  takeAlongAxis,
  Variable,
  where,
} from '@reparam/autograd';
import { full } from '@reparam/tensor';
import type { ElementwiseTransform, ElementwiseTransformed } from './elementwise-transform.ts';

export interface SplineOptions {
  /** 8 unless told. */
  readonly bins?: number;
  /** B: the spline maps [−B, B] onto itself, and outside is the identity; 5 unless told. */
  readonly tailBound?: number;
}

/** Of a bin, as a share of the interval, and of a slope at a knot. */
const minimumBin = 1e-3;
const minimumSlope = 1e-3;
/** softplus(0 + this) + minimumSlope = 1 */
const unitSlope = Math.log(Math.expm1(1 - minimumSlope));

/** The bin of every element. */
interface Bin {
  /** Where it begins, x_k and y_k. */
  readonly x: Variable;
  readonly y: Variable;
  readonly width: Variable;
  readonly height: Variable;
  /** d_k and d_{k+1} */
  readonly slope: Variable;
  readonly nextSlope: Variable;
}

/**
 * Monotone rational-quadratic splines (Gregory & Delbourgo 1982; Durkan et al. 2019, §3.1): K bins with free widths,
 * heights and slopes at the inner knots; the end knots are pinned to ±B with slope 1. All raw numbers 0 is the
 * identity.
 */
export function rationalQuadraticSpline({
  bins = 8,
  tailBound = 5,
}: SplineOptions = {}): ElementwiseTransform {
  /** −B, …, B: [..., K + 1] out of K raw widths. */
  const knotsOf = (raw: Variable): Variable => {
    const shares = softmax(raw, -1)
      .mul(1 - bins * minimumBin)
      .add(minimumBin);
    const inner = shares
      .cumsum({ axis: -1 })
      .slice(upToLast(shares))
      .mul(2 * tailBound)
      .sub(tailBound);
    return concat([constantBeside(raw, -tailBound), inner, constantBeside(raw, tailBound)], -1);
  };

  /** The bin in which a clipped number lies, by its knots on the x side or on the y side. */
  const binOf = (value: Variable, raw: Variable, side: 'x' | 'y'): Bin => {
    const [rawWidths, rawHeights, rawSlopes] = raw.split([bins, bins, bins - 1], -1);
    const knots = { x: knotsOf(rawWidths!), y: knotsOf(rawHeights!) };
    const one = constantBeside(raw, 1);
    const slopes = concat([one, softplus(rawSlopes!.add(unitSlope)).add(minimumSlope), one], -1);
    const inner = knots[side].stopGradient().slice([...leading(raw), [1, bins]]);
    const index = sub(1, less(value.stopGradient().unsqueeze(-1), inner))
      .sum({ axes: -1, keepDims: true })
      .cast('int32');
    const at = (table: Variable, offset: number): Variable =>
      takeAlongAxis(table, index.add(offset), -1).squeeze(-1);
    const [x, y] = [at(knots.x, 0), at(knots.y, 0)];
    return {
      x,
      y,
      width: at(knots.x, 1).sub(x),
      height: at(knots.y, 1).sub(y),
      slope: at(slopes, 0),
      nextSlope: at(slopes, 1),
    };
  };

  /** Through the spline inside ±B; the clipping keeps what `where` leaves out free of NaN. */
  const inside = (
    value: Variable,
    spline: (clipped: Variable) => ElementwiseTransformed,
  ): ElementwiseTransformed => {
    const within = less(value.stopGradient().abs(), tailBound);
    const through = spline(clamp(value, -tailBound, tailBound));
    return { value: where(within, through.value, value), logSlope: where(within, through.logSlope, 0) };
  };

  return {
    width: 3 * bins - 1,
    forward: (x, raw) =>
      inside(x, (clipped) => {
        const bin = binOf(clipped, raw, 'x');
        const position = clipped.sub(bin.x).div(bin.width);
        return { value: valueAt(bin, position), logSlope: logSlopeAt(bin, position) };
      }),
    inverse: (y, raw) =>
      inside(y, (clipped) => {
        const bin = binOf(clipped, raw, 'y');
        const position = positionOf(bin, clipped);
        return { value: bin.x.add(position.mul(bin.width)), logSlope: logSlopeAt(bin, position).neg() };
      }),
  };
}

/** s + (d_k + d_{k+1} − 2s)·ξ(1 − ξ), s = height/width */
function denominatorAt({ width, height, slope, nextSlope }: Bin, position: Variable): Variable {
  const s = height.div(width);
  return s.add(
    slope
      .add(nextSlope)
      .sub(s.mul(2))
      .mul(position.mul(sub(1, position))),
  );
}

/** y_k + height·(sξ² + d_k·ξ(1 − ξ))/denominator (Durkan et al. 2019, eq. 4) */
function valueAt(bin: Bin, position: Variable): Variable {
  const { y, width, height, slope } = bin;
  const s = height.div(width);
  const numerator = s.mul(position.square()).add(slope.mul(position).mul(sub(1, position)));
  return y.add(height.mul(numerator).div(denominatorAt(bin, position)));
}

/** ln of s²(d_{k+1}·ξ² + 2s·ξ(1 − ξ) + d_k(1 − ξ)²)/denominator² (their eq. 5) */
function logSlopeAt(bin: Bin, position: Variable): Variable {
  const { width, height, slope, nextSlope } = bin;
  const s = height.div(width);
  const rest = sub(1, position);
  const numerator = nextSlope
    .mul(position.square())
    .add(s.mul(2).mul(position).mul(rest))
    .add(slope.mul(rest.square()));
  return log(s)
    .mul(2)
    .add(log(numerator))
    .sub(log(denominatorAt(bin, position)).mul(2));
}

/** ξ out of y: the root 2c/(−b − √(b² − 4ac)) of aξ² + bξ + c = 0, which cancels nothing (their eq. 6 to 8). */
function positionOf({ y, width, height, slope, nextSlope }: Bin, value: Variable): Variable {
  const s = height.div(width);
  const above = value.sub(y);
  const bend = above.mul(slope.add(nextSlope).sub(s.mul(2)));
  const a = height.mul(s.sub(slope)).add(bend);
  const b = height.mul(slope).sub(bend);
  const c = s.mul(above).neg();
  const discriminant = maximum(b.square().sub(a.mul(c).mul(4)), 0);
  return c.mul(2).div(b.neg().sub(discriminant.sqrt()));
}

function leading(x: Variable): null[] {
  return x.shape.slice(0, -1).map(() => null);
}

function upToLast(x: Variable): (null | readonly [number, number])[] {
  return [...leading(x), [0, x.shape.at(-1)! - 1]];
}

/** One number for each row of [..., n]: [..., 1] */
function constantBeside(x: Variable, value: number): Variable {
  return new Variable(
    full([...x.shape.slice(0, -1), 1], value, { dtype: x.dtype === 'float64' ? 'float64' : 'float32' }),
  );
}
