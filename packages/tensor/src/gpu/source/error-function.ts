import { floatHelper, type Helper } from './helper.ts';
import { hornerText } from './polynomial.ts';

// erf and erfc by the rational approximations of fdlibm (Sun Microsystems, s_erf.c), in single precision.
const smallP = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
  -2.376301656650163e-5,
];
const smallQ = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
  -3.960228278775368e-6,
];
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

/** erf(x)/x − 1 for |x| < 0.84375. */
const erfSmallRatio = floatHelper(
  'erfSmallRatio',
  ['x'],
  `const s = x * x;
return (${hornerText(smallP, 's')}) / (${hornerText(smallQ, 's')});`,
);

/** erf(x) − erfNearOne for 0.84375 ≤ x < 1.25. */
const erfMiddleExcess = floatHelper(
  'erfMiddleExcess',
  ['x'],
  `const s = x - 1;
return (${hornerText(middleP, 's')}) / (${hornerText(middleQ, 's')});`,
);

/** erfc(x) for x ≥ 1.25, with x² split so that its rounding does not show: the square of a sixteenth is exact. */
const erfTail = floatHelper(
  'erfTail',
  ['x'],
  `if (x > 11) { return 0; }
const inverse = 1 / (x * x);
let ratio = 0;
if (x < 2.857142857142857) { ratio = (${hornerText(largeR, 'inverse')}) / (${hornerText(largeS, 'inverse')}); }
else { ratio = (${hornerText(tailR, 'inverse')}) / (${hornerText(tailS, 'inverse')}); }
const near = Math.floor(x * 16) * 0.0625;
return exponential(-near * near - 0.5625) * exponential((near - x) * (near + x) + ratio) / x;`,
);

const erfOf = floatHelper(
  'erfOf',
  ['x'],
  `const size = Math.abs(x);
if (size < 0.84375) { return x + x * erfSmallRatio(x); }
if (isNotANumber(x) > 0.5) { return x; }
let value = 0;
if (size < 1.25) { value = ${erfNearOne} + erfMiddleExcess(size); }
else { value = 1 - erfTail(size); }
return (x < 0) ? -value : value;`,
);

const erfcOf = floatHelper(
  'erfcOf',
  ['x'],
  `const size = Math.abs(x);
if (size < 0.84375) {
  if (x < 0.25) { return 1 - (x + x * erfSmallRatio(x)); }
  return 0.5 - (x - 0.5 + x * erfSmallRatio(x));
}
if (isNotANumber(x) > 0.5) { return x; }
if (size < 1.25) {
  const excess = erfMiddleExcess(size);
  return (x < 0) ? 1 + ${erfNearOne} + excess : ${1 - erfNearOne} - excess;
}
return (x < 0) ? 2 - erfTail(size) : erfTail(size);`,
);

export const errorFunctionHelpers: readonly Helper[] = [
  erfSmallRatio,
  erfMiddleExcess,
  erfTail,
  erfOf,
  erfcOf,
];
