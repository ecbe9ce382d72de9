import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findVulkanDriver } from '../../../../test/browser/gpu-node.ts';
import { useBackend } from '../backend/backend.ts';
import { referenceBackend } from '../backend/reference/reference.ts';
import { arange, full, tensor } from '../create.ts';
import { input } from '../expression/expression.ts';
import { add, lgamma, multiply } from '../expression/functions.ts';
import { cholesky } from '../linear-algebra.ts';
import { argsort } from '../order.ts';
import { map, matmul, reduce } from '../primitives.ts';
import { compile } from '../program/compile.ts';
import type { Tensor } from '../tensor.ts';
import { DeviceReadError, NoKernelError } from './errors.ts';
import { gpuBackend } from './gpu-backend.ts';
import type { KernelBackend } from './kernel-backend.ts';

const { missing } = findVulkanDriver();
const twice = (x: Tensor): Tensor => map(multiply(input(0), input(0)), [x]);

describe.skipIf(missing)('on WebGPU', () => {
  let backend: KernelBackend;

  beforeAll(async () => {
    backend = await gpuBackend({ mode: 'webgpu' });
  });

  beforeEach(() => {
    const before = useBackend(backend);
    return () => useBackend(before);
  });

  afterAll(() => backend?.destroy());

  test('results stay on the device until they are read', async () => {
    const x = twice(arange(1, 7).reshape([2, 3]));
    expect(() => x.data).toThrow(DeviceReadError);
    expect(() => x.data).toThrow(
      'tensor: a tensor of 6 elements is on the device (webgpu), which cannot be read at once. Use (await ' +
        'tensor.read()) and go on with what that gives.',
    );
    expect((await x.transpose().read()).toArray()).toEqual([
      [1, 16],
      [4, 25],
      [9, 36],
    ]);
    const here = tensor([1, 2]);
    expect(await here.read()).toBe(here);
  });

  test('upload, run, read, with views of what is there', async () => {
    const x = backend.upload(arange(12).reshape([3, 4]));
    const product = matmul(
      x.slice([
        [0, 2],
        [1, 4],
      ]),
      x.transpose().slice([[0, 3]]),
    );
    const expected = matmul(
      tensor([
        [1, 2, 3],
        [5, 6, 7],
      ]),
      tensor([
        [0, 4, 8],
        [1, 5, 9],
        [2, 6, 10],
      ]),
    );
    expect((await product.read()).toArray()).toEqual((await expected.read()).toArray());
    expect((await product.read()).toArray()).toEqual([
      [8, 32, 56],
      [20, 92, 164],
    ]);
  });

  test('int32 is exact up to 2²⁴, and refused beyond', async () => {
    const x = tensor([2 ** 24, -5], { dtype: 'int32' });
    const doubled = map(add(input(0), input(0)), [tensor([2 ** 23, -7], { dtype: 'int32' })]);
    expect(doubled.dtype).toBe('int32');
    expect((await doubled.read()).toArray()).toEqual([2 ** 24, -14]);
    expect((await backend.upload(x).read()).toArray()).toEqual([2 ** 24, -5]);
    expect(() => backend.upload(tensor([2 ** 24 + 3], { dtype: 'int32' }))).toThrow(
      'exact up to ±16777216 only',
    );
  });

  test('sorting keeps ties in order and puts NaN last', async () => {
    const rows = tensor([
      [3, 1, 3, -Infinity],
      [Number.NaN, 2, Number.NaN, 0],
    ]);
    expect((await argsort(backend.upload(rows)).read()).toArray()).toEqual([
      [3, 1, 0, 2],
      [3, 1, 0, 2],
    ]);
    expect((await argsort(backend.upload(rows), { descending: true }).read()).toArray()).toEqual([
      [0, 2, 1, 3],
      [0, 2, 1, 3],
    ]);
  });

  test('what has no kernel says what to do', () => {
    const x = backend.upload(
      tensor([
        [4, 0],
        [0, 9],
      ]),
    );
    expect(() => cholesky(x)).toThrow(NoKernelError);
    expect(() => backend.triangularSolve(x, x, { lower: true, unitDiagonal: false })).toThrow(
      'triangularSolve: there is no kernel for it, and its operand is on the device, which cannot be read at once. ' +
        'Compute it from await tensor.read(), with useBackend(referenceBackend).',
    );
    expect(() => map(lgamma(input(0)), [x])).toThrow('lgamma: there is no kernel for it.');
  });

  test('what is in this process and float64 stays there', () => {
    const wide = tensor([1, 2], { dtype: 'float64' });
    expect(twice(wide).toArray()).toEqual([1, 4]);
    expect(reduce('sum', wide).item()).toBe(3);
  });

  test('a scope gives back all but what it returns or keeps', async () => {
    const start = backend.memory.buffers;
    let [kept, forgotten]: (Tensor | undefined)[] = [];
    const run = (): Tensor =>
      backend.scope(() => {
        const x = backend.upload(full([1000], 2));
        kept = backend.keep(twice(x));
        forgotten = twice(kept);
        return backend.scope(() => twice(forgotten!));
      });
    const result = run();
    expect((await result.read()).toArray()).toEqual(new Array(1000).fill(256));
    expect((await kept!.read()).toTypedArray()[7]).toBe(4);
    await expect(forgotten!.read()).rejects.toThrow('its device memory was given back when its scope ended');
    const used = backend.memory.buffers - start;
    for (let i = 0; i < 20; i++) {
      backend.scope(() => void run());
      backend.scope(() => void kept!);
    }
    // Each run keeps one tensor, until garbage is collected; all else is used again, but for a first result that is
    // still held.
    expect(backend.memory.buffers - start).toBeLessThanOrEqual(used + 21);
  });

  test('tensors of another backend are not mixed up', async () => {
    const other = await gpuBackend({ mode: 'webgpu' });
    const x = other.upload(tensor([1]));
    expect(() => twice(x)).toThrow('an operand is on another device');
    expect((await x.read()).toArray()).toEqual([1]);
    await other.destroy();
    expect((await twice(tensor([3])).read()).toArray()).toEqual([9]);
  });

  test('constants of a program that is recorded are computed here', async () => {
    const scaled = compile((x: Tensor) => map(multiply(input(0), input(1)), [x, twice(tensor([1, 2, 3]))]));
    expect((await scaled.async(tensor([1, 1, 2]))).toArray()).toEqual([1, 4, 18]);
  });

  test('the reference backend says how to get at what is on the device', () => {
    const x = backend.upload(tensor([1]));
    useBackend(referenceBackend);
    expect(() => twice(x)).toThrow('Use (await tensor.read())');
  });
});
