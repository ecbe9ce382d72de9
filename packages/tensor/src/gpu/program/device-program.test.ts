import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVulkanDriver } from '../../../../../test/browser/gpu-node.ts';
import { referenceBackend } from '../../backend/reference/reference.ts';
import { arange, tensor } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import { add, multiply, subtract, tanh } from '../../expression/functions.ts';
import { gather, map, matmul, place, reduce } from '../../primitives.ts';
import { compile } from '../../program/compile.ts';
import { activeRecording, varying } from '../../program/recording.ts';
import type { StateCell, StateHolder } from '../../program/state.ts';
import { normal } from '../../random/distributions.ts';
import { RandomKey } from '../../random/key.ts';
import { Tensor } from '../../tensor.ts';
import { gpuBackend } from '../gpu-backend.ts';
import type { KernelBackend } from '../kernel-backend.ts';

const { missing } = findVulkanDriver();
const [a, b] = [input(0), input(1)];

/** Holds a tensor as variables do. */
class Holder implements StateHolder {
  readonly name = 'holder';
  #value: Tensor | StateCell;

  constructor(value: Tensor) {
    this.#value = value;
  }

  held(): Tensor | StateCell {
    return this.#value;
  }

  hold(cell: StateCell): void {
    this.#value = cell;
  }

  get value(): Tensor {
    const recording = activeRecording();
    if (recording) return recording.read(this);
    return this.#value instanceof Tensor ? this.#value : this.#value.tensor();
  }

  set value(next: Tensor) {
    const recording = activeRecording();
    if (recording) recording.write(this, next);
    else this.#value = next;
  }
}

describe.skipIf(missing)('a program on WebGPU', () => {
  let backend: KernelBackend;

  beforeAll(async () => {
    backend = await gpuBackend({ mode: 'webgpu' });
  });

  afterAll(() => backend?.destroy());

  const x = normal(RandomKey.fromSeed(1), [6, 5]);
  const y = normal(RandomKey.fromSeed(2), [5, 4]);

  test('computes what the reference backend does, in one go', async () => {
    const fn = (left: Tensor, right: Tensor, key: RandomKey) => {
      const product = map(tanh(add(a, b)), [matmul(left, right), normal(key, [4])]);
      const rows = gather(product, tensor([3, 0, 3], { dtype: 'int32' }));
      const padded = place([{ source: rows, start: [1, 2] }], [5, 7], { dtype: 'float32', fill: 0.5 });
      return { padded: padded.transpose(), total: reduce('sum', padded), product, again: left };
    };
    const key = RandomKey.fromSeed(9);
    const expected = compile(fn, { backend: referenceBackend })(x, y, key);
    const compiled = compile(fn, { backend });
    for (const results of [await compiled.async(x, y, key), compiled(x, y, key)]) {
      for (const [name, wanted] of Object.entries(expected)) {
        const got = await results[name as keyof typeof results].read();
        expect(got.shape).toEqual(wanted.shape);
        const [values, truth] = [got.toTypedArray(), wanted.toTypedArray()];
        // A few units in the last place of numbers up to 10.
        truth.forEach((value, i) => {
          expect(Math.abs(values[i]! - value)).toBeLessThan(5e-6);
        });
      }
    }
  });

  test('keeps states on the device, also when two trade places', async () => {
    const [first, second] = [new Holder(tensor([1, 2])), new Holder(tensor([10, 20]))];
    let rate = 0;
    const step = compile(
      () => {
        const [before, other] = [first.value, second.value];
        first.value = map(add(a, b), [other, varying(() => rate)]);
        second.value = before;
        return reduce('sum', before);
      },
      { backend },
    );
    expect((await step.async()).item()).toBe(3);
    const between = first.value;
    rate = 0.5;
    expect((await step.async()).item()).toBe(30);
    expect((await first.value.read()).toArray()).toEqual([1.5, 2.5]);
    expect((await second.value.read()).toArray()).toEqual([10, 20]);
    // What was read before the second step is what it was.
    expect((await between.read()).toArray()).toEqual([10, 20]);
    first.value = tensor([7, 8]);
    expect((await step.async()).item()).toBe(15);
  });

  test('hands states on to another program without reading them', async () => {
    const weights = new Holder(arange(1, 4));
    const grow = compile(
      () => {
        weights.value = map(multiply(a, a), [weights.value]);
      },
      { backend },
    );
    const total = compile((z: Tensor) => reduce('sum', map(multiply(a, b), [weights.value, z])), { backend });
    grow();
    expect((await total.async(tensor([1, 1, 1]))).item()).toBe(14);
    grow();
    expect((await total.async(backend.upload(tensor([1, 0, 1])))).item()).toBe(82);
  });

  test('10 000 steps leave device memory as it was after the first', async () => {
    const weights = new Holder(tensor([4, -2, 1]));
    const descend = compile(
      (z: Tensor) => {
        const gradient = map(subtract(a, b), [weights.value, z]);
        weights.value = map(subtract(a, multiply(b, b)), [weights.value, map(multiply(a, a), [gradient])]);
        weights.value = map(subtract(a, multiply(input(2), b)), [weights.value, gradient, tensor(0.125)]);
        return reduce('sum', gradient);
      },
      { backend },
    );
    const target = tensor([1, 1, 1]);
    const once = (): Tensor => backend.scope(() => descend(target));
    await backend.keep(once()).read();
    backend.scope(() => void descend(target));
    const { memory } = backend;
    for (let i = 0; i < 10_000; i++) backend.scope(() => void descend(target));
    expect((await descend.async(target)).shape).toEqual([]);
    expect(backend.memory).toEqual(memory);
  });

  test('float64 is refused', () => {
    const wide = compile((z: Tensor) => map(add(a, a), [z]), { backend });
    expect(() => wide(tensor([1], { dtype: 'float64' }))).toThrow(
      'compile: the program computes in float64, which GPUs do not have through WebGPU.',
    );
  });
});
