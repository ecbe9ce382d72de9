import { coalesce } from '../../backend/reference/iterate.ts';
import type { Shape } from '../../shape.ts';
import type { Kernel, KernelCall, KernelLibrary } from '../threads/kernel-library.ts';
import { splitRange } from '../threads/split.ts';
import { copyModule } from './copy-module.ts';
import type { ElementBytes } from './row.ts';

/** Where elements of a view lie: the address of the first and, in elements, the stride along each axis. */
export interface View {
  readonly address: number;
  readonly strides: readonly number[];
}

interface Kernels {
  readonly copy: Kernel;
  readonly transpose: Kernel;
  readonly fill: Kernel;
}

/** One axis: its length, and the steps in bytes in the source and in the target. */
interface Axis {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/** Copies of any strided view to any other: contiguous copies, transposes, padding, concatenation. */
export class CopyKernels {
  readonly #library: KernelLibrary;
  readonly #kernels = new Map<ElementBytes, Kernels>();

  constructor(library: KernelLibrary) {
    this.#library = library;
  }

  /**
   * The calls that copy a view of `shape` from one place to another that it does not overlap, in about `parts` parts.
   * Elements of the target must be distinct; those of the source need not be (stride 0).
   */
  copy(shape: Shape, from: View, to: View, bytes: ElementBytes, parts = 1): KernelCall[] {
    if (shape.includes(0)) return [];
    const walk = coalesce(shape, [to.strides, from.strides]);
    const axes = walk.shape.map((length, axis) => ({
      length,
      from: walk.strides[1]![axis]! * bytes,
      to: walk.strides[0]![axis]! * bytes,
    }));
    const kernels = this.#kernelsFor(bytes);
    const { ordered, transposed } = ordering(axes, bytes);
    const kernel = transposed ? kernels.transpose : kernels.copy;
    return splitAxes(ordered, parts, 64 / bytes).flatMap(({ axes: part, from: skipped, to: written }) =>
      outermost(part).map(({ axes: four, from: further, to: beyond }) => ({
        kernel,
        args: [
          from.address + skipped + further,
          to.address + written + beyond,
          ...four.flatMap((axis) => [axis.length, axis.from, axis.to]),
        ],
      })),
    );
  }

  /**
   * The calls that write one element `count` times: a number of float32 (4 bytes) or float64 (8 bytes). Of int32,
   * `bits` is the number itself.
   */
  fill(to: number, count: number, value: FillValue, parts = 1): KernelCall[] {
    const bytes = value.type === 'float64' ? 8 : 4;
    const { fill } = this.#kernelsFor(bytes);
    const argument = value.type === 'float32' ? bitsOf(value.value) : value.value;
    return splitRange(count, parts, 64 / bytes).map((range) => ({
      kernel: fill,
      args: [to + range.from * bytes, range.to - range.from, argument],
    }));
  }

  #kernelsFor(bytes: ElementBytes): Kernels {
    let kernels = this.#kernels.get(bytes);
    if (kernels === undefined) {
      kernels = this.#library.add(copyModule(bytes, this.#library.memory), ['copy', 'transpose', 'fill']);
      this.#kernels.set(bytes, kernels);
    }
    return kernels;
  }
}

export interface FillValue {
  readonly type: 'float32' | 'float64' | 'int32';
  readonly value: number;
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** The axes in the order that suits a kernel: neighbours of the target last and, if transposed, of the source before. */
function ordering(axes: readonly Axis[], bytes: number): { ordered: readonly Axis[]; transposed: boolean } {
  const last = axes.findIndex(({ to }) => to === bytes);
  const before = axes.findIndex(({ from }) => from === bytes);
  const transposed = last >= 0 && before >= 0 && last !== before;
  const inner = transposed ? [before, last] : last >= 0 ? [last] : [];
  const outer = axes.filter((_, axis) => !inner.includes(axis));
  return { ordered: [...outer, ...inner.map((axis) => axes[axis]!)], transposed };
}

/** A part of a walk: its axes, and how many bytes after the first element it begins. */
interface Piece {
  readonly axes: readonly Axis[];
  readonly from: number;
  readonly to: number;
}

/** Splits the first axis that is long enough: the last one in multiples of `together`, whole cache lines. */
function splitAxes(axes: readonly Axis[], parts: number, together: number): Piece[] {
  const found = parts > 1 ? axes.findIndex(({ length }) => length >= parts) : -1;
  const axis = axes[found];
  if (axis === undefined) return [{ axes, from: 0, to: 0 }];
  const multiple = found === axes.length - 1 ? together : 1;
  return splitRange(axis.length, parts, multiple).map((range) => ({
    axes: axes.map((each) => (each === axis ? { ...axis, length: range.to - range.from } : each)),
    from: range.from * axis.from,
    to: range.from * axis.to,
  }));
}

/** Kernels walk over four axes: fewer are led by axes of length 1, and each position of further ones is a piece. */
function outermost(axes: readonly Axis[]): Piece[] {
  const [first, ...rest] = axes;
  if (first !== undefined && axes.length > 4) {
    return Array.from({ length: first.length }, (_, i) => i).flatMap((i) =>
      outermost(rest).map((piece) => ({
        axes: piece.axes,
        from: piece.from + i * first.from,
        to: piece.to + i * first.to,
      })),
    );
  }
  const one: Axis = { length: 1, from: 0, to: 0 };
  return [{ axes: [...Array<Axis>(4 - axes.length).fill(one), ...axes], from: 0, to: 0 }];
}
