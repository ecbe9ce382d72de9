export * from './elementwise/activations.ts';
export * from './elementwise/arithmetic.ts';
export * from './elementwise/comparisons.ts';
export * from './elementwise/exponential.ts';
export * from './elementwise/piecewise.ts';
export * from './elementwise/special.ts';
export * from './elementwise/trigonometric.ts';
