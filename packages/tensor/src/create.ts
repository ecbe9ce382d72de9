import { allocate, type DType, dtypeOf, type NumericArray } from './dtype.ts';
import { ArgumentError, ShapeError } from './errors.ts';
import { formatShape, requireShape, type Shape, sizeOf } from './shape.ts';
import { type NestedArray, Tensor } from './tensor.ts';

export interface CreateOptions {
  /** Element type; float32 unless told. int32 truncates. */
  readonly dtype?: DType;
}

/** A tensor from a number or nested arrays: `tensor([[1, 2], [3, 4]])`. @throws ShapeError when rows differ in length. */
export function tensor(values: NestedArray, { dtype = 'float32' }: CreateOptions = {}): Tensor {
  const shape: number[] = [];
  for (let level = values; typeof level !== 'number'; level = level[0]!) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const data = allocate(dtype, sizeOf(shape));
  let next = 0;
  const write = (level: NestedArray, depth: number): void => {
    if (typeof level === 'number') {
      if (depth !== shape.length) throw raggedError(shape, depth, 'is a number');
      data[next++] = level;
    } else {
      if (level.length !== shape[depth]) throw raggedError(shape, depth, `has length ${level.length}`);
      for (const inner of level) write(inner, depth + 1);
    }
  };
  write(values, 0);
  return Tensor.wrap(data, shape);
}

function raggedError(shape: Shape, depth: number, found: string): ShapeError {
  return new ShapeError(
    'tensor',
    `nested arrays are ragged: the first entries suggest ${formatShape(shape)}, but an entry at depth ${depth} ${found}.`,
    { suggested: shape },
  );
}

/** Wraps a typed array without copying; later changes to the array show in the tensor. */
export function fromTypedArray(data: NumericArray, shape: Shape = [data.length]): Tensor {
  requireShape('fromTypedArray', shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      'fromTypedArray',
      `${data.length} elements (${dtypeOf(data)}) do not fill shape ${formatShape(shape)}, which needs ${sizeOf(shape)}.`,
      { data: [data.length], shape },
    );
  }
  return Tensor.wrap(data, shape);
}

export function full(shape: Shape, value: number, options?: CreateOptions): Tensor {
  return filled('full', shape, value, options);
}

export function zeros(shape: Shape, options?: CreateOptions): Tensor {
  return filled('zeros', shape, 0, options);
}

export function ones(shape: Shape, options?: CreateOptions): Tensor {
  return filled('ones', shape, 1, options);
}

function filled(
  operation: string,
  shape: Shape,
  value: number,
  { dtype = 'float32' }: CreateOptions = {},
): Tensor {
  requireShape(operation, shape);
  return Tensor.wrap(allocate(dtype, sizeOf(shape)).fill(value), shape);
}

/** A tensor without axes. */
export function scalar(value: number, options?: CreateOptions): Tensor {
  return full([], value, options);
}

/** start, start + step, … below stop. `arange(5)` counts 0 to 4. @throws ArgumentError on a step of 0. */
export function arange(
  start: number,
  stop?: number,
  step = 1,
  { dtype = 'float32' }: CreateOptions = {},
): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (!(step !== 0 && Number.isFinite(from) && Number.isFinite(to) && Number.isFinite(step))) {
    throw new ArgumentError(
      'arange',
      'step',
      step,
      `start ${from}, stop ${to} and step ${step} must be finite, and step not 0.`,
    );
  }
  let length = Math.max(0, Math.ceil((to - from) / step));
  // The quotient may round up past a whole number: (1.3 - 1) / 0.1 is a little over 3.
  const reached = from + (length - 1) * step;
  if (length > 0 && (step > 0 ? reached >= to : reached <= to)) length--;
  return Tensor.wrap(
    allocate(dtype, length).map((_, i) => from + i * step),
    [length],
  );
}

/** `count` evenly spaced numbers from start to stop, both included. @throws ArgumentError unless they are finite. */
export function linspace(
  start: number,
  stop: number,
  count: number,
  { dtype = 'float32' }: CreateOptions = {},
): Tensor {
  requireShape('linspace', [count]);
  if (!Number.isFinite(stop - start)) {
    const argument = Number.isFinite(start) ? 'stop' : 'start';
    throw new ArgumentError(
      'linspace',
      argument,
      argument === 'stop' ? stop : start,
      `start ${start} and stop ${stop} must be finite, and so must their distance.`,
    );
  }
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  return Tensor.wrap(
    allocate(dtype, count).map((_, i) => (i === count - 1 && count > 1 ? stop : start + i * step)),
    [count],
  );
}

/** Ones on the diagonal of a [rows, columns] matrix. */
export function eye(rows: number, columns = rows, { dtype = 'float32' }: CreateOptions = {}): Tensor {
  const matrix = filled('eye', [rows, columns], 0, { dtype });
  for (let i = 0; i < Math.min(rows, columns); i++) matrix.data[i * columns + i] = 1;
  return matrix;
}
