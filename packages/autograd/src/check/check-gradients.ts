import { type NestedArray, normal, RandomKey, ReparamError, Tensor, tensor } from '@reparam/tensor';
import { add, mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reductions.ts';
import { noGrad } from '../tape.ts';
import { type Differentiable, jvp, vjp } from '../transforms.ts';
import { Variable } from '../variable.ts';
import { directionalDifference } from './differences.ts';

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

const defaultTolerance = { 1: 1e-9, 2: 1e-7 } as const;
const adjointTolerance = 1e-12;
/** Up to these sizes every input entry and every output entry is checked, beyond by random projections. */
const fullInputs = 64;
const fullOutputs = 32;
const projections = 3;

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
  const key = RandomKey.fromSeed(seed);
  const point = inputs.map((input) =>
    input instanceof Tensor ? input.cast('float64') : tensor(input, { dtype: 'float64' }),
  );
  const checked = order === 1 ? fn : projectedGradient(fn, point, key.foldIn(1));
  const report = { order, tolerance, ...compare(checked, point, key.foldIn(2), tolerance) };
  if (!report.ok && onFailure === 'throw') throw new GradientCheckError(report);
  return report;
}

/** x ↦ Σₖ ⟨wₖ, ∇ₖ⟨v, fn(x)⟩⟩ with random v and w: its gradient is a projection of all second derivatives. */
function projectedGradient(fn: Differentiable, point: readonly Tensor[], key: RandomKey): Differentiable {
  const [keyV, keyW] = key.split(2) as [RandomKey, RandomKey];
  const output = noGrad(() => fn(...point.map((x) => new Variable(x))));
  const v = normal(keyV, output.shape, { dtype: 'float64' });
  const w = point.map((x, k) => normal(keyW.foldIn(k), x.shape, { dtype: 'float64' }));
  return (...inputs) => {
    const { pullback } = vjp(fn, ...inputs);
    return pullback(v)
      .map((gradient, k) => sum(mul(gradient, w[k]!)))
      .reduce((total, term) => add(total, term));
  };
}

type Comparisons = Pick<GradientReport, 'ok' | 'comparisons' | 'worst' | 'adjointness'>;

function compare(
  fn: Differentiable,
  point: readonly Tensor[],
  key: RandomKey,
  tolerance: number,
): Comparisons {
  const [keyDirections, keyCotangents] = key.split(2) as [RandomKey, RandomKey];
  const { output, pullback } = vjp(fn, ...point);
  const directions = probes(
    point.map((x) => x.size),
    fullInputs,
    keyDirections,
  );
  const cotangents = probes([output.size], fullOutputs, keyCotangents).map(({ where, parts: [v] }) => ({
    where,
    v: v!,
    pulled: pullback(Tensor.wrap(v!, output.shape)).map((gradient) => flat(gradient.value)),
  }));
  const evaluate = (at: readonly Tensor[]): Float64Array => flat(fn(...at.map((x) => new Variable(x))).value);

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
  for (const { where, parts } of directions) {
    const difference = directionalDifference(evaluate, point, parts);
    const tangents = parts.map((part, k) => Tensor.wrap(part, point[k]!.shape));
    const pushed = flat(jvp(fn, point, tangents).tangent.value);
    for (const { where: projection, v, pulled } of cotangents) {
      const reverse = pulled.reduce((total, gradient, k) => total + dot(gradient, parts[k]!), 0);
      const forward = dot(v, pushed);
      record('reverse', `${where}, ${projection}`, reverse, dot(v, difference));
      record('forward', `${where}, ${projection}`, forward, dot(v, difference));
      adjointness = Math.max(adjointness, relativeError(reverse, forward));
    }
  }
  const ok = worst.error <= tolerance && adjointness <= adjointTolerance;
  return { ok, comparisons, worst, adjointness };
}

function relativeError(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}

interface Probe {
  readonly where: string;
  readonly parts: readonly Float64Array[];
}

/** Every unit vector of the joint space, or random vectors where it is large. */
function probes(sizes: readonly number[], limit: number, key: RandomKey): Probe[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > limit) {
    return Array.from({ length: projections }, (_, p) => ({
      where: `random projection ${p}`,
      parts: sizes.map((size, k) => flat(normal(key.foldIn(p).foldIn(k), [size], { dtype: 'float64' }))),
    }));
  }
  return sizes.flatMap((size, k) =>
    Array.from({ length: size }, (_, i) => ({
      where: `entry ${i}${sizes.length > 1 ? ` of input ${k}` : ''}`,
      parts: sizes.map((each, other) => {
        const part = new Float64Array(each);
        if (other === k) part[i] = 1;
        return part;
      }),
    })),
  );
}

function flat(x: Tensor): Float64Array {
  return Float64Array.from(x.toTypedArray());
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
