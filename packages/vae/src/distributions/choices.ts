import { cast, cumsum, noGrad, softmax, type Variable } from '@reparam/autograd';
import {
  scalarFunctions as f,
  input,
  map,
  type RandomKey,
  reduce,
  type Shape,
  type Tensor,
  uniform,
} from '@reparam/tensor';

/** 1 where a threshold is not below the probability of all choices so far, else 0. */
const isBeyond = f.logicalNot(f.less(input(0), input(1)));

/**
 * Numbers 0 … C − 1 drawn with the probabilities softmax(logits), by inversion of their sums: logits [...batch, C]
 * give int32 [...sampleShape, ...batch].
 */
export function drawChoices(key: RandomKey, logits: Variable, sampleShape: Shape): Tensor {
  const sums = noGrad(() => cumsum(cast(softmax(logits), 'float64'), { axis: -1 })).value;
  const others = sums.slice([...sums.shape.slice(0, -1).map(() => null), [0, -1]]);
  const thresholds = uniform(key, [...sampleShape, ...logits.shape.slice(0, -1), 1], { dtype: 'float64' });
  return reduce('sum', map(isBeyond, [thresholds, others]), { axes: -1 }).cast('int32');
}
