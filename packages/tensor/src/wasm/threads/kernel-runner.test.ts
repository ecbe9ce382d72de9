import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rendezvous } from '../../../../../test/support/rendezvous.ts';
import { random } from '../../backend/reference/random.ts';
import { ArgumentError } from '../../errors.ts';
import { RandomKey } from '../../random/key.ts';
import { CopyKernels } from '../copy/copy-kernels.ts';
import { features } from '../features.ts';
import { KernelMemory } from '../memory.ts';
import { RandomKernels } from '../random/random-kernels.ts';
import { maximumArguments } from './control.ts';
import { KernelError } from './kernel-error.ts';
import { type Kernel, KernelLibrary } from './kernel-library.ts';
import { KernelRunner } from './kernel-runner.ts';

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

describe.skipIf(!features().threads)('on three threads', () => {
  const memory = new KernelMemory({ shared: true });
  const library = new KernelLibrary(memory);
  const runner = new KernelRunner(library);
  const copies = new CopyKernels(library);
  const draws = new RandomKernels(library);
  const { meet, meetAndFail } = rendezvous(library);
  const place = memory.allocate(4);

  beforeAll(async () => {
    expect(await runner.useThreads(3)).toEqual({ threads: 3 });
  });

  afterAll(() => runner.useThreads(1));

  /** Runs kernels that wait for each other: on one thread they would not return. */
  function meeting(...kernels: readonly Kernel[]): void {
    memory.int32[place / 4] = 0;
    runner.run(kernels.map((kernel) => ({ kernel, args: [place, kernels.length] })));
  }

  test('all three take part', () => {
    expect(runner.threads).toBe(3);
    for (let i = 0; i < 20; i++) meeting(meet, meet, meet);
  });

  test('workers that fell asleep wake up', async () => {
    for (let i = 0; i < 3; i++) {
      await pause(30);
      meeting(meet, meet, meet);
    }
  });

  test('results are those of one thread', () => {
    const count = 100_001;
    const to = memory.allocate(4 * count);
    const key = RandomKey.fromSeed(5);
    const expected = random('normal', key, [count], 'float32').data;
    for (let repeat = 0; repeat < 20; repeat++) {
      memory.float32.fill(Number.NaN, to / 4, to / 4 + count);
      runner.run(draws.draw({ kind: 'normal', dtype: 'float32', key: key.words, count, to }, 3));
      expect(memory.float32.subarray(to / 4, to / 4 + count).every((value, i) => value === expected[i])).toBe(
        true,
      );
    }
  });

  test('many small regions one after the other, each complete when the next begins', () => {
    const count = 48;
    const to = memory.allocate(4 * count);
    for (let value = 0; value < 5000; value++) {
      runner.run(copies.fill(to, count, { type: 'int32', value }, 3));
      const written = memory.int32.subarray(to / 4, to / 4 + count);
      expect([written[0], written[16], written[47]]).toEqual([value, value, value]);
    }
  });

  test('more calls than there are slots', () => {
    const count = 16 * 200;
    const to = memory.allocate(4 * count);
    const calls = copies.fill(to, count, { type: 'int32', value: 3 }, 200);
    expect(calls.length).toBe(200);
    runner.run(calls);
    expect(memory.int32.subarray(to / 4, to / 4 + count).every((value) => value === 3)).toBe(true);
    runner.run([]);
  });

  test('memory that grew and modules that came since the workers started reach them', () => {
    memory.allocate(20 * 2 ** 20);
    const later = rendezvous(library);
    for (let i = 0; i < 3; i++) meeting(later.meet, later.meet, later.meet);
    const high = memory.allocate(64);
    memory.int32[high / 4] = 0;
    runner.run([1, 2, 3].map(() => ({ kernel: later.meet, args: [high, 3] })));
    expect(memory.int32[high / 4]).toBe(3);
  });

  test('float arguments arrive as they are', () => {
    const doubles = [Math.PI, -0, 5e-324];
    const to = memory.allocate(64 * 8);
    for (const value of doubles) {
      runner.run(copies.fill(to, 24, { type: 'float64', value }, 3));
      expect(Array.from(memory.float64.subarray(to / 8, to / 8 + 24))).toEqual(Array(24).fill(value));
    }
  });

  describe('a kernel that stops with an error', () => {
    // Threads begin at calls of their own, the caller at the first; while it waits there, the last is a worker's.
    test('on a worker: the caller gets it', () => {
      const run = (): void => meeting(meet, meet, meetAndFail);
      expect(run).toThrow(KernelError);
      expect(run).toThrow(/^meetAndFail: stopped on thread [12] with "unreachable"\. An index is outside/);
      try {
        run();
      } catch (error) {
        expect((error as KernelError).kernel).toBe('meetAndFail');
        expect([1, 2]).toContain((error as KernelError).thread);
      }
    });

    test('on the calling thread: after the others are done', () => {
      const run = (): void => meeting(meetAndFail, meet, meet);
      expect(run).toThrow('meetAndFail: stopped on thread 0 with "unreachable"');
      expect(memory.int32[place / 4]).toBe(3);
    });

    test('on all of them: one error, and the next region is not concerned', () => {
      expect(() => meeting(meetAndFail, meetAndFail, meetAndFail)).toThrow(KernelError);
      meeting(meet, meet, meet);
    });

    test('an address outside of memory', () => {
      const { kernel } = copies.fill(0, 1, { type: 'int32', value: 0 })[0]!;
      const outside = { kernel, args: [-64, 16, 0] };
      expect(() => runner.run([outside, outside])).toThrow(/^fill: stopped on thread \d with "memory access/);
    });
  });

  test('a kernel with too many arguments is refused before anything runs', () => {
    memory.int32[place / 4] = 0;
    const args = [place, 1, ...Array<number>(maximumArguments - 1).fill(0)];
    const calls = [
      { kernel: meet, args },
      { kernel: meet, args },
    ];
    expect(() => runner.run(calls)).toThrow(
      `meet has ${maximumArguments + 1} arguments; ${maximumArguments} is the most.`,
    );
    expect(memory.int32[place / 4]).toBe(0);
  });

  test('another number of threads', async () => {
    expect(await runner.useThreads(2)).toEqual({ threads: 2 });
    expect(await runner.useThreads(2)).toEqual({ threads: 2 });
    meeting(meet, meet);
    expect(await runner.useThreads(1)).toEqual({ threads: 1 });
    expect(runner.threads).toBe(1);
    meeting(meet);
    const changes = await Promise.all([runner.useThreads(2), runner.useThreads(3)]);
    expect(changes).toEqual([{ threads: 2 }, { threads: 3 }]);
    meeting(meet, meet, meet);
  });
});

describe('where threads cannot run', () => {
  test('memory that is not shared', async () => {
    const library = new KernelLibrary(new KernelMemory({ shared: false }));
    const runner = new KernelRunner(library);
    expect(await runner.useThreads(2)).toEqual({
      threads: 1,
      reason: 'the kernels work on memory that is not shared',
    });
    const to = library.memory.allocate(256);
    runner.run(new CopyKernels(library).fill(to, 64, { type: 'int32', value: 8 }, 4));
    expect(library.memory.int32.slice(to / 4, to / 4 + 64).every((value) => value === 8)).toBe(true);
  });

  test('a page that is not cross-origin isolated', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    try {
      const runner = new KernelRunner(new KernelLibrary(new KernelMemory({ shared: false })));
      const { threads, reason } = await runner.useThreads(2);
      expect(threads).toBe(1);
      expect(reason).toMatch(
        /not cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy/,
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.skipIf(!features().threads)('no workers', async () => {
    const withoutNode = new Proxy(process, {
      get: (target, name) => (name === 'versions' ? {} : Reflect.get(target, name)),
    });
    vi.stubGlobal('process', withoutNode);
    try {
      const runner = new KernelRunner(new KernelLibrary(new KernelMemory({ shared: true })));
      expect(await runner.useThreads(2)).toEqual({
        threads: 1,
        reason: 'workers do not start: there are no workers here',
      });
      expect(runner.threads).toBe(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.each([0, -1, 1.5, 65, Number.NaN])('%d threads are refused', async (count) => {
    const runner = new KernelRunner(new KernelLibrary(new KernelMemory({ shared: false })));
    await expect(runner.useThreads(count)).rejects.toThrow(ArgumentError);
    await expect(runner.useThreads(count)).rejects.toThrow(
      `useThreads: count is ${count}; it must be a whole number of threads from 1 to 64, of which one is the caller.`,
    );
  });
});
