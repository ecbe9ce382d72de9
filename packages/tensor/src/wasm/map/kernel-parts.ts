import { i32 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';
import { i32x4 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from '../math/lane-math.ts';
import type { Formulas } from './formulas.ts';
import type { InputCursor } from './operands.ts';
import type { ReducedOutput, StoredOutput } from './spec.ts';

/** A stored output as the kernel being written walks over it; its columns lie next to each other. */
export interface StoreCursor extends StoredOutput {
  readonly start: Local<'i32'>;
  readonly rowStride: Local<'i32'>;
  readonly pointer: Local<'i32'>;
}

/** A reduced output: where it goes, and how far apart the values of rows are if each row has one. */
export interface ReductionCursor extends ReducedOutput {
  readonly start: Local<'i32'>;
  readonly rowStride: Local<'i32'> | undefined;
}

/** What the writers of the two loop orders work with. */
export interface KernelParts {
  readonly m: LaneMath;
  readonly formulas: Formulas;
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
  /** Those inputs that a formula reads. */
  readonly inputs: readonly InputCursor[];
  readonly stores: readonly StoreCursor[];
  readonly reductions: readonly ReductionCursor[];
  /** How many vectors of four columns are computed at a time. */
  readonly unroll: number;
}

/** The lanes 0, 1, 2, 3 by number, to be compared with a count of columns. */
export function laneNumbers({ f }: LaneMath): Vector {
  let numbers: Vector = i32x4.splat(i32.const(0));
  for (let lane = 1; lane < 4; lane++) numbers = i32x4.replaceLane(numbers, lane, lane);
  return f.let(numbers);
}
