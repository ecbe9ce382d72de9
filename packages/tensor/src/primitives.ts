import { backend, type Reduction } from './backend/backend.ts';
import { type DType, requireFloating, requireSameDType } from './dtype.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from './errors.ts';
import { type Expression, inputCount } from './expression/expression.ts';
import { isWhole } from './expression/functions.ts';
import { expandLayout, wholeWindow } from './layout.ts';
import {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  requireShape,
  type Shape,
  sameShape,
} from './shape.ts';
import { Storage } from './storage.ts';
import { Tensor } from './tensor.ts';

/** Names operands for messages: two are `a` and `b`, one is `x`. */
export function operandNames(count: number): string[] {
  return count === 1 ? ['x'] : Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));
}

function named<T>(values: readonly T[]): Record<string, T> {
  const names = operandNames(values.length);
  return Object.fromEntries(values.map((value, i) => [names[i]!, value]));
}

/**
 * Applies an elementwise formula to operands that broadcast against each other. `operation` names it in
 * errors. @throws ShapeError, DTypeError (also for int32 under a formula that makes fractions of whole numbers),
 * ArgumentError when the formula reads more inputs than there are.
 */
export function map(expression: Expression, inputs: readonly Tensor[], operation = 'map'): Tensor {
  const dtype = commonDType(operation, inputs);
  if (dtype === 'int32' && !isWhole(expression)) {
    requireFloating(operation, operandNames(inputs.length)[0]!, dtype);
  }
  if (inputs.length < inputCount(expression)) {
    throw new ArgumentError(
      operation,
      'inputs',
      inputs,
      `the formula reads ${inputCount(expression)} inputs, but is given ${inputs.length}.`,
    );
  }
  return backend().map(expression, inputs, commonShape(operation, inputs), dtype);
}

// Most operands agree already. Their names are put together only for those that do not: it would cost more than
// the arithmetic of a small tensor.
function commonDType(operation: string, inputs: readonly Tensor[]): DType {
  const first = inputs[0]?.dtype;
  if (first !== undefined && inputs.every(({ dtype }) => dtype === first)) return first;
  return requireSameDType(operation, named(inputs.map(({ dtype }) => dtype)));
}

function commonShape(operation: string, inputs: readonly Tensor[]): Shape {
  const first = inputs[0]?.shape;
  if (first !== undefined && inputs.every(({ shape }) => sameShape(shape, first))) return first;
  return broadcastShapes(operation, named(inputs.map(({ shape }) => shape)));
}

export interface ReduceOptions {
  /** Axes to reduce, negative from the end; all of them unless told. */
  readonly axes?: number | readonly number[];
  /** Whether reduced axes stay with length 1. */
  readonly keepDims?: boolean;
}

/** What a reduction of nothing gives; a maximum or minimum of nothing does not exist. */
const emptyReductions: Readonly<Record<Reduction, boolean>> = {
  sum: true,
  product: true,
  maximum: false,
  minimum: false,
};

/**
 * Adds, multiplies or compares along axes. `operation` names it in errors.
 * @throws AxisError on a bad axis, ShapeError for the maximum or minimum of no elements.
 */
export function reduce(
  kind: Reduction,
  x: Tensor,
  { axes, keepDims = false }: ReduceOptions = {},
  operation: string = kind,
): Tensor {
  const reduced = normalizeAxes(operation, axes, x.shape);
  const empty = reduced.find((axis) => x.shape[axis] === 0);
  if (empty !== undefined && !emptyReductions[kind]) {
    throw new ShapeError(
      operation,
      `x is ${formatShape(x.shape)}, and the ${kind} over axis ${empty} of length 0 does not exist.`,
      { x: x.shape },
    );
  }
  return backend()
    .reduce(kind, x, reduced)
    .reshape(reducedShape(x.shape, reduced, keepDims));
}

export interface MatmulOptions {
  /** Use a with its last two axes swapped. */
  readonly transposeA?: boolean;
  /** Use b with its last two axes swapped. */
  readonly transposeB?: boolean;
}

