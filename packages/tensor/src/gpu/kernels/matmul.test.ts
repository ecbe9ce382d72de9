import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVulkanDriver } from '../../../../../test/browser/gpu-node.ts';
import { referenceBackend } from '../../backend/reference/reference.ts';
import { input } from '../../expression/expression.ts';
import { add, tanh } from '../../expression/functions.ts';
import { RandomKey } from '../../random/key.ts';
import { Tensor } from '../../tensor.ts';
import { runEagerly } from '../eager.ts';
import { gpuBackend } from '../gpu-backend.ts';
import type { Kernel } from '../kernel.ts';
import type { KernelBackend } from '../kernel-backend.ts';
import { type MatmulLayout, matmulLayout } from './matmul-layout.ts';
import { naiveMatmul } from './matmul-naive.ts';
import { tiledMatmul } from './matmul-tiled.ts';
import { unrolledMatmul } from './matmul-unrolled.ts';

const { missing } = findVulkanDriver();
const draw = (seed: number, shape: readonly number[]): Tensor =>
  referenceBackend.random('normal', RandomKey.fromSeed(seed), shape, 'float32');

const variants: readonly (readonly [string, (layout: MatmulLayout) => Kernel])[] = [
  ['naive', (layout) => naiveMatmul(layout)],
  ['unrolled', (layout) => unrolledMatmul(layout)],
  ['tiled', tiledMatmul],
];
const operands: readonly (readonly [string, Tensor, Tensor])[] = [
  ['A·B', draw(1, [5, 7]), draw(2, [7, 3])],
  ['Aᵀ·B, K = 1030', draw(3, [1030, 5]).transpose(), draw(4, [1030, 2])],
  ['A·Bᵀ, batched', draw(5, [3, 4, 6]), draw(6, [3, 5, 6]).transpose()],
];

describe.each(['webasm', 'webgpu'] as const)('in mode %s', (mode) => {
  describe.skipIf(mode === 'webgpu' && missing !== undefined)('against float64', () => {
    let backend: KernelBackend;

    beforeAll(async () => {
      backend = await gpuBackend({ mode });
    });

    afterAll(() => backend?.destroy());

    /** Every element to so many units in the last place of the sum of the sizes of its terms. */
    function expectNear(actual: Float32Array, a: Tensor, b: Tensor): void {
      const wide = referenceBackend.matmul(a.cast('float64'), b.cast('float64')).data;
      const size = (x: Tensor): Tensor => Tensor.wrap(x.toTypedArray().map(Math.abs), x.shape);
      const sizes = referenceBackend.matmul(size(a), size(b)).data;
      const units = 3 + Math.sqrt(a.shape.at(-1)!) / 4;
      expect(actual.length).toBe(wide.length);
      wide.forEach((value, i) => {
        expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(units * 2 ** -23 * sizes[i]!);
      });
    }

    describe.each(variants)('the %s kernel', (_, variant) => {
      test.each(operands)('%s', async (_name, a, b) => {
        const { device } = backend;
        const buffers = [a, b].map(({ data }) => device.upload(data as Float32Array));
        const [product] = await device.read([device.run(variant(matmulLayout(a, b)), buffers)]);
        expectNear(product!, a, b);
      });
    });

    test.each([
      [7, 'in the kernel'],
      [40, 'after tiles'],
    ])('of %d rows, with a bias and an activation %s', async (rows) => {
      const [a, b, bias] = [draw(7, [rows, 9]), draw(8, [9, 33]), draw(9, [33])];
      const epilogue = tanh(add(input(0), input(1)));
      const shape = [rows, 33];
      const buffer = runEagerly(backend.device, {
        operation: { kind: 'matmul', epilogue },
        operands: [a, b, bias.expand(shape)],
        shape,
        dtype: 'float32',
        keys: [],
      });
      const [values] = await backend.device.read([buffer]);
      const product = referenceBackend.matmul(a.cast('float64'), b.cast('float64'));
      product.data.forEach((value, i) => {
        expect(Math.abs(values![i]! - Math.tanh(value + bias.data[i % 33]!))).toBeLessThan(3e-6);
      });
    });
  });
});

test('indices beyond 2²⁴ are put together as whole numbers, not in a variable', () => {
  const layoutOf = (rows: number): MatmulLayout =>
    matmulLayout(
      { shape: [rows, 4096], strides: [4096, 1], offset: 0 },
      { shape: [4096, 1], strides: [1, 1], offset: 0 },
    );
  expect(naiveMatmul(layoutOf(4096)).source).toContain('const startA = ');
  expect(naiveMatmul(layoutOf(4097)).source).not.toContain('startA');
});
