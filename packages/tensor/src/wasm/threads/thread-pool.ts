import { compile, instantiate, type KernelFunction } from '../engine.ts';
import { control, controlBytes, maximumArguments, slot, slotCount } from './control.ts';
import { KernelError } from './kernel-error.ts';
import type { KernelCall, KernelLibrary } from './kernel-library.ts';
import { poolModule } from './pool-module.ts';
import { type Spawned, spawn } from './spawn.ts';

/** Looking once takes about a nanosecond: workers sleep when there was nothing to do for half a millisecond. */
const spins = 500_000;

/** Workers that run calls of a library together with the thread that asks for them. */
export class ThreadPool {
  readonly threads: number;
  readonly #library: KernelLibrary;
  readonly #block: number;
  readonly #pool: Readonly<Record<string, KernelFunction>>;
  readonly #workers: Spawned[] = [];
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  #epoch = 0;
  /** How many modules of the library workers can find, and where the record of the next is to be linked. */
  #published = 0;
  #link: number;

  private constructor(
    library: KernelLibrary,
    threads: number,
    pool: Readonly<Record<string, KernelFunction>>,
  ) {
    this.#library = library;
    this.threads = threads;
    this.#pool = pool;
    this.#block = library.memory.allocate(controlBytes);
    this.#link = this.#block + control.modules;
    this.#words = library.memory.int32.subarray(this.#block / 4, (this.#block + controlBytes) / 4);
    this.#numbers = library.memory.float64.subarray(this.#block / 8, (this.#block + controlBytes) / 8);
    this.#words.fill(0);
  }

  /**
   * A pool of `threads` threads, the calling one among them. The library's memory must be shared. Rejects with the
   * reason when workers cannot run here.
   */
  static async start(library: KernelLibrary, threads: number): Promise<ThreadPool> {
    const module = compile(poolModule());
    const { memory } = library.memory;
    const pool = new ThreadPool(library, threads, instantiate(module, memory));
    const numbers = Array.from({ length: threads - 1 }, (_, i) => i + 1);
    const started = await Promise.allSettled(
      numbers.map((thread) => spawn({ memory, pool: module, block: pool.#block, thread, threads, spins })),
    );
    for (const each of started) if (each.status === 'fulfilled') pool.#workers.push(each.value);
    const failed = started.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      pool.stop();
      throw failed.reason;
    }
    return pool;
  }

  /**
   * Runs calls, in any order and at the same time, and returns when all are done.
   * @throws KernelError for the first that was stopped; the others have run.
   */
  run(calls: readonly KernelCall[]): void {
    this.#publishModules();
    for (let from = 0; from < calls.length; from += slotCount) {
      this.#runRegion(from === 0 && calls.length <= slotCount ? calls : calls.slice(from, from + slotCount));
    }
  }

  /**
   * Ends the workers; calls then run on the calling thread alone. The control block is not given back, because workers
   * may look at it until they have ended.
   */
  stop(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }

  #runRegion(calls: readonly KernelCall[]): void {
    const { claim, finish, join, open } = this.#pool;
    calls.forEach((call, i) => {
      this.#write(call, i);
    });
    // The epoch 0 stands for calls that are taken.
    this.#epoch = (this.#epoch + 1) | 0 || 1;
    open!(this.#block, this.#epoch, calls.length);
    let failure: KernelError | undefined;
    for (;;) {
      const taken = claim!(this.#block, this.#epoch, 0, this.threads);
      if (taken < 0) break;
      const { kernel, args } = calls[taken]!;
      try {
        kernel.run(...args);
      } catch (error) {
        failure ??= new KernelError(kernel.name, 0, (error as Error).message, { cause: error });
      }
      finish!(this.#block);
    }
    join!(this.#block, calls.length);
    const failureOfWorker = this.#failureOfWorker(calls);
    if (failure !== undefined) throw failure;
    if (failureOfWorker !== undefined) throw failureOfWorker;
  }

  #write({ kernel, args }: KernelCall, i: number): void {
    if (args.length > maximumArguments) {
      throw new RangeError(`${kernel.name} has ${args.length} arguments; ${maximumArguments} is the most.`);
    }
    const at = (control.slots + i * slot.bytes) / 4;
    this.#words[at + slot.module / 4] = kernel.module;
    this.#words[at + slot.position / 4] = kernel.position;
    this.#words[at + slot.argumentCount / 4] = args.length;
    this.#numbers.set(args, at / 2 + slot.arguments / 8);
  }

  #failureOfWorker(calls: readonly KernelCall[]): KernelError | undefined {
    const words = this.#words;
    if (Atomics.exchange(words, control.error / 4, 0) === 0) return undefined;
    const length = words[control.errorLength / 4]!;
    const text = words.subarray(control.errorText / 4, control.errorText / 4 + length);
    const { kernel } = calls[words[control.errorCall / 4]!]!;
    return new KernelError(kernel.name, words[control.errorThread / 4]!, String.fromCharCode(...text));
  }

  /** Puts modules that were added to the library where workers find them. */
  #publishModules(): void {
    const { memory, modules } = this.#library;
    for (; this.#published < modules.length; this.#published++) {
      const bytes = modules[this.#published]!;
      const record = memory.allocate(8 + bytes.length);
      memory.int32[record / 4] = 0;
      memory.int32[record / 4 + 1] = bytes.length;
      memory.bytes.set(bytes, record + 8);
      Atomics.store(memory.int32, this.#link / 4, record);
      this.#link = record;
    }
  }
}
