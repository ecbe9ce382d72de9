import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { ModuleBuilder } from '../assembler/module-builder.ts';
import type { Value } from '../assembler/value.ts';
import { f32x4, f64x2, v128 } from '../assembler/vector.ts';

export type Vector = Value<'v128'>;

/** Writes one instruction sequence that computes a function of float32 lanes. Operands may be used repeatedly. */
export type VectorEmitter = (math: LaneMath, ...operands: readonly Vector[]) => Vector;

/** The instructions of one element type that polynomials are made of. */
const lanes = { f32x4, f64x2 } as const;
type Lanes = keyof typeof lanes;

const signBit = 0x80000000;

/** How kernels round. */
export interface RoundingOptions {
  /** Allows multiply-add instructions, whose rounding depends on the machine. */
  readonly fused: boolean;
  /** Makes sums in float64 from the first addition on; false unless told. */
  readonly steady?: boolean;
}

/**
 * What the functions of this folder write their instructions with. `fused` allows multiply-add instructions, which
 * are faster but round as the machine likes; without it the same bits come out on every machine.
 */
export class LaneMath {
  readonly module: ModuleBuilder;
  readonly f: FunctionBuilder;
  readonly fused: boolean;
  /** Whether sums are made so that they do not depend on what else a kernel computes. */
  readonly steady: boolean;
  readonly #constants = new Map<Vector, number>();
  readonly #masks = new Map<Vector, Vector>();
  /** What {@link once} computed, by name and operand. */
  #shared: Map<string, Map<Vector, readonly Vector[]>> | undefined;

  /** `f` is the function of `module` that is being written. */
  constructor(module: ModuleBuilder, f: FunctionBuilder, { fused, steady = false }: RoundingOptions) {
    this.module = module;
    this.f = f;
    this.fused = fused;
    this.steady = steady;
  }

  /** Computes a value once, for several uses. */
  let(value: Vector): Vector {
    return this.f.let(value);
  }

  /** Writes straight-line code, in which functions of one operand compute what they have in common once. */
  sharing<T>(write: () => T): T {
    this.#shared = new Map();
    const result = write();
    this.#shared = undefined;
    return result;
  }

  /** A part of a function of `x` that others with the same name for it need too. */
  once(name: string, x: Vector, compute: () => readonly Vector[]): readonly Vector[] {
    const known = this.#shared?.get(name)?.get(x);
    if (known !== undefined) return known;
    const values = compute();
    if (this.#shared !== undefined) {
      const byOperand = this.#shared.get(name) ?? new Map<Vector, readonly Vector[]>();
      this.#shared.set(name, byOperand.set(x, values));
    }
    return values;
  }

  /** The number in every lane of an f32x4. */
  number(value: number): Vector {
    const local = this.f.constant(value);
    this.#constants.set(local, value);
    return local;
  }

  /** The number that {@link number} was given for this vector, if it is one of those. */
  numberOf(vector: Vector): number | undefined {
    return this.#constants.get(vector);
  }

  /** The number in both lanes of an f64x2. */
  double(value: number): Vector {
    return this.f.constant(value, 'f64x2');
  }

  /** The bits in every lane of an i32x4. */
  bits(value: number): Vector {
    return this.f.constant(value, 'i32x4');
  }

  /** The bits in both lanes of an i64x2. */
  longBits(value: number): Vector {
    return this.f.constant(value, 'i64x2');
  }

  /** a·b + c */
  multiplyAdd(a: Vector, b: Vector, c: Vector, type: Lanes = 'f32x4'): Vector {
    const { relaxedMadd, add, mul } = lanes[type];
    return this.fused ? relaxedMadd(a, b, c) : add(mul(a, b), c);
  }

  /** c − a·b */
  subtractProduct(c: Vector, a: Vector, b: Vector, type: Lanes = 'f32x4'): Vector {
    const { relaxedNmadd, sub, mul } = lanes[type];
    return this.fused ? relaxedNmadd(a, b, c) : sub(c, mul(a, b));
  }

  /**
   * c₀ + c₁x + c₂x² + … by Horner's rule. Each multiplication waits for the one before, and in long ones that is
   * longer than processors look ahead: there the even and the odd powers go side by side.
   */
  polynomial(coefficients: readonly number[], x: Vector, type: Lanes = 'f32x4'): Vector {
    if (coefficients.length < 8) return this.#horner(coefficients, x, type);
    const square = this.let(lanes[type].mul(x, x));
    const [even, odd] = [0, 1].map((parity) =>
      this.#horner(
        coefficients.filter((_, k) => k % 2 === parity),
        square,
        type,
      ),
    );
    return this.multiplyAdd(odd!, x, even!, type);
  }

  #horner(coefficients: readonly number[], x: Vector, type: Lanes): Vector {
    const [last, ...rest] = coefficients.map((value) => this.f.constant(value, type)).reverse();
    return rest.reduce<Vector>((sum, coefficient) => this.multiplyAdd(sum, x, coefficient, type), last!);
  }

  /** 1 in the lanes of a mask, else 0. */
  oneWhere(mask: Vector): Vector {
    const bound = this.let(mask);
    const ones = this.let(v128.and(bound, this.number(1)));
    this.#masks.set(ones, bound);
    return ones;
  }

  /** All ones in the lanes that are not 0: true for NaN, as for JavaScript's `x !== 0`. */
  maskOf(x: Vector): Vector {
    return this.#masks.get(x) ?? f32x4.ne(x, this.number(0));
  }

  sign(x: Vector): Vector {
    return v128.and(x, this.bits(signBit));
  }

  /** `size`, which is positive or has the sign of `x` already, with the sign of `x`: so −0 stays −0. */
  withSignOf(x: Vector, size: Vector): Vector {
    return v128.or(size, this.sign(x));
  }

  /**
   * x·P(x²)/Q(x²) for |x| ≤ end, and its value there, which is ±1, beyond. Rounding must not take it further, or
   * logarithms of what is left up to 1 become NaN.
   */
  oddRatio(x: Vector, end: number, p: readonly number[], q: readonly number[]): Vector {
    const size = this.let(f32x4.pmin(f32x4.abs(x), this.number(end)));
    const square = this.let(f32x4.mul(size, size));
    const ratio = f32x4.div(f32x4.mul(size, this.polynomial(p, square)), this.polynomial(q, square));
    return this.withSignOf(x, f32x4.pmin(ratio, this.number(1)));
  }
}
