import { type NestedArray, RandomKey, ReparamError, Tensor, tensor } from '@reparam/tensor';
import type { Differentiable } from '../transforms.ts';
import { type Measurement, measure, type Reading, readings, relativeError } from './readings.ts';
import { projectedGradients } from './second-order.ts';

export interface CheckOptions {
  /** Largest error allowed; 1e-9 for first and 1e-7 for second order unless told. */
  readonly tolerance?: number;
  /** 1 checks the gradient, 2 the gradient of the gradient. */
  readonly order?: 1 | 2;
  /** Seeds the random projections of large functions. */
  readonly seed?: number;
  /** Whether a failure throws (unless told otherwise) or is only reported. */
  readonly onFailure?: 'throw' | 'report';
}

/** One comparison: a derivative of the output along a direction, by our rules and by differences. */
export interface Comparison {
  readonly mode: 'reverse' | 'forward';
  /** Which direction of the inputs and which projection of the output. */
  readonly where: string;
  readonly derived: number;
  readonly difference: number;
  readonly error: number;
}

export interface GradientReport {
  readonly ok: boolean;
  readonly order: 1 | 2;
  readonly tolerance: number;
  /** How many numbers were compared. */
  readonly comparisons: number;
  readonly worst: Comparison;
  /** Largest |⟨v, JVP u⟩ − ⟨VJP v, u⟩|, relative like the errors. */
  readonly adjointness: number;
}

/** Gradients that disagree with finite differences. */
export class GradientCheckError extends ReparamError {
  readonly report: GradientReport;

  constructor(report: GradientReport) {
    const { worst, tolerance, order, adjointness } = report;
    super(
      'checkGradients',
      `order ${order}: the ${worst.mode} derivative at ${worst.where} is ${worst.derived}, but differences give ` +
        `${worst.difference} (error ${worst.error.toExponential(2)}, allowed ${tolerance.toExponential(0)}; ` +
        `forward against reverse ${adjointness.toExponential(2)}).`,
    );
    this.report = report;
  }
}

/** Largest errors allowed, relative to max(1, |a|, |b|). */
const defaultTolerance = { 1: 1e-9, 2: 1e-7 } as const;
export const adjointTolerance = 1e-12;

/**
 * Compares the derivatives of `fn` at `inputs` with fourth-order central differences in double precision:
 * reverse mode and forward mode against differences, and against each other (adjointness, to 1e-12). Small
 * functions are checked by their full Jacobian, large ones by random projections. Errors are
 * |a − b| / max(1, |a|, |b|).
 *
 * ```ts
 * checkGradients((x) => x.tanh().sum(), [[0.3, -1.2]]);
 * ```
 * @throws GradientCheckError when an error exceeds the tolerance (or return the report: `onFailure: 'report'`).
 */
export function checkGradients(
  fn: Differentiable,
  inputs: readonly (NestedArray | Tensor)[],
  { order = 1, tolerance = defaultTolerance[order], seed = 0, onFailure = 'throw' }: CheckOptions = {},
): GradientReport {
  const { measurement, ways } = prepareCheck(fn, inputs, { order, seed });
  const report = summarize(order, tolerance, ways, measurement);
  if (!report.ok && onFailure === 'throw') throw new GradientCheckError(report);
  return report;
}

/** A function measured by differences, and the ways in which our rules compute the same function. */
export interface PreparedCheck {
  readonly measurement: Measurement;
  readonly ways: readonly { readonly remark: string; readonly fn: Differentiable }[];
}

/** Takes the differences of a check; what they are compared with is worked out later. */
export function prepareCheck(
  fn: Differentiable,
  inputs: readonly (NestedArray | Tensor)[],
  { order, seed = 0 }: { readonly order: 1 | 2; readonly seed?: number },
): PreparedCheck {
  const key = RandomKey.fromSeed(seed);
  const point = inputs.map((input) =>
    input instanceof Tensor ? input.cast('float64') : tensor(input, { dtype: 'float64' }),
  );
  if (order === 1) {
    return { measurement: measure(fn, point, key.foldIn(2)), ways: [{ remark: '', fn }] };
  }
  const { byReverse, byForward } = projectedGradients(fn, point, key.foldIn(1));
  return {
    measurement: measure(byReverse, point, key.foldIn(2)),
    ways: [
      { remark: '', fn: byReverse },
      { remark: ' of the forward derivative', fn: byForward },
    ],
  };
}

/** Whether a reading is as right as a check of this order demands. */
export function holds({ reverse, forward, difference }: Reading, order: 1 | 2): boolean {
  return (
    relativeError(reverse, difference) <= defaultTolerance[order] &&
    relativeError(forward, difference) <= defaultTolerance[order] &&
    relativeError(reverse, forward) <= adjointTolerance
  );
}

function summarize(
  order: 1 | 2,
  tolerance: number,
  ways: PreparedCheck['ways'],
  measurement: Measurement,
): GradientReport {
  let comparisons = 0;
  let adjointness = 0;
  let worst: Comparison = { mode: 'reverse', where: 'nothing', derived: 0, difference: 0, error: 0 };
  const record = (mode: Comparison['mode'], where: string, derived: number, difference: number): void => {
    comparisons++;
    const error = relativeError(derived, difference);
    // A NaN error must not pass for a small one, nor be forgotten for the next.
    if (error > worst.error || (Number.isNaN(error) && !Number.isNaN(worst.error)))
      worst = { mode, where, derived, difference, error };
  };
  for (const { remark, fn } of ways) {
    for (const { where, reverse, forward, difference } of readings(fn, measurement)) {
      record('reverse', `${where}${remark}`, reverse, difference);
      record('forward', `${where}${remark}`, forward, difference);
      adjointness = Math.max(adjointness, relativeError(reverse, forward));
    }
  }
  const ok = worst.error <= tolerance && adjointness <= adjointTolerance;
  return { ok, order, tolerance, comparisons, worst, adjointness };
}
