// Train a VAE on points around a circle, with the library instead of the command.
import { RandomKey, tensor, uniform } from '@reparam/tensor';
import { createTrainingRun, type Dataset, splitDataset, train } from '@reparam/vae';

const key = RandomKey.fromSeed(7);
const angles = Array.from(uniform(key, [600], { high: 2 * Math.PI }).toTypedArray());
const circle: Dataset = { name: 'circle', examples: tensor(angles.map((a) => [Math.cos(a), Math.sin(a)])) };

const run = createTrainingRun(
  {
    features: 2,
    latent: 2,
    hidden: [64, 64],
    activation: 'silu',
    likelihood: { kind: 'gaussian', scale: 'learned' },
  },
  {
    epochs: 120,
    batchSize: 48,
    learningRate: 3e-3,
    annealing: { kind: 'linear', epochs: 10 },
    clipNorm: 10,
  },
);

for await (const event of train(run, splitDataset(circle, 0.2, key))) {
  if (event.kind === 'epoch' && event.epoch % 40 === 0) {
    console.log(`epoch ${event.epoch}: held-out ELBO ${event.heldOut.elbo.toFixed(2)} nats`);
  }
}

const radii = (run.model.generate(200, key).toArray() as number[][]).map(([x, y]) => Math.hypot(x!, y!));
const mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length;
console.log(`mean radius of samples within 0.1 of 1: ${Math.abs(mean - 1) < 0.1}`);
// → mean radius of samples within 0.1 of 1: true
