import { f32x4, f64x2, i32x4, v128 } from '../assembler/vector.ts';
import { doubleRounder, highHalf, joinHalves, lowHalf } from './double.ts';
import type { LaneMath, Vector } from './lane-math.ts';
import { angleReducer } from './large-angle.ts';

// x = n·π/2 + r with r in ±π/4, found in float64; sine and cosine of r by polynomials, minimax fits with
// coefficients rounded to float32, of which n picks one and its sign.

/** π/2 = high + low, high with so few bits that n·high is exact for every |x| up to {@link directLimit}. */
const halfPiHigh = 1.5707963267341256;
const halfPiLow = 6.077100506506192e-11;
/** Up to here n has 20 bits; beyond, the angle is reduced by {@link angleReducer} first. */
const directLimit = 2 ** 20;

/** (sin r − r)/r³ in r², to 2⁻²⁸ of sin r. */
const sineTail = [-0.16666655242443085, 0.008332190103828907, -0.0001951840822584927];
/** (cos r − 1 + r²/2)/r⁴ in r², to 2⁻³³. */
const cosineTail = [0.04166664555668831, -0.0013887309469282627, 2.4432336431345902e-5];

interface Quadrant {
  /** n, of which the lowest two bits matter. */
  readonly n: Vector;
  readonly sine: Vector;
  readonly cosine: Vector;
}

function quadrant(m: LaneMath, x: Vector): Quadrant {
  const [n, sine, cosine] = m.once('quadrant', x, () => findQuadrant(m, x));
  return { n: n!, sine: sine!, cosine: cosine! };
}

function findQuadrant(m: LaneMath, x: Vector): readonly [n: Vector, sine: Vector, cosine: Vector] {
  const { f } = m;
  const [low, high] = [f.let(lowHalf(x)), f.let(highHalf(x))];
  f.if(v128.anyTrue(f32x4.gt(f32x4.abs(x), m.number(directLimit))), () => {
    const reducer = angleReducer(m.module);
    const lane = (index: number) => reducer.call({ x: f32x4.extractLane(x, index) });
    f.set(low, f64x2.replaceLane(f64x2.replaceLane(low, 0, lane(0)), 1, lane(1)));
    f.set(high, f64x2.replaceLane(f64x2.replaceLane(high, 0, lane(2)), 1, lane(3)));
  });
  const [first, second] = [remainder(m, low), remainder(m, high)];
  const r = m.let(joinHalves(first.r, second.r));
  const square = m.let(f32x4.mul(r, r));
  const sine = m.multiplyAdd(m.let(f32x4.mul(r, square)), m.polynomial(sineTail, square), r);
  const tail = f32x4.mul(f32x4.mul(square, square), m.polynomial(cosineTail, square));
  // The lower halves of the two pairs of 64 bits.
  const n = m.let(i32x4.shuffle(first.shifted, second.shifted, [0, 2, 4, 6]));
  const cosine = f32x4.add(m.subtractProduct(m.number(1), m.number(0.5), square), tail);
  return [n, m.let(m.withSignOf(r, sine)), m.let(cosine)];
}

function remainder(m: LaneMath, x: Vector): { shifted: Vector; r: Vector } {
  const rounder = m.double(doubleRounder);
  const shifted = m.let(f64x2.add(f64x2.mul(x, m.double(2 / Math.PI)), rounder));
  const n = m.let(f64x2.sub(shifted, rounder));
  const rough = m.let(m.subtractProduct(x, n, m.double(halfPiHigh), 'f64x2'));
  return { shifted, r: m.let(m.subtractProduct(rough, n, m.double(halfPiLow), 'f64x2')) };
}

/** All ones in the lanes where n is odd: sine and cosine change places. */
function oddMask(m: LaneMath, n: Vector): Vector {
  return i32x4.ne(v128.and(n, m.bits(1)), m.bits(0));
}

/** The sine of an angle n quarter turns further: its sign changes where n is 2 or 3. */
function sineOfQuadrant(m: LaneMath, n: Vector, sine: Vector, cosine: Vector): Vector {
  const picked = v128.bitselect(cosine, sine, oddMask(m, n));
  return v128.xor(picked, i32x4.shl(v128.and(n, m.bits(2)), 30));
}

export function sin(m: LaneMath, x: Vector): Vector {
  const { n, sine, cosine } = quadrant(m, x);
  return sineOfQuadrant(m, n, sine, cosine);
}

/** The sine a quarter turn further. */
export function cos(m: LaneMath, x: Vector): Vector {
  const { n, sine, cosine } = quadrant(m, x);
  return sineOfQuadrant(m, m.let(i32x4.add(n, m.bits(1))), sine, cosine);
}

/** sin r/cos r, or −cos r/sin r after an odd number of quarter turns. */
export function tan(m: LaneMath, x: Vector): Vector {
  const { n, sine, cosine } = quadrant(m, x);
  const odd = m.let(oddMask(m, n));
  const numerator = v128.bitselect(f32x4.neg(cosine), sine, odd);
  return f32x4.div(numerator, v128.bitselect(sine, cosine, odd));
}
