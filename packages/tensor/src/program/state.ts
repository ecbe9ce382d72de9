import type { DType } from '../dtype.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** Where a program keeps what a holder holds, between runs. */
export interface StateCell {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The value as it is now; it stays what it is when the program goes on. */
  tensor(): Tensor;
}

/** Something that holds a tensor from one run to the next: a parameter, a moment of an optimiser. */
export interface StateHolder {
  readonly name: string | undefined;
  /** What it holds, or the cell that does. */
  held(): Tensor | StateCell;
  /** Leaves the value to a cell. */
  hold(cell: StateCell): void;
}
