import { ArgumentError, formatShape, ShapeError } from '@reparam/tensor';
import type { Dataset } from '../data/dataset.ts';
import type { DataSupport } from '../models/data-supports.ts';
import { likelihoods } from '../models/likelihoods.ts';
import type { TrainingRun } from './run.ts';

/**
 * Whether a run can learn from a data set.
 * @throws ShapeError when the examples do not fit the model, ArgumentError when their values do not fit its likelihood.
 */
export function requireTrainable({ model, settings }: TrainingRun, { name, examples }: Dataset): void {
  const { features, likelihood } = model.settings;
  if (examples.rank !== 2 || examples.shape[1] !== features) {
    throw new ShapeError(
      'train',
      `"${name}" is ${formatShape(examples.shape)}, but this model takes [count, ${features}].`,
      { examples: examples.shape },
    );
  }
  if (examples.size === 0) {
    throw new ShapeError('train', `"${name}" is ${formatShape(examples.shape)}: there are no examples.`, {
      examples: examples.shape,
    });
  }
  if (settings.binarization === 'threshold') return;
  const { support } = likelihoods[likelihood.kind];
  const values = examples.toTypedArray();
  const wrong = valueOutside(values, support) ?? rowOutside(values, features, support);
  if (wrong === undefined) return;
  throw new ArgumentError(
    'train',
    'examples',
    wrong.value,
    `"${name}" has ${wrong.description}, but a ${likelihood.kind} likelihood is about ${support.wanted}. Rescale the ` +
      'data, or use another likelihood, such as gaussian for any numbers.',
  );
}

interface Misfit {
  readonly value: number;
  readonly description: string;
}

function valueOutside(values: ArrayLike<number>, { accepts }: DataSupport): Misfit | undefined {
  const value = Array.prototype.find.call(values, (each: number) => !accepts(each)) as number | undefined;
  return value === undefined ? undefined : { value, description: `the value ${value}` };
}

function rowOutside(values: ArrayLike<number>, features: number, { total }: DataSupport): Misfit | undefined {
  if (total === undefined) return undefined;
  for (let start = 0; start < values.length; start += features) {
    let sum = 0;
    for (let i = start; i < start + features; i++) sum += values[i]!;
    if (sum !== total)
      return { value: sum, description: `${sum} ones in row ${start / features} (counted from 0)` };
  }
  return undefined;
}
