import { type Expression, usedInputs } from '../expression/expression.ts';
import type { Layout, SliceWindow } from '../layout.ts';
import type { Value, View } from '../program/program.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Device } from './device/device.ts';
import type { Kernel } from './kernel.ts';
import { copyKernel } from './kernels/copy.ts';
import type { OperandView } from './kernels/map.ts';

/** A kernel with what it reads and writes. */
export interface Launch {
  readonly kernel: Kernel;
  readonly operands: readonly Value[];
  readonly result: Value;
}

/** What is known about where launches will run. */
export type Target = Pick<Device, 'mode' | 'mostOperands' | 'mostElements'>;

let nextTemporary = -1;

/** What is used within one instruction. */
export function temporary(shape: Shape): Value {
  return { id: nextTemporary--, shape, dtype: 'float32' };
}

/** Views as kernels see them, by the number of the operand that each is of. */
interface Bound {
  readonly operands: readonly Value[];
  readonly views: readonly OperandView[];
}

/** Kernels in the order in which they run, and what makes operands fit them. */
export class LaunchList {
  readonly launches: Launch[] = [];
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  /** Writes sources over `fill`, so many at a time as a kernel can read. */
  copyOnto(
    placings: readonly { view: View; window: SliceWindow }[],
    result: Value,
    fill: number,
    truncates: boolean,
  ): void {
    const { shape } = result;
    let done: Value | undefined;
    let next = 0;
    do {
      const room = this.target.mostOperands - (done === undefined ? 0 : 1);
      const part = placings.slice(next, next + room);
      next += part.length;
      const to = next >= placings.length ? result : temporary(shape);
      const background = done === undefined ? { fill } : 'operand';
      const values = [...(done ? [done] : []), ...part.map(({ view }) => view.value)];
      this.launch(copyKernel(part, shape, background, truncates), values, to);
      done = to;
    } while (next < placings.length);
  }

  /**
   * Gives each value that the formula reads a number. Where there are more than a kernel can read, the smallest are
   * put one after the other into one.
   */
  bind(views: readonly View[], expression: Expression): Bound {
    const read = new Set(usedInputs(expression));
    const values = [...new Set(views.filter((_, i) => read.has(i)).map(({ value }) => value))];
    const most = this.target.mostOperands;
    const bySize = values.toSorted((a, b) => sizeOf(a.shape) - sizeOf(b.shape));
    const packed = values.length <= most ? [] : bySize.slice(0, values.length - most + 1);
    const kept = values.filter((value) => !packed.includes(value));
    const starts = new Map<Value, number>();
    if (packed.length > 0) kept.push(this.#pack(packed, starts));
    return {
      operands: kept,
      views: views.map((view) => {
        const start = starts.get(view.value);
        if (start === undefined) return { ...layoutOf(view), operand: kept.indexOf(view.value) };
        return { ...layoutOf(view), offset: view.offset + start, operand: kept.length - 1 };
      }),
    };
  }

  #pack(values: readonly Value[], starts: Map<Value, number>): Value {
    let total = 0;
    const placings = values.map((value) => {
      const size = sizeOf(value.shape);
      starts.set(value, total);
      const view: View = { value, shape: [size], strides: [1], offset: 0 };
      const window = { start: [total], step: [1], shape: [size] };
      total += size;
      return { view, window };
    });
    const all = temporary([total]);
    this.copyOnto(placings, all, 0, false);
    return all;
  }

  launch(kernel: Kernel, operands: readonly Value[], result: Value): void {
    this.launches.push({ kernel, operands, result });
  }
}

function layoutOf({ shape, strides, offset }: View): Layout {
  return { shape, strides, offset };
}
