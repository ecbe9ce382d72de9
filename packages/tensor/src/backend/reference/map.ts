import { allocate, type DType } from '../../dtype.ts';
import type { Expression } from '../../expression/expression.ts';
import { expandLayout } from '../../layout.ts';
import { type Shape, sameShape, sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import { coalesce, forEachRow } from './iterate.ts';
import { mapKernel } from './map-kernel.ts';

export function map(expression: Expression, inputs: readonly Tensor[], shape: Shape, dtype: DType): Tensor {
  const out = Tensor.wrap(allocate(dtype, sizeOf(shape)), shape);
  const kernel = mapKernel(expression, dtype);
  const arrays = inputs.map((input) => input.data);
  if (inputs.every((input) => sameShape(input.shape, shape) && input.isContiguous)) {
    const offsets = inputs.map((input) => input.offset);
    kernel(out.size, out.data, 0, arrays, offsets, unitStrides(inputs.length));
    return out;
  }
  const views = inputs.map((input) => expandLayout(input, shape));
  // The output goes last in the walk; the kernel takes its position apart from those of the inputs.
  const walk = coalesce(shape, [...views.map((view) => view.strides), out.strides]);
  const last = inputs.length;
  forEachRow(walk, [...views.map((view) => view.offset), 0], (positions, count, strides) => {
    kernel(count, out.data, positions[last]!, arrays, positions, strides);
  });
  return out;
}

const unitStridesByCount: (readonly number[])[] = [];

function unitStrides(count: number): readonly number[] {
  unitStridesByCount[count] ??= new Array<number>(count).fill(1);
  return unitStridesByCount[count];
}
