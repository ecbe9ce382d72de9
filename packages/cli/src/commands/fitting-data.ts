import { type Dataset, requireTrainable, type TrainingRun } from '@reparam/vae';
import { loadDataset } from '../data/load-dataset.ts';
import { UserError } from '../files/user-error.ts';
import { describeImages } from './describe.ts';
import { sourceOf } from './source.ts';

/**
 * Data of the shape that a run was trained on. @param path what the person calls the run
 * @throws UserError when the shape is another, and ArgumentError when the values are not what the likelihood is about.
 */
export async function loadFitting(data: string, path: string, run: TrainingRun): Promise<Dataset> {
  const { dataset } = await loadDataset(data, 1);
  const { name, imageShape } = sourceOf(run, path);
  const { features } = run.model.settings;
  if (dataset.examples.shape[1] !== features) {
    throw new UserError(
      `"${data}" has ${dataset.examples.shape[1]} features an example, but the model in "${path}" was trained on ` +
        `${features} (${name}).`,
    );
  }
  if (imageShape && dataset.imageShape && imageShape.join() !== dataset.imageShape.join()) {
    throw new UserError(
      `"${data}" has ${describeImages(dataset.imageShape)}, but the model in "${path}" was trained on ` +
        `${describeImages(imageShape)} (${name}).`,
    );
  }
  requireTrainable(run, dataset);
  // Rows of a table may be the images of a run.
  return imageShape && !dataset.imageShape ? { ...dataset, imageShape } : dataset;
}
