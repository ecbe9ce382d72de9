import { gradients, parameter, type Variable } from '@reparam/autograd';
import { RandomKey, uniform } from '@reparam/tensor';
import { type Dataset, train } from '@reparam/vae';
import { tinyRun } from '../support/tiny-run.ts';

/**
 * Trains a small model and walks a long tape backwards, and prints what memory was in use before and after, in bytes
 * and after garbage collection, as JSON. Run with --expose-gc.
 */
export interface MemoryReport {
  /** After so many training steps. */
  readonly training: readonly { readonly steps: number; readonly bytes: number }[];
  readonly chain: { readonly before: number; readonly held: number; readonly after: number };
  /** The derivative that the walk over the chain came to. */
  readonly derivative: number;
}

const milestones: readonly number[] = [500, 1000, 2000];
const examplesPerEpoch = 160;
const batchSize = 16;

function inUse(): number {
  // What one collection finalises, such as array buffers, only the next one takes away.
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function measureTraining(): Promise<MemoryReport['training']> {
  const draw = (seed: number): Dataset => ({
    name: 'noise',
    examples: uniform(RandomKey.fromSeed(seed), [examplesPerEpoch, 64]),
  });
  const epochs = (milestones.at(-1)! * batchSize) / examplesPerEpoch;
  const run = tinyRun(
    { features: 64, latent: 4, hidden: [32], flow: { kind: 'planar', layers: 2 } },
    { epochs, batchSize, optimizer: 'adam', learningRate: 1e-3 },
  );
  const measured: { steps: number; bytes: number }[] = [];
  for await (const event of train(run, { train: draw(1), heldOut: draw(2) })) {
    if (event.kind === 'step' && milestones.includes(event.step)) {
      measured.push({ steps: event.step, bytes: inUse() });
    }
  }
  return measured;
}

/** x + x + …, 100 000 times, and its derivative by reverse mode. */
function walkChain(): { held: number; derivative: number } {
  const x = parameter(0.5);
  let sum: Variable = x;
  for (let i = 0; i < 100_000; i++) sum = sum.add(x);
  const held = inUse();
  return { held, derivative: gradients(sum, [x])[0]!.item() };
}

const training = await measureTraining();
const before = inUse();
const { held, derivative } = walkChain();
// The engine's compiler works in the background, and holds on to what it looks at until it is done with the walk.
await new Promise((resolve) => setTimeout(resolve, 200));
const report: MemoryReport = { training, chain: { before, held, after: inUse() }, derivative };
console.log(JSON.stringify(report));
