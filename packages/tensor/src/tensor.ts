import type { DType, NumericArray } from './dtype.ts';
import { ShapeError } from './errors.ts';
import {
  contiguousLayout,
  expandLayout,
  isContiguous,
  type Layout,
  permuteLayout,
  reshapeLayout,
  resolveReshape,
  resolveSlice,
  type SliceRange,
  sliceLayout,
} from './layout.ts';
import { cast, contiguous } from './primitives.ts';
import { formatTensor } from './print.ts';
import { formatShape, normalizeAxis, type Shape, sizeOf } from './shape.ts';
import { dtypeOfElements, type Elements, Storage } from './storage.ts';

export type NestedArray = number | readonly NestedArray[];

/**
 * A strided view over one typed array. Tensors are values: no operation changes its inputs, and views
 * (permute, transpose, expand, slice, and reshape where the strides allow) share their data.
 */
export class Tensor implements Layout {
  /** What this is a view of: an array, or what stands for one that is elsewhere. */
  readonly elements: Elements;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  readonly dtype: DType;

  constructor(elements: Elements, layout: Layout) {
    this.elements = elements;
    this.shape = layout.shape;
    this.strides = layout.strides;
    this.offset = layout.offset;
    this.dtype = dtypeOfElements(elements);
  }

  /** Wraps `data` as a row-major tensor without copying. The caller has checked the length. */
  static wrap(data: NumericArray, shape: Shape): Tensor {
    return new Tensor(data, contiguousLayout(shape));
  }

  /** The array. @throws where there is none in this process, saying how to read it. */
  get data(): NumericArray {
    const { elements } = this;
    return elements instanceof Storage ? elements.array() : elements;
  }

  /**
   * The same tensor with its elements in this process: those on a device are fetched, which takes a while. Others are
   * there already.
   */
  async read(): Promise<Tensor> {
    const { elements } = this;
    return elements instanceof Storage ? new Tensor(await elements.read(), this) : this;
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get isContiguous(): boolean {
    return isContiguous(this);
  }

  /** The same elements in row-major order under another shape; one length may be −1. A view where possible. */
  reshape(shape: Shape): Tensor {
    const resolved = resolveReshape(this.shape, shape);
    const layout = reshapeLayout(this, resolved);
    return layout
      ? new Tensor(this.elements, layout)
      : new Tensor(contiguous(this).elements, contiguousLayout(resolved));
  }

  /** Reorders the axes: axis i of the result is axis axes[i] of this. */
  permute(axes: readonly number[]): Tensor {
    return new Tensor(this.elements, permuteLayout(this, axes));
  }

  /** Swaps two axes, by default the last two. */
  transpose(first = -2, second = -1): Tensor {
    const axes = this.shape.map((_, axis) => axis);
    const a = normalizeAxis('transpose', first, this.shape);
    const b = normalizeAxis('transpose', second, this.shape);
    axes[a] = b;
    axes[b] = a;
    return this.permute(axes);
  }

  /** Repeats axes of length 1, and adds leading axes, to fill `shape`. */
  expand(shape: Shape): Tensor {
    return new Tensor(this.elements, expandLayout(this, shape));
  }

  /** One range an axis, see {@link SliceRange}: `x.slice([0, [2, 5], null, [null, null, -1]])`. */
  slice(ranges: readonly SliceRange[]): Tensor {
    const { dropped, ...window } = resolveSlice(this.shape, ranges);
    const sliced = new Tensor(this.elements, sliceLayout(this, window));
    if (dropped.length === 0) return sliced;
    return sliced.reshape(window.shape.filter((_, axis) => !dropped.includes(axis)));
  }

  /** This tensor if it is already row-major without gaps, else such a copy. */
  contiguous(): Tensor {
    return contiguous(this);
  }

  /** The elements converted to another type; floats going to int32 are truncated. */
  cast(dtype: DType): Tensor {
    return cast(this, dtype);
  }

  /** A fresh typed array of the elements in row-major order. */
  toTypedArray(): NumericArray {
    const { data, offset } = contiguous(this);
    return data.slice(offset, offset + this.size);
  }

  /** Nested plain arrays (a number for a scalar). */
  toArray(): NestedArray {
    return nest(this.toTypedArray(), this.shape);
  }

  /** The only element. @throws ShapeError when there is not exactly one. */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        'item',
        `a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one. ` +
          'Reduce it first (a sum or mean), or pick one with slice.',
        { input: this.shape },
      );
    }
    return this.data[this.offset]!;
  }

  toString(): string {
    return formatTensor(this);
  }

  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function nest(values: NumericArray, shape: Shape): NestedArray {
  if (shape.length === 0) return values[0]!;
  if (shape.length === 1) return Array.from(values);
  const [length, ...rest] = shape;
  const size = sizeOf(rest);
  return Array.from({ length: length! }, (_, i) => nest(values.subarray(i * size, (i + 1) * size), rest));
}
