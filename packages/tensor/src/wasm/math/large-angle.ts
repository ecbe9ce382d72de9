import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { f64, i32, i64, select } from '../assembler/scalar.ts';

type AngleReducer = FunctionHandle<{ x: 'f32' }, 'f64'>;

const reducers = new WeakMap<ModuleBuilder, AngleReducer>();

/** 2/π in 256 bits, after eight zeros. */
const twoOverPi = [
  0x00a2f9836e4e4415n,
  0x29fc2757d1f534ddn,
  0xc0db6295993c4390n,
  0x41fe5163abdebbc5n,
] as const;
/** Where the window into those bits begins for x = m·2^(e − 150): at bit e − 144. */
const windowStart = 144;
/** A quarter turn in 2⁶² parts. */
const quarterTurnPart = Math.PI / 2 ** 63;

/**
 * A function of the module that is being written, x ↦ x − 2πk in [−π, π) for any float32 of at least 2²⁰, and x
 * itself below that. After M. Payne & R. Hanek (SIGNUM Newsletter 18, 1983): of x·2/π only the two bits before the
 * point and those behind it matter, so x = m·2^(e − 150) is multiplied by a window of 96 bits of 2/π.
 */
export function angleReducer(module: ModuleBuilder): AngleReducer {
  const existing = reducers.get(module);
  if (existing !== undefined) return existing;
  const reducer = module.function('reduceAngle', { x: 'f32' }, 'f64', (f, { x }) => {
    const result = f.let(f64.promoteF32(x));
    const bits = f.let(i32.reinterpretF32(x));
    const start = f.let(i32.sub(i32.and(i32.shrU(bits, 23), 0xff), windowStart));
    f.if(i32.geS(start, 255 - windowStart), () => {
      f.set(result, Number.NaN);
      f.return(result);
    });
    f.if(i32.ltS(start, 3), () => f.return(result));
    const later = f.let(i32.shrU(start, 6));
    const words = [0, 1, 2].map((i) =>
      f.let(select(later, i64.const(twoOverPi[i + 1]!), i64.const(twoOverPi[i]!))),
    );
    const shift = f.let(i64.extendI32U(i32.and(start, 63)));
    // (b >> 1) >> (63 − shift), since a shift by 64 would be one by 0.
    const windowOf = (a: number, b: number) =>
      i64.or(i64.shl(words[a]!, shift), i64.shrU(i64.shrU(words[b]!, 1n), i64.sub(63n, shift)));
    const mantissa = f.let(i64.extendI32U(i32.or(i32.and(bits, 0x7fffff), 0x800000)));
    const high = i64.mul(mantissa, windowOf(0, 1));
    const low = i64.shrU(i64.mul(mantissa, i64.shrU(windowOf(1, 2), 32n)), 32n);
    // What is above two bits before the point has overflowed: whole turns.
    f.set(result, f64.mul(f64.convertI64S(i64.add(high, low)), quarterTurnPart));
    f.if(i32.ltS(bits, 0), () => f.set(result, f64.neg(result)));
    return result;
  });
  reducers.set(module, reducer);
  return reducer;
}
