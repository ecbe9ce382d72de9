import { gradients, parameter, type Variable } from '@reparam/autograd';
import { fromTypedArray, type RandomKey } from '@reparam/tensor';
import { requireCount } from '../../objectives/arguments.ts';
import { type Measured, measure } from '../measured.ts';
import type { Work } from '../work.ts';
import type { EstimatorProblem, ExactMoments, GradientEstimator, ParameterGroup } from './problem.ts';

/** One line of the laboratory's table: an estimator's gradient by one parameter, or by an average one of its group. */
export interface EstimatorReading {
  readonly problem: string;
  readonly estimator: string;
  readonly parameter: string;
  /** The exact gradient of what is estimated, where it is known. */
  readonly exactGradient?: number;
  /** What theory says of this estimator, where it is known. */
  readonly exact: ExactMoments;
  readonly mean: Measured;
  /** Mean less the exact gradient. */
  readonly bias?: Measured;
  /** Of one estimate. */
  readonly variance: Measured;
  /** |mean| of one estimate over its standard deviation: Infinity without variance. */
  readonly signalToNoise: number;
  /** Draws of z for one estimate. */
  readonly samples: number;
  /** For one estimate on this machine, many being made at once. */
  readonly microseconds: number;
}

export interface LaboratoryOptions {
  readonly key: RandomKey;
  /** Estimates of each kind; 10 000 unless told. */
  readonly estimates?: number;
  /** The most draws of z that are differentiated at once; 20 000 unless told. */
  readonly chunk?: number;
}

/**
 * Measures mean and variance of every estimator of every problem, beside what theory says of them: a table, a line
 * for each parameter. Every estimator of a problem is given the same key.
 * @throws ArgumentError on counts that are none.
 */
export function* estimatorLaboratory(
  problems: readonly EstimatorProblem[],
  { key, estimates = 10_000, chunk = 20_000 }: LaboratoryOptions,
): Work<EstimatorReading[]> {
  requireCount('estimatorLaboratory', 'estimates', estimates, 2);
  requireCount('estimatorLaboratory', 'chunk', chunk);
  const total = problems.reduce((sum, { estimators }) => sum + estimators.length, 0) * estimates;
  const readings: EstimatorReading[] = [];
  let done = 0;
  for (const [index, problem] of problems.entries()) {
    for (const estimator of problem.estimators) {
      const rows = new Map(Object.keys(problem.parameters).map((name) => [name, [] as Float64Array[]]));
      const rowsAtOnce = Math.max(1, Math.floor(chunk / estimator.samples));
      let milliseconds = 0;
      for (let start = 0; start < estimates; start += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, estimates - start);
        const before = performance.now();
        const measured = estimateOnce(problem, estimator, count, key.foldIn(index).foldIn(start));
        milliseconds += performance.now() - before;
        for (const [name, values] of Object.entries(measured)) rows.get(name)!.push(values);
        done += count;
        yield { done, total };
      }
      const microseconds = (1000 * milliseconds) / estimates;
      for (const [name, group] of Object.entries(problem.parameters)) {
        const moments = momentsOf(rows.get(name)!, group);
        readings.push({
          problem: problem.name,
          estimator: estimator.name,
          parameter: name,
          ...(group.gradient !== undefined && { exactGradient: group.gradient }),
          exact: {
            ...(group.gradient !== undefined && { mean: group.gradient }),
            ...estimator.exact?.[name],
          },
          ...moments,
          samples: estimator.samples,
          microseconds,
        });
      }
    }
  }
  return readings;
}

/** `count` gradients at once: for each group [count, size], row-major. */
function estimateOnce(
  { parameters }: EstimatorProblem,
  estimator: GradientEstimator,
  count: number,
  key: RandomKey,
): Record<string, Float64Array> {
  const leaves = Object.entries(parameters).map(([name, { values }]): [string, Variable] => {
    const repeated = fromTypedArray(Float64Array.from(values), [values.length]).expand([
      count,
      values.length,
    ]);
    return [name, parameter(repeated.contiguous(), name)];
  });
  const total = estimator.surrogate(Object.fromEntries(leaves), key).sum();
  const slopes = gradients(
    total,
    leaves.map(([, leaf]) => leaf),
  );
  return Object.fromEntries(
    leaves.map(([name], i) => [name, Float64Array.from(slopes[i]!.value.toTypedArray())]),
  );
}

/** Averages over a group within each row, and their spread over rows. */
function momentsOf(
  chunks: readonly Float64Array[],
  { values, gradient }: ParameterGroup,
): Pick<EstimatorReading, 'mean' | 'bias' | 'variance' | 'signalToNoise'> {
  const size = values.length;
  const rows = chunks.flatMap((chunk) =>
    Array.from({ length: chunk.length / size }, (_, n) => chunk.subarray(n * size, (n + 1) * size)),
  );
  const mean = measure(rows.map((row) => row.reduce((sum, value) => sum + value, 0) / size));
  const squares = measure(
    rows.map((row) => row.reduce((sum, value) => sum + (value - mean.value) ** 2, 0) / size),
  );
  const variance = {
    value: (squares.value * rows.length) / (rows.length - 1),
    standardError: squares.standardError,
  };
  return {
    mean,
    ...(gradient !== undefined && {
      bias: { value: mean.value - gradient, standardError: mean.standardError },
    }),
    variance,
    signalToNoise: Math.abs(mean.value) / Math.sqrt(variance.value),
  };
}
