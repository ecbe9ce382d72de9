import { f64x2, v128 } from '../assembler/vector.ts';
import { doubleExp, inDouble } from './double.ts';
import type { LaneMath, Vector } from './lane-math.ts';

/** erf x = x·P(x²)/Q(x²) for |x| ≤ 3.93, a minimax fit to 2⁻²⁵ with coefficients rounded to float32. */
const erfP = [
  1.1283791065216064, 0.19078341126441956, 0.05279022827744484, 0.0037795910611748695, 0.0002848082222044468,
  2.0419743123056833e-6,
];
const erfQ = [
  1, 0.5024101138114929, 0.1142573431134224, 0.014997401274740696, 0.0011652084067463875,
  3.800409103860147e-5,
];
/** The nearest float32 to erf x is 1 here, and the ratio rounds to 1 or more. */
const erfEnd = 3.98;

export function erf(m: LaneMath, x: Vector): Vector {
  return m.oddRatio(x, erfEnd, erfP, erfQ);
}

/** e^(x²)·erfc(x)·(1 + 2x) in (x − 3)/(x + 3) for 0 ≤ x ≤ 10.2, a minimax fit to 2⁻³⁰. */
const scaledErfc = [
  1.2530080589463708, -0.13562111270276972, -0.04756238426520035, 0.12964541503852794, -0.11927162075384418,
  0.06830594031872278, -0.02378775123497213, 0.0025298266393762696, 0.001950414205572172,
  -0.0007416200039872656, -0.00018306316102941804, 3.520507456361282e-5,
];
/** From here on erfc rounds to 0 in float32. */
const erfcEnd = 10.2;

/** 1 − erf(x) without cancellation: e^(−x²) times a smooth factor for x ≥ 0, and erfc(−x) = 2 − erfc(x). */
export function erfc(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => {
    const size = m.let(f64x2.pmin(f64x2.abs(t), m.double(erfcEnd)));
    const place = f64x2.div(f64x2.sub(size, m.double(3)), f64x2.add(size, m.double(3)));
    const factor = f64x2.div(
      m.polynomial(scaledErfc, m.let(place), 'f64x2'),
      m.multiplyAdd(m.double(2), size, m.double(1), 'f64x2'),
    );
    const tail = m.let(f64x2.mul(doubleExp(m, m.let(f64x2.neg(f64x2.mul(size, size)))), factor));
    return v128.bitselect(f64x2.sub(m.double(2), tail), tail, f64x2.lt(t, m.double(0)));
  });
}
