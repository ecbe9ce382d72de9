import type { KernelRunner } from '../threads/kernel-runner.ts';
import type { Step } from './lowering.ts';

export function runSteps(steps: readonly Step[], runner: KernelRunner): void {
  for (const step of steps) {
    if (step.kind === 'kernels') runner.run(step.calls);
    else step.run();
  }
}
