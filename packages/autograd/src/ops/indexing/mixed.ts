import {
  ArgumentError,
  AxisError,
  broadcastShapes,
  contiguousLayout,
  formatShape,
  type Shape,
  ShapeError,
  type SliceRange,
  sameShape,
  sizeOf,
  Tensor,
} from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, Variable } from '../../variable.ts';
import { add, mul } from '../elementwise.ts';
import { permute, reshape } from '../movement/shape.ts';
import { slice } from '../movement/slice.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { gather } from './gather.ts';
import { type BooleanArray, maskFrom, positionsOfOnes } from './mask.ts';
import { countFromStart, toIndices } from './positions.ts';
import { indexing } from './record.ts';

/**
 * What to take of the next axis: a position, a range [start, stop, step?] or null for all of it, as in slice, or
 * positions (an Int32Array, an int32 tensor or variable). A mask (nested booleans, or a float32 or float64 tensor or
 * variable of 0 and 1) stands for as many axes as it has.
 */
export type IndexSpec = SliceRange | Int32Array | Tensor | Variable | BooleanArray;

/** What is taken of one axis. */
type Choice = SliceRange | Variable;

function isMask(spec: unknown): spec is BooleanArray {
  return Array.isArray(spec) && (typeof spec[0] === 'boolean' || isMask(spec[0]));
}

/** The choices of one spec, which stands at the given axis: one, or as many as a mask has axes. */
function resolve(spec: IndexSpec, axis: number, shape: Shape): Choice[] {
  if (spec === null || typeof spec === 'number') return [spec];
  if (spec instanceof Int32Array) return [toIndices('index', spec)];
  if (isMask(spec)) return resolveMask(maskFrom(spec), axis, shape);
  if (spec instanceof Tensor || spec instanceof Variable) {
    const positions = toVariable(spec);
    return positions.dtype === 'int32' ? [positions] : resolveMask(positions.value, axis, shape);
  }
  if (spec.length === 2 || spec.length === 3) return [spec as SliceRange];
  throw new ArgumentError(
    'index',
    'specs',
    spec,
    `a plain array is a range [start, stop] or [start, stop, step], or booleans, but for axis ${axis} of ` +
      `${formatShape(shape)} there is ${JSON.stringify(spec)}. Give positions as an Int32Array or int32 tensor.`,
  );
}

/** The result's shape depends on a mask's values, so they are read here: masks are constants. */
function resolveMask(mask: Tensor, axis: number, shape: Shape): Choice[] {
  if (mask.rank === 0 || !sameShape(mask.shape, shape.slice(axis, axis + mask.rank))) {
    throw new ShapeError(
      'index',
      `the mask ${formatShape(mask.shape)} stands at axis ${axis} of x ${formatShape(shape)}, and needs the lengths ` +
        'of as many of its axes from there, at least one.',
      { mask: mask.shape, x: shape },
    );
  }
  return positionsOfOnes('index', mask).map((positions) => new Variable(positions));
}

function resolveAll(specs: readonly IndexSpec[], shape: Shape): Choice[] {
  const choices: Choice[] = [];
  for (const spec of specs) choices.push(...resolve(spec, choices.length, shape));
  if (choices.length > shape.length) {
    throw new AxisError(
      'index',
      `the specs stand for ${choices.length} axes, but the rank of ${formatShape(shape)} is ${shape.length}.`,
      shape.length,
      shape,
    );
  }
  return shape.map((_, axis) => choices[axis] ?? null);
}

/**
 * Indexing as in NumPy, one spec an axis: `x.index(0, [1, null], new Int32Array([2, 0, 2]))`; axes without a spec are
 * kept whole. Positions given as arrays broadcast together and pick one entry each: x.index(i, j)[n] = x[i[n], j[n]].
 * Beside arrays, single positions count as arrays without axes. The axes of the arrays' common shape stand where the
 * first of them stood if they are all next to each other, and otherwise come first. A mask stands for the positions
 * of its ones: x.index(mask) is [count, ...rest]. Negative positions count from the end.
 * @throws IndexError, ShapeError for arrays that do not broadcast and for masks that do not fit, AxisError for specs
 * of more axes than there are, ArgumentError.
 */
export const index = documented(
  (x: Operand, ...specs: IndexSpec[]): Variable => {
    const operand = toVariable(x);
    const { shape } = operand;
    const choices = resolveAll(specs, shape);
    const isRange = (choice: Choice): choice is SliceRange => !(choice instanceof Variable);
    if (choices.every(isRange)) return slice(operand, choices);

    const picks = choices.flatMap((choice, axis) => {
      if (choice instanceof Variable) return [{ axis, indices: choice }];
      return typeof choice === 'number' ? [{ axis, indices: toIndices('index', choice) }] : [];
    });
    const advanced = picks.map(({ axis }) => axis);
    const ranges = choices.map((choice, axis) => (advanced.includes(axis) ? null : (choice as SliceRange)));
    const kept = shape.flatMap((_, axis) => (advanced.includes(axis) ? [] : [axis]));
    const [first] = advanced;
    const together = advanced.every((axis, k) => axis === first! + k);
    const place = together ? first! : 0;

    // The picked axes are joined into one, and what is picked is a position in row-major order there.
    const ranged = ranges.some((range) => range !== null) ? slice(operand, ranges) : operand;
    const moved = permute(ranged, kept.toSpliced(place, 0, ...advanced));
    const lengths = advanced.map((axis) => shape[axis]!);
    const joined = reshape(moved, moved.shape.toSpliced(place, lengths.length, sizeOf(lengths)));
    return gather(joined, rowMajor(picks, shape), place);
  },
  (f) => {
    const positions = new Int32Array([2, -3, 2]);
    const rows = new Variable(Tensor.wrap(new Int32Array([1, 0]), [2, 1]));
    return indexing(
      'index',
      'y[n] = x[i[n], j[n], …]',
      [
        sample((x) => f(x!, -1, [null, null, -2]), matrix),
        sample((x) => f(x!, null, positions), matrix),
        sample((x) => f(x!, rows, positions), matrix),
        sample((x) => f(x!, rows, [1, null], new Int32Array([0, 1, -1])), cube),
        sample((x) => f(x!, 1, positions), cube),
        sample((x) => f(x!, [true, false, true]), vector),
        sample(
          (x) =>
            f(x!, null, [
              [true, false],
              [true, true],
              [false, false],
            ]),
          cube,
        ),
      ],
      'positions -n … n - 1; masks are constants',
    );
  },
);

interface Pick {
  readonly axis: number;
  readonly indices: Variable;
}

/** Positions in row-major order within the picked axes: Σₖ indices[k]·strides[k]. */
function rowMajor(picks: readonly Pick[], shape: Shape): Variable {
  broadcastShapes(
    'index',
    Object.fromEntries(picks.map(({ axis, indices }) => [`the array at axis ${axis}`, indices.shape])),
  );
  const { strides } = contiguousLayout(picks.map(({ axis }) => shape[axis]!));
  return picks
    .map(({ axis, indices }, k) => mul(countFromStart('index', indices, axis, shape), strides[k]!))
    .reduce((sum, term) => add(sum, term));
}
