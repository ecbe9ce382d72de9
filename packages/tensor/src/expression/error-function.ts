import { polynomial } from './polynomial.ts';

/**
 * erf and erfc in double precision by the rational approximations of fdlibm (Sun Microsystems, s_erf.c), with
 * errors below one unit in the last place for erf and three for erfc. Coefficients are listed from the constant
 * term up.
 */
const smallP = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
  -2.3763016656650163e-5,
];
const smallQ = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
  -3.960228278775368e-6,
];
/** erf near 1, in steps from this value: c + P(s)/Q(s) with s = |x| − 1. */
const erfNearOne = 0.8450629115104675;
const middleP = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
  0.035478304325618236, -0.002166375594868791,
];
const middleQ = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
  0.011984499846799107,
];
const largeR = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
  -184.60509290671104, -81.2874355063066, -9.814329344169145,
];
const largeS = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
  108.63500554177944, 6.570249770319282, -0.0604244152148581,
];
const tailR = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
  -1025.0951316110772, -483.5191916086514,
];
const tailS = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
  474.52854120695537, -22.44095244658582,
];

const smallLimit = 0.84375;
const middleLimit = 1.25;

/** erf(x)/x − 1 for |x| < 0.84375. */
function smallRatio(x: number): number {
  const square = x * x;
  return polynomial(smallP, square) / polynomial(smallQ, square);
}

/** erf(x) − erfNearOne for 0.84375 ≤ x < 1.25. */
function middleExcess(x: number): number {
  return polynomial(middleP, x - 1) / polynomial(middleQ, x - 1);
}

/** erfc(x) for x ≥ 1.25: e^(−x² − 0.5625 + R/S)/x, with x² split so that its rounding does not show. */
function tail(x: number): number {
  if (x > 28) return 0;
  const inverse = 1 / (x * x);
  const [r, s] = x < 1 / 0.35 ? [largeR, largeS] : [tailR, tailS];
  const short = Math.fround(x);
  const correction = (short - x) * (short + x) + polynomial(r, inverse) / polynomial(s, inverse);
  return (Math.exp(-short * short - 0.5625) * Math.exp(correction)) / x;
}

/** erf(x) = 2/√π ∫₀ˣ e^(−t²) dt. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < smallLimit) return x + x * smallRatio(x);
  if (Number.isNaN(x)) return x;
  const positive = size < middleLimit ? erfNearOne + middleExcess(size) : 1 - tail(size);
  return x < 0 ? -positive : positive;
}

/** erfc(x) = 1 − erf(x), accurate where that difference would cancel. */
export function complementaryErrorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < smallLimit) return x < 0.25 ? 1 - (x + x * smallRatio(x)) : 0.5 - (x - 0.5 + x * smallRatio(x));
  if (Number.isNaN(x)) return x;
  if (size < middleLimit) {
    return x < 0 ? 1 + erfNearOne + middleExcess(size) : 1 - erfNearOne - middleExcess(size);
  }
  return x < 0 ? 2 - tail(size) : tail(size);
}
