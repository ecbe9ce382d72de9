import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelCases, runCase } from '../../../../test/browser/gpu-cases.ts';
import { findVulkanDriver } from '../../../../test/browser/gpu-node.ts';
import { gpuBackend } from './gpu-backend.ts';
import type { KernelBackend } from './kernel-backend.ts';

const { missing } = findVulkanDriver();
if (missing) console.warn(`WebGPU in Node is not tested: ${missing}.`);

describe.each(['webasm', 'cpu', 'webgpu'] as const)('in mode %s', (mode) => {
  describe.skipIf(mode === 'webgpu' && missing !== undefined)('against float64', () => {
    let backend: KernelBackend;

    beforeAll(async () => {
      backend = await gpuBackend({ mode });
    });

    afterAll(() => backend?.destroy());

    test('that mode ran', () => {
      expect(backend.mode).toBe(mode);
    });

    test.each(kernelCases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
      const { complaint } = await runCase(each, backend);
      expect(complaint).toBeUndefined();
    });
  });
});
