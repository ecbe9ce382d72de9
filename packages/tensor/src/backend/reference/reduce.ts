import { allocate, type NumericArray } from '../../dtype.ts';
import { reducedShape, sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Reduction } from '../backend.ts';
import { coalesce, forEachRow } from './iterate.ts';

/** A row of the source folded into accumulators: out stride 0 reduces the row, another combines it elementwise. */
type RowReducer = (
  count: number,
  accumulators: Float64Array,
  outPosition: number,
  outStride: number,
  source: NumericArray,
  position: number,
  stride: number,
) => void;

interface Folding {
  readonly start: number;
  readonly row: RowReducer;
}

// Each kind spells its loop out, because a call for every element would cost more than the arithmetic.
const foldings: Readonly<Record<Reduction, Folding>> = {
  sum: {
    start: 0,
    row: (count, accumulators, o, outStride, source, p, stride) => {
      if (outStride === 0) {
        let sum = accumulators[o]!;
        for (let i = 0; i < count; i++) sum += source[p + i * stride]!;
        accumulators[o] = sum;
      } else {
        for (let i = 0; i < count; i++) accumulators[o + i * outStride]! += source[p + i * stride]!;
      }
    },
  },
  product: {
    start: 1,
    row: (count, accumulators, o, outStride, source, p, stride) => {
      for (let i = 0; i < count; i++) accumulators[o + i * outStride]! *= source[p + i * stride]!;
    },
  },
  maximum: {
    start: -Infinity,
    row: (count, accumulators, o, outStride, source, p, stride) => {
      for (let i = 0; i < count; i++) {
        const position = o + i * outStride;
        accumulators[position] = Math.max(accumulators[position]!, source[p + i * stride]!);
      }
    },
  },
  minimum: {
    start: Infinity,
    row: (count, accumulators, o, outStride, source, p, stride) => {
      for (let i = 0; i < count; i++) {
        const position = o + i * outStride;
        accumulators[position] = Math.min(accumulators[position]!, source[p + i * stride]!);
      }
    },
  },
};

export function reduce(kind: Reduction, source: Tensor, axes: readonly number[]): Tensor {
  const { start, row } = foldings[kind];
  const shape = reducedShape(source.shape, axes, true);
  const accumulators = new Float64Array(sizeOf(shape)).fill(start);
  // The output as a view of the source's shape: it stands still along the reduced axes.
  const { strides } = Tensor.wrap(accumulators, shape);
  const outStrides = strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const walk = coalesce(source.shape, [outStrides, source.strides]);
  forEachRow(walk, [0, source.offset], ([o, p], count, [outStride, stride]) => {
    row(count, accumulators, o!, outStride!, source.data, p!, stride!);
  });
  return Tensor.wrap(source.dtype === 'float64' ? accumulators : allocate(source.dtype, accumulators), shape);
}
