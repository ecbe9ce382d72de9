import { allocate, type DType } from '../../dtype.ts';
import { sliceLayout } from '../../layout.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Placement } from '../backend.ts';
import { coalesce, forEachRow } from './iterate.ts';

export function copy(placements: readonly Placement[], shape: Shape, dtype: DType, fill: number): Tensor {
  const out = Tensor.wrap(allocate(dtype, sizeOf(shape)), shape);
  if (fill !== 0) out.data.fill(fill);
  for (const { source, window } of placements) {
    const target = sliceLayout(out, window);
    const from = source.data;
    const walk = coalesce(source.shape, [target.strides, source.strides]);
    forEachRow(walk, [target.offset, source.offset], ([o, p], count, [outStride, stride]) => {
      if (outStride === 1 && stride === 1) out.data.set(from.subarray(p, p! + count), o);
      else for (let i = 0; i < count; i++) out.data[o! + i * outStride!] = from[p! + i * stride!]!;
    });
  }
  return out;
}
