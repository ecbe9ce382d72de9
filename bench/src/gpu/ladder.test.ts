import { gpuBackend } from '@reparam/tensor/gpu';
import { expect, test } from 'vitest';
import { climb, type Rung, worthwhileFrom } from './ladder.ts';

test('the ladder measures every kernel at every size, next to those of the CPU', async () => {
  const backend = await gpuBackend({ mode: 'webasm' });
  const seen: string[] = [];
  const rungs = await climb(backend.device, {
    sizes: [8, 12],
    seconds: 0.001,
    onRung: ({ size, kernel }) => seen.push(`${size} ${kernel}`),
  });
  await backend.destroy();
  const kernels = ['CPU reference', 'CPU wasm, 1 thread', 'webasm naive', 'webasm unrolled'];
  expect(seen).toEqual([8, 12].flatMap((size) => kernels.map((kernel) => `${size} ${kernel}`)));
  for (const { size, run, rate, error, upload, read } of rungs) {
    expect(run).toBeGreaterThan(0);
    expect(rate * run * 1e6).toBeCloseTo(2 * size ** 3, 3);
    expect(error).toBeLessThan(1e-5);
    // What is in this process is taken nowhere.
    expect([upload, read]).toEqual([0, 0]);
  }
});

test('a device pays from where it stays faster', () => {
  const rung = (size: number, kernel: string, run: number): Rung => ({
    size,
    kernel,
    upload: 1,
    run,
    read: 1,
    rate: 1,
    error: 0,
  });
  const rungs = [
    rung(64, 'CPU wasm', 2),
    rung(64, 'webgpu tiled', 1),
    rung(128, 'CPU wasm', 3),
    rung(128, 'CPU reference', 9),
    rung(128, 'webgpu tiled', 4),
    rung(256, 'CPU wasm', 8),
    rung(256, 'webgpu naive', 20),
    rung(256, 'webgpu tiled', 5),
    rung(512, 'CPU wasm', 60),
    rung(512, 'webgpu tiled', 59),
  ];
  expect(worthwhileFrom(rungs, ({ run }) => run)).toBe(256);
  expect(
    worthwhileFrom(
      rungs,
      ({ kernel, upload, run, read }) => run + (kernel.startsWith('CPU') ? 0 : upload + read),
    ),
  ).toBeUndefined();
});
