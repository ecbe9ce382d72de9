import { floatHelper, type Helper } from './helper.ts';
import { hornerText } from './polynomial.ts';

// Functions in single precision. The devices' own are used where their specification makes them good enough: WGSL
// (§15.7.4) allows sin and cos an error of 2⁻¹¹, atan 4096 ULP, and log 2⁻²¹ near 1, which is no digit at all there.

const evenReciprocals = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13];
const factorials = [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040];

/** ln(1 + d) for |d| < 0.35 as 2 artanh s with s = d/(2 + d). */
const logNearOne = floatHelper(
  'logNearOne',
  ['d'],
  `const s = d / (2 + d);
const z = s * s;
return 2 * s * (${hornerText(evenReciprocals, 'z')});`,
);

const logarithm = floatHelper(
  'logarithm',
  ['x'],
  `if (isNotANumber(x) > 0.5) { return x; }
if (x < 0) { return notANumber(0); }
if (x == 0) { return -infinite(0); }
if (Math.abs(x - 1) < 0.35) { return logNearOne(x - 1); }
if (x > 3.4028234663852886e38) { return x; }
return Math.log(x);`,
);

const logOnePlus = floatHelper(
  'logOnePlus',
  ['x'],
  `if (Math.abs(x) < 0.35) { return logNearOne(x); }
return logarithm(1 + x);`,
);

/** Underflow to 0 and overflow to ∞ are the same on all devices. */
const exponential = floatHelper(
  'exponential',
  ['x'],
  `if (isNotANumber(x) > 0.5) { return x; }
if (x > 88.8) { return infinite(0); }
if (x < -104) { return 0; }
return Math.exp(x);`,
);

const exponentialMinusOne = floatHelper(
  'exponentialMinusOne',
  ['x'],
  `if (Math.abs(x) < 0.35) { return x * (${hornerText(factorials, 'x')}); }
return exponential(x) - 1;`,
);

const squareRoot = floatHelper(
  'squareRoot',
  ['x'],
  `if (isNotANumber(x) > 0.5) { return x; }
if (x < 0) { return notANumber(0); }
if (x > 3.4028234663852886e38) { return x; }
return Math.sqrt(x);`,
);

const larger = floatHelper('larger', ['a', 'b'], 'return (a > b) ? a : ((a <= b) ? b : a + b);');
const smaller = floatHelper('smaller', ['a', 'b'], 'return (a < b) ? a : ((a >= b) ? b : a + b);');
const signOf = floatHelper('signOf', ['x'], 'return (x > 0) ? 1 : ((x < 0) ? -1 : x);');

/** Halves go to the even neighbour. */
const roundToEven = floatHelper(
  'roundToEven',
  ['x'],
  `const below = Math.floor(x);
const part = x - below;
if (part < 0.5) { return below; }
if (part > 0.5) { return below + 1; }
return 2 * Math.floor(below * 0.5 + 0.5);`,
);

const towardZero = floatHelper(
  'towardZero',
  ['x'],
  `if (isNotANumber(x) > 0.5) { return 0; }
return (x < 0) ? Math.ceil(x) : Math.floor(x);`,
);

const sigmoidOf = floatHelper('sigmoidOf', ['x'], 'return 1 / (1 + exponential(-x));');
const softplusOf = floatHelper(
  'softplusOf',
  ['x'],
  'return larger(x, 0) + logOnePlus(exponential(-Math.abs(x)));',
);

/** m·√(1 + (n/m)²) of the larger and the smaller side, which does not overflow. */
const hypotenuse = floatHelper(
  'hypotenuse',
  ['a', 'b'],
  `const m = Math.abs(a) > Math.abs(b) ? Math.abs(a) : Math.abs(b);
const n = Math.abs(a) > Math.abs(b) ? Math.abs(b) : Math.abs(a);
if (Math.abs(a) > 3.4028234663852886e38) { return infinite(0); }
if (Math.abs(b) > 3.4028234663852886e38) { return infinite(0); }
if (isNotANumber(a) > 0.5) { return a; }
if (isNotANumber(b) > 0.5) { return b; }
if (m == 0) { return 0; }
const r = n / m;
return m * Math.sqrt(1 + r * r);`,
);

/** Whole exponents up to 64 by squaring, which is exact where the result is; others by the device. */
const powerOf = floatHelper(
  'powerOf',
  ['a', 'b'],
  `if (b == 0) { return 1; }
if (isNotANumber(a + b) > 0.5) { return notANumber(0); }
const whole = Math.floor(b);
const odd = whole - 2 * Math.floor(whole * 0.5);
if (whole == b && Math.abs(b) <= 64) {
  let result = 1;
  let square = a;
  let rest = Math.abs(b);
  for (let i = 0; i < 7; i++) {
    const half = Math.floor(rest * 0.5);
    if (rest - 2 * half > 0.5) { result *= square; }
    square *= square;
    rest = half;
  }
  return (b < 0) ? 1 / result : result;
}
if (a < 0 && whole != b && Math.abs(a) <= 3.4028234663852886e38) { return notANumber(0); }
if (a == 0) { return (b < 0) ? infinite(0) : 0; }
const size = exponential(b * logarithm(Math.abs(a)));
return (a < 0 && odd > 0.5) ? -size : size;`,
);

const sinhOf = floatHelper(
  'sinhOf',
  ['x'],
  `const a = Math.abs(x);
if (a > 20) { const h = exponential(a * 0.5); return (x < 0) ? -0.5 * h * h : 0.5 * h * h; }
const e = exponentialMinusOne(a);
const s = 0.5 * (e + e / (e + 1));
return (x < 0) ? -s : s;`,
);

const coshOf = floatHelper(
  'coshOf',
  ['x'],
  `const a = Math.abs(x);
const h = exponential(a * 0.5);
if (a > 20) { return 0.5 * h * h; }
return 0.5 * (h * h + 1 / (h * h));`,
);

const tanhOf = floatHelper(
  'tanhOf',
  ['x'],
  `const e = exponentialMinusOne(-2 * Math.abs(x));
const t = -e / (e + 2);
return (x < 0) ? -t : t;`,
);

const asinhOf = floatHelper(
  'asinhOf',
  ['x'],
  `const a = Math.abs(x);
if (a > 10000) { const g = logarithm(a) + 0.6931471805599453; return (x < 0) ? -g : g; }
const r = logOnePlus(a + (a * a) / (1 + Math.sqrt(1 + a * a)));
return (x < 0) ? -r : r;`,
);

const acoshOf = floatHelper(
  'acoshOf',
  ['x'],
  `if (x > 10000) { return logarithm(x) + 0.6931471805599453; }
const t = x - 1;
return logOnePlus(t + squareRoot(t * (2 + t)));`,
);

const atanhOf = floatHelper(
  'atanhOf',
  ['x'],
  `const a = Math.abs(x);
const r = 0.5 * logOnePlus(2 * a / (1 - a));
return (x < 0) ? -r : ((a > 1) ? notANumber(0) : r);`,
);

export const elementaryHelpers: readonly Helper[] = [
  logNearOne,
  logarithm,
  logOnePlus,
  exponential,
  exponentialMinusOne,
  squareRoot,
  larger,
  smaller,
  signOf,
  roundToEven,
  towardZero,
  sigmoidOf,
  softplusOf,
  hypotenuse,
  powerOf,
  sinhOf,
  coshOf,
  tanhOf,
  asinhOf,
  acoshOf,
  atanhOf,
];
