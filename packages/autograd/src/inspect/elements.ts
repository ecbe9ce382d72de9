import { dtypes, type NumericArray, type Shape, type Tensor } from '@reparam/tensor';

/** The elements in row-major order; not to be written to. */
function elements(tensor: Tensor): NumericArray {
  const { data, offset } = tensor.contiguous();
  return data.subarray(offset, offset + tensor.size);
}

/** The index of the first element that passes a test of floating-point numbers. */
export function findElement(tensor: Tensor, test: (value: number) => boolean): readonly number[] | undefined {
  if (!dtypes[tensor.dtype].floating) return undefined;
  const position = elements(tensor).findIndex(test);
  return position < 0 ? undefined : unravel(position, tensor.shape);
}

function unravel(position: number, shape: Shape): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    })
    .reverse();
}

/** The element that broadcasting pairs with an index: shapes line up at the last axis, lengths of 1 repeat. */
export function elementAt(tensor: Tensor, index: readonly number[]): number {
  const lead = index.length - tensor.rank;
  const position = tensor.shape.reduce(
    (sum, length, axis) => sum + (length === 1 ? 0 : index[lead + axis]! * tensor.strides[axis]!),
    tensor.offset,
  );
  return tensor.data[position]!;
}
