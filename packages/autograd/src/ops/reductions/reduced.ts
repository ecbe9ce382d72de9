import {
  formatShape,
  normalizeAxes,
  type ReduceOptions,
  reducedShape,
  ShapeError,
  sizeOf,
} from '@reparam/tensor';
import { identify, type Kink, type OperationRecord, type Rules, type Sample } from '../../operation.ts';
import type { Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { cast, permute, reshape } from '../movement.ts';
import { cube, matrix, sample } from '../samples.ts';

/** Which axes are reduced, all counted from the start, and whether they stay with length 1. */
export interface Reduced {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The same reduction of every example of a batch that lies along a new first axis. */
export function ofWholeBatch({ axes, keepDims }: Reduced): Reduced {
  return { axes: axes.map((axis) => axis + 1), keepDims };
}

/** @throws AxisError on a missing or repeated axis. */
export function resolve(operation: string, x: Variable, { axes, keepDims = false }: ReduceOptions): Reduced {
  return { axes: normalizeAxes(operation, axes, x.shape), keepDims };
}

/** @throws ShapeError when a reduced axis has no elements; `what` of nothing does not exist. */
export function requireElements(operation: string, what: string, x: Variable, axes: readonly number[]): void {
  const empty = axes.find((axis) => x.shape[axis] === 0);
  if (empty === undefined) return;
  throw new ShapeError(
    operation,
    `x is ${formatShape(x.shape)}, and the ${what} over axis ${empty} of length 0 does not exist.`,
    { x: x.shape },
  );
}

/** How many elements fall together. */
export function reducedCount(x: Variable, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => x.shape[axis]!));
}

/** A reduced result with its axes of length 1 back, so that it broadcasts against the input. */
export function restore(reduced: Variable, x: Variable, { axes }: Pick<Reduced, 'axes'>): Variable {
  return reshape(reduced, reducedShape(x.shape, axes, true));
}

/** Leaves out the axes of length 1 that keepDims does not ask for. */
export function finish(result: Variable, x: Variable, { axes, keepDims }: Reduced): Variable {
  return reshape(result, reducedShape(x.shape, axes, keepDims));
}

/** The axes that are kept, then one that holds all elements which fall together: [...kept, count]. */
export function gatherReduced(x: Variable, axes: readonly number[]): Variable {
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const grouped = permute(x, [...kept, ...axes]);
  return reshape(grouped, [...kept.map((axis) => x.shape[axis]!), reducedCount(x, axes)]);
}

/** The record of an operation that makes a number of many. */
export function reduction<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
  kinks: readonly Kink[] = [],
): OperationRecord {
  return { ...identify(source), kind: 'reduction', formula, domain: 'all reals', kinks, samples };
}

/** The cases that go wrong: all axes, one axis without and with keepDims, several, a negative one. */
export function reductionSamples(run: (x: Variable, options: ReduceOptions) => Variable): Sample[] {
  return [
    sample((x) => run(x!, {}), matrix),
    sample((x) => run(x!, { axes: 0 }), matrix),
    sample((x) => run(x!, { axes: -1, keepDims: true }), matrix),
    sample((x) => run(x!, { axes: [0, 2] }), cube),
  ];
}

/** Whole numbers have no differences: to be checked, they weigh something that does. */
export function weigh(x: Variable, whole: Variable): Variable {
  return mul(x, cast(whole, x.dtype));
}