/**
 * Matrix product over the last two axes; the axes before them broadcast. [..., M, K] × [..., K, N] → [..., M, N].
 * @throws ShapeError when the inner dimensions differ, or an operand has fewer than two axes.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  requireFloating('matmul', 'a', requireSameDType('matmul', { a: a.dtype, b: b.dtype }));
  const shape = matmulShape(a.shape, b.shape, options);
  const batch = shape.slice(0, -2);
  const left = options.transposeA ? a.transpose() : a;
  const right = options.transposeB ? b.transpose() : b;
  return backend().matmul(expandBatch(left, batch), expandBatch(right, batch));
}

function expandBatch(x: Tensor, batch: Shape): Tensor {
  return new Tensor(x.elements, expandLayout(x, [...batch, ...x.shape.slice(-2)]));
}

/** The shape rule of {@link matmul}, with its errors. */
export function matmulShape(
  a: Shape,
  b: Shape,
  { transposeA = false, transposeB = false }: MatmulOptions,
): number[] {
  if (a.length < 2 || b.length < 2) {
    const [name, shape] = a.length < 2 ? ['a', a] : ['b', b];
    throw new ShapeError(
      'matmul',
      `${name} is ${formatShape(shape)}, but needs at least two axes. For a vector use reshape([1, -1]) ` +
        `(a row) or reshape([-1, 1]) (a column). The operands are a ${formatShape(a)} and b ${formatShape(b)}.`,
      { a, b },
    );
  }
  const innerA = transposeA ? -2 : -1;
  const innerB = transposeB ? -1 : -2;
  if (a.at(innerA) !== b.at(innerB)) throw innerDimensionError(a, b, { transposeA, transposeB });
  const batch = broadcastShapes('matmul', { a, b }, 2);
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

function innerDimensionError(
  a: Shape,
  b: Shape,
  { transposeA, transposeB }: Required<MatmulOptions>,
): ShapeError {
  const [axisA, otherA] = transposeA ? [-2, -1] : [-1, -2];
  const [axisB, otherB] = transposeB ? [-1, -2] : [-2, -1];
  const fact = (name: string, shape: Shape, axis: number): string =>
    `${name} is ${formatShape(shape)} (axis ${shape.length + axis} = ${shape.at(axis)})`;
  const suggest = (options: Required<MatmulOptions>): string => {
    const wanted = Object.entries(options).flatMap(([name, on]) => (on ? [`${name}: true`] : []));
    return ` Did you mean matmul(a, b${wanted.length > 0 ? `, { ${wanted.join(', ')} }` : ''})?`;
  };
  let hint = ' The two lengths must be equal.';
  // The other axis of one of them would fit: most likely a transpose is missing, or is one too many.
  if (b.at(otherB) === a.at(axisA)) hint = suggest({ transposeA, transposeB: !transposeB });
  else if (a.at(otherA) === b.at(axisB)) hint = suggest({ transposeA: !transposeA, transposeB });
  return new ShapeError(
    'matmul',
    `inner dimensions differ: ${fact('a', a, axisA)} but ${fact('b', b, axisB)}.${hint}`,
    { a, b },
  );
}

/**
 * Picks entries along one axis: [...lead, count, ...rest] at int32 indices of any shape gives
 * [...lead, ...indices, ...rest]. @throws IndexError on an index outside 0 … count − 1, DTypeError.
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const resolved = normalizeAxis('gather', axis, x.shape);
  requireIndices('gather', indices, resolved, x.shape);
  return backend().gather(x, indices, resolved);
}

/**
 * A copy of `base` with `updates` [...lead, ...indices, ...rest] added at `indices` of one axis; indices that
 * repeat add up. The adjoint of {@link gather}. @throws ShapeError, IndexError, DTypeError.
 */
export function scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  const resolved = normalizeAxis('scatterAdd', axis, base.shape);
  requireSameDType('scatterAdd', { base: base.dtype, updates: updates.dtype });
  requireIndices('scatterAdd', indices, resolved, base.shape);
  const wanted = [...base.shape.slice(0, resolved), ...indices.shape, ...base.shape.slice(resolved + 1)];
  if (!sameShape(wanted, updates.shape)) {
    throw new ShapeError(
      'scatterAdd',
      `updates is ${formatShape(updates.shape)}, but base ${formatShape(base.shape)} with indices ` +
        `${formatShape(indices.shape)} at axis ${resolved} needs ${formatShape(wanted)}.`,
      { base: base.shape, indices: indices.shape, updates: updates.shape },
    );
  }
  return backend().scatterAdd(base, indices, updates, resolved);
}

function requireIndices(operation: string, indices: Tensor, axis: number, shape: Shape): void {
  if (indices.dtype !== 'int32') {
    throw new DTypeError(
      operation,
      `indices are ${indices.dtype}, but need to be int32. Use indices.cast('int32').`,
      { indices: indices.dtype },
    );
  }
  // Those that are not in this process are checked where they are.
  if (indices.elements instanceof Storage) return;
  const length = shape[axis]!;
  const bad = indices.toTypedArray().find((index) => index < 0 || index >= length);
  if (bad !== undefined) {
    throw new IndexError(
      operation,
      `index ${bad} is outside axis ${axis} of ${formatShape(shape)}: ` +
        (length === 0 ? 'the axis has no elements.' : `indices run from 0 to ${length - 1}.`),
      bad,
      axis,
      shape,
    );
  }
}

/** This tensor if it is already row-major without gaps, else such a copy. */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous ? x : copyOf(x, x.dtype);
}

/** The elements as another type; a copy unless the type is the same. Floats going to int32 are truncated. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : copyOf(x, dtype);
}

function copyOf(source: Tensor, dtype: DType): Tensor {
  return backend().copy([{ source, window: wholeWindow(source.shape) }], source.shape, dtype, 0);
}

/**
 * A tensor of `fill` with each source written into its window: element i of axis k of the source lands at
 * start[k] + i·step[k]. The adjoint of slicing, and what concatenating and padding are made of.
 * @throws ShapeError when a source has another number of axes, ArgumentError when a window leaves the shape.
 */
export function place(
  placements: readonly { source: Tensor; start: readonly number[]; step?: readonly number[] }[],
  shape: Shape,
  { dtype, fill = 0 }: { dtype: DType; fill?: number },
): Tensor {
  requireShape('place', shape);
  const resolved = placements.map(({ source, start, step = shape.map(() => 1) }) => {
    if (source.rank !== shape.length) {
      throw new ShapeError(
        'place',
        `a source is ${formatShape(source.shape)}, but needs as many axes as the result ${formatShape(shape)}. ` +
          'Reshape it first.',
        { source: source.shape, shape },
      );
    }
    source.shape.forEach((length, axis) => {
      const last = start[axis]! + (length - 1) * step[axis]!;
      const outside = [start[axis]!, last].find((edge) => !(edge >= 0 && edge < shape[axis]!));
      if (length > 0 && outside !== undefined) {
        throw new ArgumentError(
          'place',
          'start',
          start,
          `a source ${formatShape(source.shape)} reaches position ${outside} on axis ${axis} of ${formatShape(shape)}.`,
        );
      }
    });
    return { source, window: { start, step, shape: source.shape } };
  });
  return backend().copy(resolved, shape, dtype, fill);
}
