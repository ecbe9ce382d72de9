import { compile, gradients, matmul, parameter } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import { type Backend, RandomKey, referenceBackend, type Tensor } from '@reparam/tensor';
import { type GpuMode, gpuBackend } from '@reparam/tensor/gpu';
import { type CaseOutcome, kernelCases, runCase } from './gpu-cases.ts';

/** What a page says of one mode. */
export interface PageReport {
  readonly mode: string;
  readonly description: string;
  readonly outcomes: readonly CaseOutcome[];
  /** Buffers in use when all results of a scope were given back, and before. */
  readonly buffers: readonly [before: number, after: number];
  readonly losses: readonly number[];
}

/** Runs every kernel case in one mode. */
export async function checkKernels(mode: GpuMode): Promise<PageReport> {
  const backend = await gpuBackend({ mode });
  const outcomes: CaseOutcome[] = [];
  for (const each of kernelCases) {
    try {
      outcomes.push(await runCase(each, backend));
    } catch (error) {
      outcomes.push({ name: each.name, ulps: Infinity, allowed: each.ulps, complaint: String(error) });
    }
  }
  const before = backend.memory.buffers;
  backend.scope(() => {
    const x = backend.random('uniform', RandomKey.fromSeed(1), [777], 'float32');
    backend.matmul(x.reshape([777, 1]), x.reshape([1, 777]));
  });
  const after = backend.memory.buffers;
  const losses = await trainBriefly(backend);
  const { mode: ran, description } = backend;
  await backend.destroy();
  return { mode: ran, description, outcomes, buffers: [before, after], losses };
}

/** The losses of a small network that is trained for eight compiled steps. */
export async function trainBriefly(backend: Backend): Promise<number[]> {
  const draw = (seed: number, shape: readonly number[]): Tensor =>
    referenceBackend.random('normal', RandomKey.fromSeed(seed), shape, 'float32');
  const hidden = parameter(draw(1, [6, 16]));
  const output = parameter(draw(2, [16, 1]));
  const optimizer = adam({ hidden, output }, { learningRate: 0.05 });
  const step = compile(
    (x: Tensor, y: Tensor) => {
      const loss = matmul(matmul(x, hidden).tanh(), output).sub(y).square().mean();
      optimizer.step(gradients(loss, [hidden, output]).map(({ value }) => value));
      return loss;
    },
    { backend },
  );
  const losses: number[] = [];
  for (let i = 0; i < 8; i++) losses.push((await step.async(draw(3, [20, 6]), draw(4, [20, 1]))).item());
  return losses;
}
