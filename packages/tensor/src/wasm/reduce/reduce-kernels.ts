import type { Reduction } from '../../backend/backend.ts';
import type { Kernel, KernelCall, KernelLibrary } from '../threads/kernel-library.ts';
import { splitRange } from '../threads/split.ts';
import { type FloatType, foldingOf } from './folding.ts';
import { reduceModule } from './reduce-module.ts';

/**
 * A view [outer, count, inner] of which `count` is to be folded: the last axes have inner = 1, the first ones
 * outer = 1. Elements along `inner` are neighbours.
 */
export interface ReduceTask {
  readonly kind: Reduction;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  /** Type and address of the first element. */
  readonly from: { readonly type: FloatType; readonly address: number };
  /**
   * Where the row-major results go. A float32 view reduced to float64 keeps all digits of its sums, for a second
   * reduction over another axis.
   */
  readonly to: { readonly type: FloatType; readonly address: number };
  /** Distances along `outer` and along `count`; those of a row-major view unless told. */
  readonly outerBytes?: number;
  readonly countBytes?: number;
}

/** Elements of a long row, and rows of a tall matrix, that are folded together before their results are. */
const blockOfRow = 16_384;
const blockOfRows = 2048;

const bytesOf = { float32: 4, float64: 8 } as const;

interface Kernels {
  readonly rows: Kernel;
  readonly columns: Kernel;
}

/** Reductions of float32 and float64; sums and products are accumulated in double precision. */
export class ReduceKernels {
  readonly #library: KernelLibrary;
  readonly #kernels = new Map<string, Kernels>();

  constructor(library: KernelLibrary) {
    this.#library = library;
  }

  /** The bytes that {@link reduce} needs beside its input and output. */
  scratchBytes(task: ReduceTask): number {
    const blocks = blocksOf(task);
    return blocks === 1 ? 0 : task.outer * blocks * task.inner * bytesOf[partialType(task)];
  }

  /**
   * The calls of a reduction, in at most `parts` parts. Those of one list may run at the same time; a second list,
   * which long reductions have, comes after the first. The results do not depend on `parts`.
   */
  reduce(task: ReduceTask, scratch: number, parts = 1): KernelCall[][] {
    const blocks = blocksOf(task);
    if (blocks === 1) return [this.#calls(task, parts)];
    const { outer, count, inner, from, to, kind } = task;
    const block = isAlongRows(task) ? blockOfRow : blockOfRows;
    const { outerBytes, countBytes } = distances(task);
    const type = partialType(task);
    const row = inner * bytesOf[type];
    const partial: KernelCall[] = [];
    for (let o = 0; o < outer; o++) {
      const first = from.address + o * outerBytes;
      const target = scratch + o * blocks * row;
      const whole = Math.floor(count / block);
      const piece = { kind, inner, countBytes, outerBytes: block * countBytes };
      const of = (at: number, outer: number, count: number): KernelCall[] =>
        this.#calls(
          {
            ...piece,
            outer,
            count,
            from: { type: from.type, address: first + at * block * countBytes },
            to: { type, address: target + at * row },
          },
          parts,
        );
      partial.push(...of(0, whole, block), ...of(whole, blocks - whole, count - whole * block));
    }
    const together = this.#calls(
      { kind, outer, count: blocks, inner, from: { type, address: scratch }, to },
      parts,
    );
    return [partial, together];
  }

  #calls(task: ReduceTask, parts: number): KernelCall[] {
    const kernels = this.#kernelsFor(task);
    if (isAlongRows(task)) return rowCalls(kernels.rows, task, parts);
    return columnCalls(kernels.columns, task, parts);
  }

  #kernelsFor({ kind, from, to }: ReduceTask): Kernels {
    const key = `${kind} ${from.type} ${to.type}`;
    let kernels = this.#kernels.get(key);
    if (kernels === undefined) {
      const bytes = reduceModule(foldingOf(kind, from.type, to.type), this.#library.memory);
      kernels = this.#library.add(bytes, ['rows', 'columns']);
      this.#kernels.set(key, kernels);
    }
    return kernels;
  }
}

function distances(task: ReduceTask): { outerBytes: number; countBytes: number } {
  const countBytes = task.countBytes ?? task.inner * bytesOf[task.from.type];
  return { countBytes, outerBytes: task.outerBytes ?? task.count * countBytes };
}

function isAlongRows(task: ReduceTask): boolean {
  return task.inner === 1 && distances(task).countBytes === bytesOf[task.from.type];
}

/** How many pieces `count` is folded in; the shape alone decides, so that threads change no result. */
function blocksOf(task: ReduceTask): number {
  const block = isAlongRows(task) ? blockOfRow : blockOfRows;
  return task.count < 2 * block ? 1 : Math.ceil(task.count / block);
}

function partialType({ kind, from }: ReduceTask): FloatType {
  return kind === 'sum' || kind === 'product' ? 'float64' : from.type;
}

function rowCalls(kernel: Kernel, task: ReduceTask, parts: number): KernelCall[] {
  const { outer, count, from, to } = task;
  const { outerBytes } = distances(task);
  const result = bytesOf[to.type];
  // Parts that write often do so to cache lines of their own.
  const together = count < 1024 ? 64 / result : 1;
  return splitRange(outer, parts, together).map((part) => ({
    kernel,
    args: [
      from.address + part.from * outerBytes,
      outerBytes,
      part.to - part.from,
      count,
      to.address + part.from * result,
    ],
  }));
}

function columnCalls(kernel: Kernel, task: ReduceTask, parts: number): KernelCall[] {
  const { outer, count, inner, from, to } = task;
  const { outerBytes, countBytes } = distances(task);
  const element = bytesOf[from.type];
  const result = bytesOf[to.type];
  const byOuter = outer >= parts;
  const ranges = byOuter ? splitRange(outer, parts) : splitRange(inner, parts, 64 / result);
  return ranges.map((part) => {
    const length = part.to - part.from;
    return {
      kernel,
      args: [
        from.address + part.from * (byOuter ? outerBytes : element),
        outerBytes,
        byOuter ? length : outer,
        countBytes,
        count,
        byOuter ? inner : length,
        to.address + part.from * (byOuter ? inner * result : result),
        inner * result,
      ],
    };
  });
}
