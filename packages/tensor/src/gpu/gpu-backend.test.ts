import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findVulkanDriver } from '../../../../test/browser/gpu-node.ts';
import { sourceProgram } from '../../../../test/command-line.ts';
import { tensor } from '../create.ts';
import { describeBackends } from './describe-backends.ts';
import { GpuUnavailableError } from './errors.ts';
import { gpuBackend } from './gpu-backend.ts';
import type { GpuMode } from './mode.ts';

const { missing } = findVulkanDriver();

afterEach(() => {
  vi.doUnmock('gpu.js');
  vi.resetModules();
});

describe('what cannot be had is refused, with what to do about it', () => {
  test('webgl2 in Node', async () => {
    await expect(gpuBackend({ mode: 'webgl2' })).rejects.toThrow(GpuUnavailableError);
    await expect(gpuBackend({ mode: 'webgl2' })).rejects.toThrow(
      "gpuBackend: only browsers have WebGL2. In Node use mode: 'webgpu', or 'webasm', which needs no GPU.",
    );
  });

  test('a mode that does not exist', async () => {
    await expect(gpuBackend({ mode: 'gpu' as GpuMode })).rejects.toThrow(
      'gpuBackend: mode is gpu; the modes are webgpu, webgl2, webasm, cpu.',
    );
  });

  test.each(['gpu.js', 'webgpu'])('without the package %s', async (name) => {
    vi.resetModules();
    vi.doMock(name, () => {
      throw new Error('Cannot find package');
    });
    const { gpuBackend: fresh } = await import('./gpu-backend.ts');
    await expect(fresh({ mode: 'webgpu' })).rejects.toThrow(/npm install .*webgpu@\^0\.6\.2/);
    vi.doUnmock(name);
  });
});

test('every mode is described, as available or with what it lacks', async () => {
  const described = await describeBackends();
  expect(described.map(({ mode }) => mode)).toEqual(['webgpu', 'webgl2', 'webasm', 'cpu']);
  expect(described.map(({ available }) => available)).toEqual([missing === undefined, false, true, true]);
  expect(described[1]).toHaveProperty('missing', expect.stringContaining('only browsers have WebGL2'));
  expect(described[2]).toHaveProperty('device', 'WebAssembly in this process');
});

test.each(['webasm', ...(missing ? [] : ['webgpu' as const])] as const)(
  'after destroy, %s says so',
  async (mode) => {
    const backend = await gpuBackend({ mode });
    await backend.destroy();
    expect(() => backend.reduce('sum', tensor([1, 2]), [0])).toThrow(
      'gpu: this backend was destroyed. Make a new one with gpuBackend().',
    );
  },
);

test.skipIf(missing)('a process that has used WebGPU ends by itself, destroyed or not', () => {
  const program = fileURLToPath(new URL('../../../../test/browser/gpu-exit.ts', import.meta.url));
  for (const how of ['destroy', 'leave']) {
    const [command, ...options] = sourceProgram(program);
    const { status, stdout } = spawnSync(command!, [...options, how], { encoding: 'utf8', timeout: 60_000 });
    expect([status, stdout.trim()]).toEqual([0, 'webgpu 6']);
  }
});
