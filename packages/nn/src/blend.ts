import { scalarFunctions as f, input, map, scalar, type Tensor } from '@reparam/tensor';

const formula = f.add(input(0), f.multiply(input(2), f.subtract(input(1), input(0))));

/** average + share·(value − average): one step of an exponential moving average. */
export function blend(operation: string, average: Tensor, value: Tensor, share: number | Tensor): Tensor {
  const weight = typeof share === 'number' ? scalar(share, { dtype: average.dtype }) : share;
  return map(formula, [average, value, weight], operation);
}
