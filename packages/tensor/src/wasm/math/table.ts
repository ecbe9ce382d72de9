import { f32x4 } from '../assembler/vector.ts';
import * as elementary from './elementary.ts';
import { erf, erfc } from './error-function.ts';
import { exp, expm1, sigmoid, softplus, tanh } from './exponential.ts';
import type { Vector, VectorEmitter } from './lane-math.ts';
import { log, log1p } from './logarithm.ts';
import * as rounded from './through-double.ts';
import { cos, sin, tan } from './trigonometric.ts';

export interface VectorFunction {
  readonly emit: VectorEmitter;
  /**
   * A bound of the error in units in the last place of the result, a float32 (2⁻¹⁴⁹ where it is denormal), for
   * all arguments: 0.5 is the nearest float32.
   */
  readonly ulp: number;
  /** Whether every operand goes into one instruction alone, so that it need not be kept in a local variable. */
  readonly readsOnce?: boolean;
}

const nearest = 0.5;
/** Computed in float64 and rounded: the nearest float32 but for arguments whose result is all but a tie. */
const nearestButForTies = 0.52;

function exact(emit: VectorEmitter): VectorFunction {
  return { emit, ulp: nearest, readsOnce: true };
}

/** One instruction that is the function. */
function instruction(of: (...operands: Vector[]) => Vector): VectorFunction {
  return exact((_m, ...operands) => of(...operands));
}

/** The scalar functions of formulas that can be computed on vectors, by name. */
export const vectorFunctions: Readonly<Record<string, VectorFunction>> = {
  add: instruction(f32x4.add),
  subtract: instruction(f32x4.sub),
  multiply: instruction(f32x4.mul),
  divide: instruction(f32x4.div),
  negate: instruction(f32x4.neg),
  sqrt: instruction(f32x4.sqrt),
  abs: instruction(f32x4.abs),
  floor: instruction(f32x4.floor),
  ceil: instruction(f32x4.ceil),
  round: instruction(f32x4.nearest),
  sign: { emit: elementary.sign, ulp: nearest },
  maximum: exact(elementary.maximum),
  minimum: exact(elementary.minimum),
  less: exact(elementary.less),
  lessEqual: exact(elementary.lessEqual),
  equal: exact(elementary.equal),
  isFinite: exact(elementary.finite),
  isNaN: { emit: elementary.notANumber, ulp: nearest },
  select: exact(elementary.select),
  exp: { emit: exp, ulp: 1.5 },
  expm1: { emit: expm1, ulp: 1.5 },
  log: { emit: log, ulp: 1 },
  log1p: { emit: log1p, ulp: 1.5 },
  sigmoid: { emit: sigmoid, ulp: 3 },
  softplus: { emit: softplus, ulp: 2.5 },
  tanh: { emit: tanh, ulp: 6.5 },
  erf: { emit: erf, ulp: 6.5 },
  erfc: { emit: erfc, ulp: nearestButForTies },
  sin: { emit: sin, ulp: 1.75 },
  cos: { emit: cos, ulp: 1.75 },
  tan: { emit: tan, ulp: 4 },
  power: { emit: rounded.power, ulp: nearestButForTies },
  hypot: { emit: rounded.hypot, ulp: nearestButForTies },
  atan2: { emit: rounded.atan2, ulp: nearestButForTies },
  atan: { emit: rounded.atan, ulp: nearestButForTies },
  asin: { emit: rounded.asin, ulp: nearestButForTies },
  acos: { emit: rounded.acos, ulp: nearestButForTies },
  sinh: { emit: rounded.sinh, ulp: nearestButForTies },
  cosh: { emit: rounded.cosh, ulp: nearestButForTies },
  asinh: { emit: rounded.asinh, ulp: nearestButForTies },
  acosh: { emit: rounded.acosh, ulp: nearestButForTies },
  atanh: { emit: rounded.atanh, ulp: nearestButForTies },
};
