import { ArgumentError } from '../../errors.ts';
import { features } from '../features.ts';
import { slotCount } from './control.ts';
import { type KernelCall, type KernelLibrary, runCalls } from './kernel-library.ts';
import { ThreadPool } from './thread-pool.ts';

/** What {@link useThreads} came to. */
export interface ThreadsInUse {
  /** How many threads kernels run on from now on, the calling one among them. */
  readonly threads: number;
  /** Why there are fewer than were asked for. */
  readonly reason?: string;
}

/** Who runs the calls of one library. */
export class KernelRunner {
  readonly library: KernelLibrary;
  #pool: ThreadPool | undefined;
  /** Changes of the number of threads wait for each other. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(library: KernelLibrary) {
    this.library = library;
  }

  /** How many threads calls run on: the number of parts to ask drivers for. */
  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  /** Runs calls of which the order does not matter; returns when all are done. */
  run(calls: readonly KernelCall[]): void {
    if (this.#pool === undefined || calls.length < 2) runCalls(calls);
    else this.#pool.run(calls);
  }

  /**
   * From now on kernels run on `count` threads, the calling one among them; results do not depend on how many. Workers
   * that nothing is asked of sleep, and do not keep a process from ending. Where memory cannot be shared, one thread
   * does the work, and `reason` says why.
   * @throws ArgumentError unless `count` is a whole number from 1 to 64.
   */
  async useThreads(count: number): Promise<ThreadsInUse> {
    if (!Number.isInteger(count) || count < 1 || count > slotCount) {
      throw new ArgumentError(
        'useThreads',
        'count',
        count,
        `count is ${count}; it must be a whole number of threads from 1 to ${slotCount}, of which one is the caller.`,
      );
    }
    const change = this.#lastChange.then(() => this.#change(count));
    this.#lastChange = change;
    return change;
  }

  async #change(count: number): Promise<ThreadsInUse> {
    if (count === this.threads) return { threads: count };
    this.#pool?.stop();
    this.#pool = undefined;
    if (count === 1) return { threads: 1 };
    const obstacle = obstacleTo(this.library);
    if (obstacle !== undefined) return { threads: 1, reason: obstacle };
    try {
      this.#pool = await ThreadPool.start(this.library, count);
      return { threads: count };
    } catch (error) {
      return { threads: 1, reason: `workers do not start: ${(error as Error).message}` };
    }
  }
}

function obstacleTo({ memory }: KernelLibrary): string | undefined {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (crossOriginIsolated === false) {
    return (
      'this page cannot share memory with workers, because it is not cross-origin isolated: serve it with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
    );
  }
  if (!features().threads) return 'this engine has no WebAssembly memory that threads can share';
  return memory.shared ? undefined : 'the kernels work on memory that is not shared';
}
