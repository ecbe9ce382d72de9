import type { RandomKey, Tensor } from '@reparam/tensor';
import { type TrainingRun, TwoStageVae, withSettledParameters } from '@reparam/vae';

/** Expected x for draws from the prior of a run's model, or through the model of its codes where there is one. */
export function generateThrough(
  first: TrainingRun,
  second: TrainingRun | undefined,
  count: number,
  key: RandomKey,
): Tensor {
  return withSettledParameters(first, () =>
    second === undefined
      ? first.model.generate(count, key)
      : withSettledParameters(second, () => new TwoStageVae(first.model, second.model).generate(count, key)),
  );
}
