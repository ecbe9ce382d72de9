// The scalar functions that formulas are made of, by subject. A function's derivative may be written in any other
// function, so these modules import each other; what they import is used when formulas are built, not before.

export { add, divide, hypot, multiply, negate, power, subtract } from './functions/arithmetic.ts';
export * from './functions/comparisons.ts';
export { type Binary, isWhole, type ScalarFunction, type Unary } from './functions/define.ts';
export * from './functions/exponential.ts';
export * from './functions/piecewise.ts';
export * from './functions/special.ts';
export * from './functions/trigonometric.ts';
