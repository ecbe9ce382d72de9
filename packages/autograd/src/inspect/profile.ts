import type { Tensor } from '@reparam/tensor';
import { type ForwardCall, type Observer, withObserver } from '../observe.ts';
import type { TapeNode } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { KeptBytes } from './kept-bytes.ts';

/** One operation, over all of its calls. */
export interface ProfileRow {
  readonly operation: string;
  readonly calls: number;
  /** Milliseconds of computing its results, without what other operations took within. */
  readonly forward: number;
  /** Milliseconds of pulling cotangents back through it, all that this computes included. */
  readonly backward: number;
  /** Bytes of new results; views cost nothing. */
  readonly allocated: number;
  /** Bytes that it put on the tape: results, and constants that nothing before it held. */
  readonly kept: number;
}

export interface ProfileReport {
  /** What `fn` called, the slowest first. */
  readonly rows: readonly ProfileRow[];
  /**
   * What the backward passes called in turn, whose time is part of `backward` in {@link rows}: products of
   * derivatives (`map[b * a]`), matrix products and the like.
   */
  readonly withinBackward: readonly ProfileRow[];
  /** The sum of {@link rows}; only what {@link withinBackward} allocated and kept comes on top. */
  readonly total: Omit<ProfileRow, 'operation'>;
  /** Milliseconds that `fn` took altogether; what is not in the rows passed outside of operations. */
  readonly elapsed: number;
}

/**
 * Runs `fn` and measures its operations, forward and backward. Measuring costs about a microsecond for each
 * call and counts with what is around an operation, so tiny operations look slower than they are. What runs after a
 * first `await` of `fn` is not measured.
 *
 * ```ts
 * const { report } = profile(() => model.elbo(batch, key).loss.backward());
 * console.log(formatProfile(report));
 * ```
 */
export function profile<T>(fn: () => T): { readonly result: T; readonly report: ProfileReport } {
  const profiler = new Profiler();
  const start = now();
  const result = withObserver(profiler, fn);
  const elapsed = now() - start;
  return { result, report: profiler.report(elapsed) };
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Rows by operation, in the order in which they came up. */
type Rows = Map<string, Writable<ProfileRow>>;

function rowOf(rows: Rows, operation: string): Writable<ProfileRow> {
  let row = rows.get(operation);
  if (row === undefined) {
    row = { operation, calls: 0, forward: 0, backward: 0, allocated: 0, kept: 0 };
    rows.set(operation, row);
  }
  return row;
}

class Profiler implements Observer {
  readonly #called: Rows = new Map();
  readonly #within: Rows = new Map();
  readonly #kept = new KeptBytes();
  #pulling = false;
  /** Time of operations that ran inside the one that is being computed. */
  #nested = 0;

  forward({ rules, inputs }: ForwardCall, compute: () => Tensor): Tensor {
    const before = this.#nested;
    this.#nested = 0;
    const start = now();
    const value = compute();
    const taken = now() - start;
    const row = this.#row(rules.name);
    row.calls++;
    row.forward += taken - this.#nested;
    const isView = inputs.some(({ stored }) => stored.data.buffer === value.data.buffer);
    if (!isView) row.allocated += value.data.byteLength;
    this.#nested = before + taken;
    return value;
  }

  recorded(node: TapeNode): void {
    this.#row(node.rules.name).kept += this.#kept.ofNode(node);
  }

  backward(node: TapeNode, _cotangent: Variable, pull: () => void): void {
    if (this.#pulling) {
      pull();
      return;
    }
    this.#pulling = true;
    const start = now();
    try {
      pull();
    } finally {
      this.#pulling = false;
    }
    this.#row(node.rules.name).backward += now() - start;
  }

  report(elapsed: number): ProfileReport {
    const rows = slowestFirst(this.#called);
    const withinBackward = slowestFirst(this.#within);
    const sum = (field: keyof ProfileReport['total'], of: readonly ProfileRow[]): number =>
      of.reduce((total, row) => total + row[field], 0);
    const total = {
      calls: sum('calls', rows),
      forward: sum('forward', rows),
      backward: sum('backward', rows),
      allocated: sum('allocated', [...rows, ...withinBackward]),
      kept: sum('kept', [...rows, ...withinBackward]),
    };
    return { rows, withinBackward, total, elapsed };
  }

  #row(operation: string): Writable<ProfileRow> {
    return rowOf(this.#pulling ? this.#within : this.#called, operation);
  }
}

function slowestFirst(rows: Rows): ProfileRow[] {
  const time = ({ forward, backward }: ProfileRow): number => forward + backward;
  return [...rows.values()].sort((a, b) => time(b) - time(a));
}

/** Milliseconds, by the clock that Node and browsers share; the libraries name no platform's types. */
function now(): number {
  return (globalThis as unknown as { readonly performance: { now(): number } }).performance.now();
}
