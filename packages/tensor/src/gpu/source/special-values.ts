import { floatHelper, type Helper } from './helper.ts';

// What is not finite cannot be written in WGSL, and is not to be told by arithmetic there: a compiler may reckon with
// finite numbers only. Bits it leaves alone.

/** The dispatch is flat, so the last thread coordinate is 0; a compiler does not know. */
const opaqueZero = 'threadGid.z';

export const notANumber: Helper = floatHelper('notANumber', ['zero'], 'return zero / zero;', {
  wgsl: `return bitcast<f32>(0x7fc00000u + ${opaqueZero});`,
  glsl: 'return uintBitsToFloat(0x7fc00000u);',
});

export const infinite: Helper = floatHelper('infinite', ['zero'], 'return 1 / zero;', {
  wgsl: `return bitcast<f32>(0x7f800000u + ${opaqueZero});`,
  glsl: 'return uintBitsToFloat(0x7f800000u);',
});

export const isNotANumber: Helper = floatHelper('isNotANumber', ['x'], 'return (x <= 0 || x > 0) ? 0 : 1;', {
  wgsl: 'return select(0.0, 1.0, (bitcast<u32>(user_x) & 0x7fffffffu) > 0x7f800000u);',
  glsl: 'return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u ? 1.0 : 0.0;',
});

export const isFiniteNumber: Helper = floatHelper(
  'isFiniteNumber',
  ['x'],
  'return (Math.abs(x) <= 3.4028234663852886e38) ? 1 : 0;',
  {
    wgsl: 'return select(0.0, 1.0, (bitcast<u32>(user_x) & 0x7f800000u) != 0x7f800000u);',
    glsl: 'return (floatBitsToUint(x) & 0x7f800000u) != 0x7f800000u ? 1.0 : 0.0;',
  },
);
