import {
  erfNearOne,
  largeR,
  largeS,
  middleP,
  middleQ,
  smallP,
  smallQ,
  tailR,
  tailS,
} from '../../expression/error-function-coefficients.ts';
import { floatHelper, type Helper } from './helper.ts';
import { hornerText } from './polynomial.ts';

// erf and erfc by the rational approximations of fdlibm (Sun Microsystems, s_erf.c), in single precision.
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
