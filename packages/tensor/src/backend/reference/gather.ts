import { allocate, type NumericArray } from '../../dtype.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';

/** A row-major tensor seen as [lead, count, rest] around one axis. */
function around(shape: readonly number[], axis: number): { lead: number; count: number; rest: number } {
  return {
    lead: sizeOf(shape.slice(0, axis)),
    count: shape[axis]!,
    rest: sizeOf(shape.slice(axis + 1)),
  };
}

export function gather(source: Tensor, indices: Tensor, axis: number): Tensor {
  const { lead, count, rest } = around(source.shape, axis);
  const { data, offset } = source.contiguous();
  const positions = indices.toTypedArray();
  const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
  const out: NumericArray = allocate(source.dtype, sizeOf(shape));
  let o = 0;
  for (let l = 0; l < lead; l++) {
    for (const position of positions) {
      const p = offset + (l * count + position) * rest;
      if (rest === 1) out[o] = data[p]!;
      else out.set(data.subarray(p, p + rest), o);
      o += rest;
    }
  }
  return Tensor.wrap(out, shape);
}

export function scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const { lead, count, rest } = around(base.shape, axis);
  const positions = indices.toTypedArray();
  const { data, offset } = updates.contiguous();
  const out = base.toTypedArray();
  let p = offset;
  for (let l = 0; l < lead; l++) {
    for (const position of positions) {
      const o = (l * count + position) * rest;
      for (let r = 0; r < rest; r++) out[o + r]! += data[p++]!;
    }
  }
  return Tensor.wrap(out, base.shape);
}
