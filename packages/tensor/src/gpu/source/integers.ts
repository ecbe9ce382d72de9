import type { Helper } from './helper.ts';

/**
 * Whole numbers stay whole only in functions that say so: `/` and `%` are those of floats in gpu.js, whose division
 * is not even rounded correctly on most devices.
 */
export const quotient: Helper = {
  name: 'quotient',
  parameters: ['n', 'd'],
  type: 'Integer',
  body: 'return Math.floor(n / d);',
  wgsl: 'return user_n / user_d;',
  glsl: 'return n / d;',
};

export const remainder: Helper = {
  name: 'remainder',
  parameters: ['n', 'd'],
  type: 'Integer',
  body: 'return n - d * Math.floor(n / d);',
  wgsl: 'return user_n % user_d;',
  glsl: 'return n % d;',
};

/** An element of an int32 tensor, which kernels see as a float, as an index. */
export const toIndex: Helper = {
  name: 'toIndex',
  parameters: ['n'],
  type: 'Integer',
  body: 'return n;',
};
