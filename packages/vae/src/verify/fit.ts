import { gradients, type Variable } from '@reparam/autograd';
import { type AdamOptions, adam, cosineSchedule, type Parameters, type Schedule } from '@reparam/nn';
import type { RandomKey } from '@reparam/tensor';
import type { Work } from '../diagnostics/work.ts';

export interface FitOptions {
  readonly parameters: Parameters;
  /** What is minimised at a step, counted from 0; draws come from the key, which is the step's own. */
  readonly loss: (key: RandomKey, step: number) => Variable;
  readonly steps: number;
  readonly key: RandomKey;
  /** A number falls to 0 along half a cosine, which lets the noise of the draws die away. */
  readonly learningRate: number | Schedule;
  readonly adam?: Pick<AdamOptions, 'beta1' | 'beta2'>;
}

/** Trains parameters in place with Adam. */
export function* fit({
  parameters,
  loss,
  steps,
  key,
  learningRate,
  adam: decays = {},
}: FitOptions): Work<void> {
  const rate =
    typeof learningRate === 'number' ? cosineSchedule({ from: learningRate, over: steps }) : learningRate;
  const variables = Object.values(parameters);
  const optimizer = adam(parameters, { ...decays, learningRate: rate(0) });
  for (let step = 0; step < steps; step++) {
    optimizer.learningRate = rate(step);
    optimizer.step(gradients(loss(key.foldIn(step), step), variables).map(({ value }) => value));
    yield { done: step + 1, total: steps };
  }
}
