import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sourceProgram } from '../../../../../test/command-line.ts';
import { features } from '../features.ts';

const here = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

const program = `
import { CopyKernels } from ${here('../copy/copy-kernels.ts')};
import { KernelMemory } from ${here('../memory.ts')};
import { KernelLibrary } from ${here('./kernel-library.ts')};
import { KernelRunner } from ${here('./kernel-runner.ts')};

const library = new KernelLibrary(new KernelMemory({ shared: true }));
const runner = new KernelRunner(library);
const { threads } = await runner.useThreads(3);
const to = library.memory.allocate(4096);
runner.run(new CopyKernels(library).fill(to, 1024, { type: 'int32', value: 6 }, 3));
console.log(threads, library.memory.int32[to / 4 + 1023]);
`;

test.skipIf(!features().threads)('a process ends by itself while workers wait, asleep or not', () => {
  for (const ending of ['', 'await new Promise((resolve) => setTimeout(resolve, 50));']) {
    const [node, ...options] = sourceProgram('').slice(0, -1);
    const { status, stdout, stderr } = spawnSync(
      node!,
      [...options, '--input-type=module', '--eval', program + ending],
      { encoding: 'utf8', timeout: 60_000 },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '3 6\n', stderr: '' });
  }
});
