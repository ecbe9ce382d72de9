import {
  ArgumentError,
  formatShape,
  gather,
  permutation,
  type RandomKey,
  ShapeError,
  type Tensor,
} from '@reparam/tensor';

/** Examples to learn from, one a row. */
export interface Dataset {
  readonly name: string;
  /** float32 [count, features]. */
  readonly examples: Tensor;
  /** int32 [count]: the class of each example. */
  readonly labels?: Tensor;
  /** When a row is a picture: height · width = features. */
  readonly imageShape?: readonly [height: number, width: number];
}

/**
 * The examples at `indices` (int32 [n], each in 0…count − 1), in that order, with their labels.
 * @throws IndexError when an index lies outside.
 */
export function takeExamples(dataset: Dataset, indices: Tensor): Dataset {
  return {
    ...dataset,
    examples: gather(dataset.examples, indices, 0),
    ...(dataset.labels && { labels: gather(dataset.labels, indices, 0) }),
  };
}

/**
 * Parts the examples at random: round(count · heldOutFraction) are held out, the others train. The same key
 * gives the same parts.
 * @throws ArgumentError unless 0 < heldOutFraction < 1 and each part gets an example.
 * @throws ShapeError when examples and labels do not belong together.
 */
export function splitDataset(
  dataset: Dataset,
  heldOutFraction: number,
  key: RandomKey,
): { train: Dataset; heldOut: Dataset } {
  const count = requireExamples('splitDataset', dataset)[0];
  if (!(heldOutFraction > 0 && heldOutFraction < 1)) {
    throw new ArgumentError(
      'splitDataset',
      'heldOutFraction',
      heldOutFraction,
      `heldOutFraction is ${heldOutFraction}; use a number between 0 and 1, for example 0.1.`,
    );
  }
  const heldOutCount = Math.round(count * heldOutFraction);
  if (heldOutCount === 0 || heldOutCount === count) {
    throw new ArgumentError(
      'splitDataset',
      'heldOutFraction',
      heldOutFraction,
      `holding out ${heldOutFraction} of the ${count} examples of "${dataset.name}" leaves ` +
        `${count - heldOutCount} to train on and ${heldOutCount} held out; each part needs at least one. ` +
        'Use more examples or another fraction.',
    );
  }
  const order = permutation(key, count);
  return {
    train: takeExamples(dataset, order.slice([[heldOutCount, null]])),
    heldOut: takeExamples(dataset, order.slice([[0, heldOutCount]])),
  };
}

/**
 * @throws ArgumentError naming row and column of the first example value that is NaN or infinite.
 * @throws ShapeError when examples and labels do not belong together.
 */
export function requireFinite(dataset: Dataset): void {
  const [, features] = requireExamples('requireFinite', dataset);
  const examples = dataset.examples.contiguous();
  for (let i = 0; i < examples.size; i++) {
    const value = examples.data[examples.offset + i]!;
    if (Number.isFinite(value)) continue;
    throw new ArgumentError(
      'requireFinite',
      'dataset',
      value,
      `"${dataset.name}" has the value ${value} in row ${Math.floor(i / features)}, column ${i % features} ` +
        '(counted from 0). Models need finite numbers: leave the row out, or fill the gap.',
    );
  }
}

function requireExamples(
  operation: string,
  { name, examples, labels, imageShape }: Dataset,
): [number, number] {
  const [count, features] = examples.shape;
  if (count === undefined || features === undefined || examples.rank !== 2) {
    throw new ShapeError(
      operation,
      `the examples of "${name}" are ${formatShape(examples.shape)}, but need the 2 axes [count, features].`,
      { examples: examples.shape },
    );
  }
  if (labels && (labels.rank !== 1 || labels.shape[0] !== count)) {
    throw new ShapeError(
      operation,
      `"${name}" has labels ${formatShape(labels.shape)} for examples ${formatShape(examples.shape)}; ` +
        `one label an example would be [${count}].`,
      { examples: examples.shape, labels: labels.shape },
    );
  }
  if (imageShape && imageShape[0] * imageShape[1] !== features) {
    throw new ShapeError(
      operation,
      `"${name}" has pictures of ${imageShape[0]} × ${imageShape[1]} = ${imageShape[0] * imageShape[1]} pixels, ` +
        `but ${features} features an example.`,
      { examples: examples.shape, imageShape },
    );
  }
  return [count, features];
}
