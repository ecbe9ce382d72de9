import { RandomKey } from '@reparam/tensor';
import { createTrainingRun, encodeCheckpoint, generateDigits, splitDataset, train } from '@reparam/vae';

/** A small training run with every part of the library packages: the same in Node and on a page. */
export async function trainBriefly(): Promise<{ heldOutElbo: number; checkpoint: number[] }> {
  const digits = splitDataset(generateDigits({ count: 80, size: 14 }), 0.25, RandomKey.fromSeed(1));
  const run = createTrainingRun(
    {
      features: 196,
      latent: 3,
      hidden: [24],
      activation: 'silu',
      prior: { kind: 'mixture', components: 3 },
      flow: { kind: 'planar', layers: 2 },
    },
    {
      epochs: 3,
      batchSize: 16,
      learningRate: 1e-2,
      annealing: { kind: 'linear', epochs: 1 },
      freeBits: 0.1,
      clipNorm: 10,
      binarization: 'dynamic',
      seed: 5,
    },
  );
  let heldOutElbo = Number.NaN;
  for await (const event of train(run, digits)) if (event.kind === 'epoch') heldOutElbo = event.heldOut.elbo;
  return { heldOutElbo, checkpoint: Array.from(encodeCheckpoint(run)) };
}
