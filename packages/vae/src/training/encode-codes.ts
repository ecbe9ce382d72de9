import { noGrad } from '@reparam/autograd';
import { concat, type RandomKey, type Tensor } from '@reparam/tensor';
import type { Dataset } from '../data/dataset.ts';
import { binarize } from './binarize.ts';
import { streamKey, type TrainingRun, withSettledParameters } from './run.ts';
import { requireTrainable } from './trainable.ts';

/**
 * A draw z ~ q(z|x) for every example, in the order of the examples and with their labels: what a second stage is
 * trained on (Dai & Wipf 2019). The draws are the run's own: the same whenever it is asked.
 * @throws ShapeError, ArgumentError when the examples do not fit the model.
 */
export function encodeCodes(run: TrainingRun, dataset: Dataset): Dataset {
  requireTrainable(run, dataset);
  const { model, settings } = run;
  const { name, examples, labels } = dataset;
  const count = examples.shape[0]!;
  const codes: Tensor[] = [];
  withSettledParameters(run, () =>
    noGrad(() => {
      for (let start = 0; start < count; start += settings.batchSize) {
        const batch = examples.slice([[start, Math.min(start + settings.batchSize, count)]]);
        const [keyData, keyDraw] = streamKey(run.key, 'codes').foldIn(start).split(2) as [
          RandomKey,
          RandomKey,
        ];
        const x = binarize(batch.cast(model.settings.dtype), settings.binarization, keyData);
        codes.push(model.encode(x).sample(keyDraw).value);
      }
    }),
  );
  return { name, examples: concat(codes), ...(labels && { labels }) };
}
