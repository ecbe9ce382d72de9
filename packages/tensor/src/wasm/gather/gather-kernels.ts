import type { ElementBytes } from '../copy/row.ts';
import type { Kernel, KernelCall, KernelLibrary } from '../threads/kernel-library.ts';
import { type Range, splitRange } from '../threads/split.ts';
import { gatherModule } from './gather-module.ts';

/**
 * A row-major table [lead, limit, rest] at `table`, int32 indices into its middle axis, and row-major
 * [lead, count, rest] at `rows`. An index outside 0 … limit − 1 raises a RuntimeError.
 */
export interface GatherTask {
  readonly table: number;
  readonly indices: number;
  readonly rows: number;
  readonly lead: number;
  readonly limit: number;
  readonly count: number;
  readonly rest: number;
}

interface Kernels {
  readonly gather: Kernel;
  readonly scatterAdd: Kernel;
}

/** Rows picked by indices, and rows added at indices. */
export class GatherKernels {
  readonly #library: KernelLibrary;
  readonly #kernels = new Map<ElementBytes, Kernels>();

  constructor(library: KernelLibrary) {
    this.#library = library;
  }

  /** The calls that write table[l, indices[j], :] to rows[l, j, :], elements of any type, in at most `parts` parts. */
  gather(task: GatherTask, bytes: ElementBytes, parts = 1): KernelCall[] {
    const kernel = this.#kernelsFor(bytes).gather;
    const { lead, count, rest } = task;
    const all = { outer: everything(lead), indices: everything(count), columns: everything(rest) };
    if (lead >= parts) {
      return splitRange(lead, parts).map((outer) => call(kernel, task, bytes, { ...all, outer }));
    }
    return splitRange(count, parts).map((indices) => call(kernel, task, bytes, { ...all, indices }));
  }

  /**
   * The calls that add rows[l, j, :] to table[l, indices[j], :], float32 (4 bytes) or float64, in at most `parts`
   * parts. Every element sums up in the order of the indices whatever the number of parts.
   */
  scatterAdd(task: GatherTask, bytes: ElementBytes, parts = 1): KernelCall[] {
    const kernel = this.#kernelsFor(bytes).scatterAdd;
    const { lead, count, rest } = task;
    const all = { outer: everything(lead), indices: everything(count), columns: everything(rest) };
    if (lead >= parts) {
      return splitRange(lead, parts).map((outer) => call(kernel, task, bytes, { ...all, outer }));
    }
    return splitRange(rest, parts, 64 / bytes).map((columns) =>
      call(kernel, task, bytes, { ...all, columns }),
    );
  }

  #kernelsFor(bytes: ElementBytes): Kernels {
    let kernels = this.#kernels.get(bytes);
    if (kernels === undefined) {
      kernels = this.#library.add(gatherModule(bytes, this.#library.memory), ['gather', 'scatterAdd']);
      this.#kernels.set(bytes, kernels);
    }
    return kernels;
  }
}

const everything = (length: number): Range => ({ from: 0, to: length });

/** The arguments of the module's signature for a part of a task. */
function call(
  kernel: Kernel,
  { table, indices, rows, limit, count, rest }: GatherTask,
  bytes: ElementBytes,
  part: { readonly outer: Range; readonly indices: Range; readonly columns: Range },
): KernelCall {
  const row = rest * bytes;
  const column = part.columns.from * bytes;
  return {
    kernel,
    args: [
      table + part.outer.from * limit * row + column,
      limit * row,
      row,
      limit,
      indices + 4 * part.indices.from,
      part.indices.to - part.indices.from,
      rows + (part.outer.from * count + part.indices.from) * row + column,
      count * row,
      row,
      part.outer.to - part.outer.from,
      (part.columns.to - part.columns.from) * bytes,
    ],
  };
}
