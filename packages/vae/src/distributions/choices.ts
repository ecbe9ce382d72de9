import { noGrad, softmax, type Variable } from '@reparam/autograd';
import { fromTypedArray, type RandomKey, type Shape, type Tensor, uniform } from '@reparam/tensor';

/**
 * Numbers 0 … C − 1 drawn with the probabilities softmax(logits), by inversion of their sums: logits [...batch, C]
 * give int32 [...sampleShape, ...batch].
 */
export function drawChoices(key: RandomKey, logits: Variable, sampleShape: Shape): Tensor {
  const probabilities = noGrad(() => softmax(logits)).value;
  const weights = probabilities.toTypedArray();
  const count = logits.shape.at(-1)!;
  const shape = [...sampleShape, ...logits.shape.slice(0, -1)];
  const thresholds = uniform(key, shape, { dtype: 'float64' }).toTypedArray();
  const chosen = Int32Array.from(thresholds, (threshold, i) => {
    const start = (i * count) % weights.length;
    let remaining = threshold;
    for (let k = 0; k < count - 1; k++) {
      remaining -= weights[start + k]!;
      if (remaining < 0) return k;
    }
    return count - 1;
  });
  return fromTypedArray(chosen, shape);
}
