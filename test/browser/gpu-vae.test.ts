import { compile, gradients } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import { type Backend, gather, permutation, RandomKey, referenceBackend, type Tensor } from '@reparam/tensor';
import { gpuBackend } from '@reparam/tensor/gpu';
import { generateDigits, Vae } from '@reparam/vae';
import { expect, test } from 'vitest';
import { findVulkanDriver } from './gpu-node.ts';

const { missing } = findVulkanDriver();
const steps = 200;
const batchSize = 32;
const size = 12;

interface Trained {
  /** The bound of every step, nats per example. */
  readonly elbos: readonly number[];
  /** The bound of all examples with the final parameters, on the CPU. */
  readonly final: number;
  /** The first weights. */
  readonly weights: Tensor;
}

/** Trains the same model on the same data with the same keys, wholly on one backend. */
async function trainOn(backend: Backend, afterStep: (step: number) => void): Promise<Trained> {
  const { examples } = generateDigits({ count: 160, size });
  const key = RandomKey.fromSeed(4);
  const vae = new Vae({ features: size * size, latent: 3, hidden: [24] }, key.foldIn(0));
  const parameters = vae.parameters();
  const optimizer = adam(vae.namedParameters(), { learningRate: 5e-3 });
  const step = compile(
    (batch: Tensor, draw: RandomKey) => {
      const { elbo, loss } = vae.elbo(batch, draw);
      optimizer.step(gradients(loss, parameters).map(({ value }) => value));
      return elbo;
    },
    { backend },
  );
  const elbos: number[] = [];
  const perEpoch = examples.shape[0]! / batchSize;
  let order = permutation(key.foldIn(1), examples.shape[0]!);
  for (let i = 0; i < steps; i++) {
    const at = (i % perEpoch) * batchSize;
    if (at === 0) order = permutation(key.foldIn(1 + i), examples.shape[0]!);
    const batch = gather(examples, order.slice([[at, at + batchSize]]));
    elbos.push((await step.async(batch, key.foldIn(1000 + i))).item());
    afterStep(i);
  }
  // The parameters come home, for whatever is to be done with them on the CPU.
  for (const each of parameters) each.assign(await each.value.read());
  return {
    elbos,
    final: vae.elbo(examples, key.foldIn(2)).elbo.item(),
    weights: parameters[0]!.value,
  };
}

test.skipIf(missing)(
  'a VAE trained on WebGPU comes to the bound of the CPU, in the same device memory',
  async () => {
    const here = await trainOn(referenceBackend, () => {});
    const gpu = await gpuBackend({ mode: 'webgpu' });
    const buffers: number[] = [];
    const there = await trainOn(gpu, () => buffers.push(gpu.memory.buffers));
    await gpu.destroy();

    expect(gpu.mode).toBe('webgpu');
    // It learns: from ignoring the pictures to something.
    expect(here.final - here.elbos[0]!).toBeGreaterThan(5);
    // Steps are the same but for rounding, which training makes larger as it goes on.
    expect(Math.abs(there.elbos[0]! - here.elbos[0]!)).toBeLessThan(1e-3);
    const [mine, theirs] = [here, there].map(({ elbos }) => elbos.slice(-20));
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(mean(mine!.map((x) => (x - mean(mine!)) ** 2)));
    console.log(
      `ELBO over the last 20 of ${steps} steps: CPU ${mean(mine!).toFixed(3)}, WebGPU ${mean(theirs!).toFixed(3)}, ` +
        `from step to step ±${deviation.toFixed(3)}; all examples ${here.final.toFixed(3)} and ${there.final.toFixed(3)}`,
    );
    expect(Math.abs(mean(theirs!) - mean(mine!))).toBeLessThan(deviation / Math.sqrt(20));
    expect(Math.abs(there.final - here.final)).toBeLessThan(deviation / Math.sqrt(20));
    expect(new Set(buffers).size).toBe(1);
  },
);
