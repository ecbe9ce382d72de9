import { floatHelper, type Helper } from './helper.ts';
import { hornerText } from './polynomial.ts';

const sineSeries = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880];
const cosineSeries = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320];
/** π/2 in three parts, the first two of so few bits that their products with quarter turns are exact. */
const [firstPart, secondPart, thirdPart] = [1.5703125, 4.837512969970703e-4, 7.549789954891886e-8];

/** x less so many quarter turns (Cody and Waite); good up to some 10⁴. */
const lessQuarters = floatHelper(
  'lessQuarters',
  ['x', 'quarters'],
  `return ((x - quarters * ${firstPart}) - quarters * ${secondPart}) - quarters * ${thirdPart};`,
);

const sineNearZero = floatHelper(
  'sineNearZero',
  ['a'],
  `const z = a * a;
return a * (${hornerText(sineSeries, 'z')});`,
);

const cosineNearZero = floatHelper(
  'cosineNearZero',
  ['a'],
  `const z = a * a;
return ${hornerText(cosineSeries, 'z')};`,
);

/** Sine and cosine are the same but for a quarter turn. */
const sineAfterQuarters = floatHelper(
  'sineAfterQuarters',
  ['x', 'more'],
  `if (isFiniteNumber(x) < 0.5) { return notANumber(0); }
const quarters = Math.floor(x * 0.6366197723675814 + 0.5);
const rest = lessQuarters(x, quarters);
const turn = quarters + more - 4 * Math.floor((quarters + more) * 0.25);
const value = (turn == 1 || turn == 3) ? cosineNearZero(rest) : sineNearZero(rest);
return (turn >= 2) ? -value : value;`,
);

const tangent = floatHelper('tangent', ['x'], 'return sineAfterQuarters(x, 0) / sineAfterQuarters(x, 1);');

/** S. L. Moshier's atanf (Cephes): reduced by tan(3π/8) and tan(π/8), then a polynomial. */
const arctangent = floatHelper(
  'arctangent',
  ['x'],
  `const a = Math.abs(x);
let start = 0;
let t = a;
if (a > 2.414213562373095) { start = 1.5707963267948966; t = -1 / a; }
else { if (a > 0.4142135623730950) { start = 0.7853981633974483; t = (a - 1) / (a + 1); } }
const z = t * t;
const r = start + t + t * z * (${hornerText(
    [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2],
    'z',
  )});
return (x < 0) ? -r : r;`,
);

const arctangent2 = floatHelper(
  'arctangent2',
  ['y', 'x'],
  `if (isNotANumber(x) > 0.5) { return x; }
if (isNotANumber(y) > 0.5) { return y; }
const ax = Math.abs(x);
const ay = Math.abs(y);
let first = 0;
if (ax > 3.4028234663852886e38 && ay > 3.4028234663852886e38) { first = 0.7853981633974483; }
else { if (ax >= ay) { if (ax > 0) { first = arctangent(ay / ax); } }
else { first = 1.5707963267948966 - arctangent(ax / ay); } }
const upper = (x < 0) ? 3.141592653589793 - first : first;
return (y < 0) ? -upper : upper;`,
);

/** asin x = atan2(x, √((1 − x)(1 + x))), and acos the other way round. */
const arcsine = floatHelper(
  'arcsine',
  ['x'],
  `if (Math.abs(x) > 1) { return notANumber(0); }
return arctangent2(x, squareRoot((1 - x) * (1 + x)));`,
);

const arccosine = floatHelper(
  'arccosine',
  ['x'],
  `if (Math.abs(x) > 1) { return notANumber(0); }
return arctangent2(squareRoot((1 - x) * (1 + x)), x);`,
);

export const trigonometricHelpers: readonly Helper[] = [
  lessQuarters,
  sineNearZero,
  cosineNearZero,
  sineAfterQuarters,
  tangent,
  arctangent,
  arctangent2,
  arcsine,
  arccosine,
];
