import {
  ArgumentError,
  argsort as argsortTensor,
  formatShape,
  normalizeAxis,
  type ReduceOptions,
  requireFloating,
  type SortOptions,
  tensor,
} from '@reparam/tensor';
import { shiftAxis } from '../batching.ts';
import {
  documented,
  identify,
  type Kink,
  type OperationRecord,
  type Rules,
  type Sample,
  withoutGradient,
} from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, type Variable } from '../variable.ts';
import { add, equal, mul, where } from './elementwise.ts';
import { takeAlongAxis } from './indexing.ts';
import {
  finish,
  gatherReduced,
  reduction,
  reductionSamples,
  requireElements,
  resolve,
  weigh,
} from './reductions/reduced.ts';
import { cube, kink, matrix, sample } from './samples.ts';
import { sliceAxis } from './slice-axis.ts';

function ordering<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
  kinks: readonly Kink[] = [],
): OperationRecord {
  return { ...identify(source), kind: 'indexing', formula, domain: 'all reals', kinks, samples };
}

interface Order {
  readonly axis: number;
  readonly descending: boolean;
}

const argsortRules: Rules<Order> = {
  name: 'argsort',
  forward: ([x], order) => argsortTensor(x!, order),
  batch: ([x], order) => apply(argsortRules, [x!.variable], { ...order, axis: shiftAxis(order.axis) }),
  ...withoutGradient,
};

function resolveOrder(operation: string, x: Variable, { axis = -1, descending = false }: SortOptions): Order {
  return { axis: normalizeAxis(operation, axis, x.shape), descending };
}

/**
 * The int32 positions along an axis (the last unless told) that put it in order, from the smallest up unless
 * `descending`. Equal elements keep their order, either way; NaN counts as larger than all numbers. It carries no
 * gradient. @throws AxisError.
 */
export const argsort = documented(
  (x: Operand, options: SortOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(argsortRules, [operand], resolveOrder('argsort', operand, options));
  },
  (f) =>
    ordering(argsortRules, 'π with x[π₀] ≤ x[π₁] ≤ …', [
      sample((x) => weigh(x!, f(x!)), matrix),
      sample((x) => weigh(x!, f(x!, { axis: 0, descending: true })), matrix),
    ]),
);

/** Tells the sorted entries apart. */
const weights = tensor([1, 2, 4], { dtype: 'float64' });

/**
 * The elements along an axis (the last unless told) in order, from the smallest up unless `descending`. Each
 * cotangent goes back to where its element came from; equal elements keep their order. NaN counts as larger than
 * all numbers. @throws AxisError.
 */
export const sort = documented(
  (x: Operand, options: SortOptions = {}): Variable => {
    const operand = toVariable(x);
    const order = resolveOrder('sort', operand, options);
    return takeAlongAxis(operand, argsort(operand, order), order.axis);
  },
  (f) =>
    ordering(
      'sort',
      'y[i] = x[argsort(x)[i]]',
      [
        sample((x) => f(x!), matrix),
        sample((x) => f(x!, { axis: 0, descending: true }), matrix),
        sample((x) => f(x!, { axis: 1 }), cube),
      ],
      [
        kink((x) => mul(f(x!), weights), [[2, 1, 2]], [[2, 1, 4]]),
        kink((x) => mul(f(x!, { descending: true }), weights), [[2, 1, 2]], [[1, 4, 2]]),
      ],
    ),
);

export interface TopKOptions {
  /** The axis to pick from, negative from the end; the last unless told. */
  readonly axis?: number;
  /** The k largest, or else the k smallest elements; the largest unless told. */
  readonly largest?: boolean;
}

/**
 * The k largest elements along an axis (the last unless told), or the smallest, extreme ones first, and their int32
 * positions. Of equal elements the first are taken; NaN counts as larger than all numbers.
 * @throws ArgumentError unless k is a whole number from 0 to the length of the axis, AxisError.
 */
export const topK = documented(
  (
    x: Operand,
    k: number,
    { axis = -1, largest = true }: TopKOptions = {},
  ): { values: Variable; indices: Variable } => {
    const operand = toVariable(x);
    const order = resolveOrder('topK', operand, { axis, descending: largest });
    const length = operand.shape[order.axis]!;
    if (!(Number.isInteger(k) && k >= 0 && k <= length)) {
      throw new ArgumentError(
        'topK',
        'k',
        k,
        `k is ${k}, but axis ${order.axis} of x ${formatShape(operand.shape)} offers 0 to ${length} elements.`,
      );
    }
    const indices = sliceAxis(argsort(operand, order), order.axis, [0, k]);
    return { values: takeAlongAxis(operand, indices, order.axis), indices };
  },
  (f) =>
    ordering(
      'topK',
      'sort(x, descending)[0 … k - 1]',
      [
        sample((x) => f(x!, 2).values, matrix),
        sample((x) => f(x!, 1, { axis: 0, largest: false }).values, matrix),
      ],
      [kink((x) => f(x!, 1).values, [[1, 3, 3]], [[0, 1, 0]])],
    ),
);

/**
 * The element in the middle along `axes` (all of them unless told), for an even count the mean of the two in the
 * middle; NaN if there is one. Of equal elements, those that a stable sort puts in the middle get the cotangent.
 * @throws ShapeError for that of no elements, DTypeError.
 */
export const median = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('median', 'x', operand.dtype);
    const reduced = resolve('median', operand, options);
    requireElements('median', 'median', operand, reduced.axes);
    const sorted = sort(gatherReduced(operand, reduced.axes));
    const last = sorted.shape.at(-1)! - 1;
    const at = (position: number): Variable => sliceAxis(sorted, sorted.rank - 1, [position, position + 1]);
    const middle = add(mul(at(Math.floor(last / 2)), 0.5), mul(at(Math.ceil(last / 2)), 0.5));
    // NaN goes last, and is not equal to itself.
    return finish(where(equal(at(last), at(last)), middle, at(last)), operand, reduced);
  },
  (f) =>
    reduction(
      'median',
      '(sort(x)[⌊(n-1)/2⌋] + sort(x)[⌈(n-1)/2⌉]) / 2',
      reductionSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [[5, 2, 2, 2, 1]], [[0, 0, 1, 0, 0]])],
    ),
);
