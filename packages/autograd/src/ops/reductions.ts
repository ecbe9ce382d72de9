import {
  constant,
  scalarFunctions as f,
  formatShape,
  input,
  map,
  normalizeAxes,
  normalizeAxis,
  type ReduceOptions,
  reduce,
  reducedShape,
  requireFloating,
  ShapeError,
  sizeOf,
  type Tensor,
} from '@reparam/tensor';
import {
  documented,
  identify,
  type Kink,
  type OperationRecord,
  type RuleContext,
  type Rules,
  type Sample,
} from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, Variable } from '../variable.ts';
import { add, div, equal, exp, log, mul, sub } from './elementwise.ts';
import { linearRules } from './linear.ts';
import { expand, reshape } from './movement.ts';
import { cube, kink, matrix, sample, vector } from './samples.ts';

interface Reduced {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

function resolve(operation: string, x: Variable, { axes, keepDims = false }: ReduceOptions): Reduced {
  return { axes: normalizeAxes(operation, axes, x.shape), keepDims };
}

/** A reduced result with its axes of length 1 back, so that it broadcasts against the input. */
function restore(reduced: Variable, x: Variable, { axes }: Reduced): Variable {
  return reshape(reduced, reducedShape(x.shape, axes, true));
}

function reduction<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
  kinks: readonly Kink[] = [],
): OperationRecord {
  return { ...identify(source), kind: 'reduction', formula, domain: 'all reals', kinks, samples };
}

/** The cases that go wrong: all axes, one axis without and with keepDims, several, a negative one. */
function reductionSamples(run: (x: Variable, options: ReduceOptions) => Variable): Sample[] {
  return [
    sample((x) => run(x!, {}), matrix),
    sample((x) => run(x!, { axes: 0 }), matrix),
    sample((x) => run(x!, { axes: -1, keepDims: true }), matrix),
    sample((x) => run(x!, { axes: [0, 2] }), cube),
  ];
}

const sumRules: Rules<Reduced> = linearRules({
  name: 'sum',
  forward: ([x], options) => reduce('sum', x!, options),
  adjoint: (cotangent, { inputs: [x], parameters }) => expand(restore(cotangent, x!, parameters), x!.shape),
});

/** Adds up the elements along `axes` (all of them unless told), in double precision. */
export const sum = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(sumRules, [operand], resolve('sum', operand, options));
  },
  (f) =>
    reduction(
      sumRules,
      'Σᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
    ),
);

/** The average along `axes` (all of them unless told). @throws ShapeError for that of no elements, DTypeError. */
export const mean = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('mean', 'x', operand.dtype);
    const { axes } = resolve('mean', operand, options);
    const empty = axes.find((axis) => operand.shape[axis] === 0);
    if (empty !== undefined) {
      throw new ShapeError(
        'mean',
        `x is ${formatShape(operand.shape)}, and the mean over axis ${empty} of length 0 does not exist.`,
        { x: operand.shape },
      );
    }
    return div(sum(operand, options), sizeOf(axes.map((axis) => operand.shape[axis]!)));
  },
  (f) =>
    reduction(
      'mean',
      'Σᵢ xᵢ / n',
      reductionSamples((x, options) => f(x, options)),
    ),
);

/** 1/count at the elements that attain the extremum and 0 elsewhere, so that ties share one cotangent. */
function tieShares({ inputs: [x], output, parameters }: RuleContext<Reduced>): Variable {
  const ties = equal(x!, restore(output, x!, parameters));
  return div(ties, sum(ties, { axes: parameters.axes, keepDims: true }));
}

function extremumRules(name: string, kind: 'maximum' | 'minimum'): Rules<Reduced> {
  return {
    name,
    forward: ([x], options) => reduce(kind, x!, options, name),
    vjp: (_, cotangent, context) =>
      mul(restore(cotangent, context.inputs[0]!, context.parameters), tieShares(context)),
    jvp: ([tangent], context) => tangent && sum(mul(tangent, tieShares(context)), context.parameters),
  };
}

const maxRules = extremumRules('max', 'maximum');
const tied = [1, 3, 3, 2] as const;

/** The largest element along `axes` (all of them unless told); ties share the cotangent equally. */
export const max = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(maxRules, [operand], resolve('max', operand, options));
  },
  (f) =>
    reduction(
      maxRules,
      'maxᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [tied], [[0, 0.5, 0.5, 0]])],
    ),
);

const minRules = extremumRules('min', 'minimum');

/** The smallest element along `axes` (all of them unless told); ties share the cotangent equally. */
export const min = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(minRules, [operand], resolve('min', operand, options));
  },
  (f) =>
    reduction(
      minRules,
      'minᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [[3, 1, 2, 1]], [[0, 0.5, 0, 0.5]])],
    ),
);

const finiteOrZero = f.select(f.less(f.abs(input(0)), constant(Infinity)), input(0), constant(0));

/** The shift that keeps exponentials in range: the maximum, or 0 where that is infinite. Carries no gradient. */
function exponentShift(x: Tensor, axes: readonly number[]): Variable {
  const largest = reduce('maximum', x, { axes, keepDims: true }, 'logsumexp');
  return new Variable(map(finiteOrZero, [largest], 'logsumexp'));
}

/** ln Σᵢ e^xᵢ as m + ln Σᵢ e^(xᵢ−m) with the maximum m, which cancels from the gradient. */
export const logsumexp = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    const reduced = resolve('logsumexp', operand, options);
    const shift = exponentShift(operand.value, reduced.axes);
    const total = sum(exp(sub(operand, shift)), { axes: reduced.axes, keepDims: true });
    return reshape(add(log(total), shift), reducedShape(operand.shape, reduced.axes, reduced.keepDims));
  },
  (f) =>
    reduction('logsumexp', 'log(Σᵢ exp(xᵢ))', [
      ...reductionSamples((x, options) => f(x, options)),
      sample((x) => f(x!, { axes: 0 }), [1000, 1000.5, -1000]),
    ]),
);

/** xᵢ − ln Σⱼ e^xⱼ along an axis (the last unless told). */
export const logSoftmax = documented(
  (x: Operand, axis = -1): Variable => {
    const operand = toVariable(x);
    const axes = normalizeAxis('logSoftmax', axis, operand.shape);
    return sub(operand, logsumexp(operand, { axes, keepDims: true }));
  },
  (f) =>
    reduction('logSoftmax', 'xᵢ - logsumexp(x)', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, 0), matrix),
      sample((x) => f(x!), [500, -500, 499]),
    ]),
);

/** e^xᵢ / Σⱼ e^xⱼ along an axis (the last unless told). */
export const softmax = documented(
  (x: Operand, axis = -1): Variable => {
    const operand = toVariable(x);
    return exp(logSoftmax(operand, normalizeAxis('softmax', axis, operand.shape)));
  },
  (f) =>
    reduction('softmax', 'exp(xᵢ) / Σⱼ exp(xⱼ)', [
      sample((x) => f(x!), vector),
      sample((x) => f(x!, 1), cube),
    ]),
);
