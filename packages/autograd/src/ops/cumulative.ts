import { normalizeAxis, requireFloating } from '@reparam/tensor';
import { shiftAxis } from '../batching.ts';
import { documented, type Rules, type Sample } from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, Variable } from '../variable.ts';
import { add, logaddexp, mul } from './elementwise.ts';
import { linearRules } from './linear.ts';
import { flip, pad } from './movement.ts';
import { reduction } from './reductions/reduced.ts';
import { cube, kink, matrix, sample } from './samples.ts';
import { scan } from './scan.ts';
import { sliceAxis } from './slice-axis.ts';

export interface CumulativeOptions {
  /** The axis to walk along, negative from the end; the last unless told. */
  readonly axis?: number;
  /** From the last element to the first. */
  readonly reverse?: boolean;
  /** Leave each element out of its own result; the walk then starts with that of nothing: 0, 1 or −∞. */
  readonly exclusive?: boolean;
}

type Resolved = Required<CumulativeOptions>;

function resolve(
  operation: string,
  x: Variable,
  { axis = -1, reverse = false, exclusive = false }: CumulativeOptions,
): Resolved {
  return { axis: normalizeAxis(operation, axis, x.shape), reverse, exclusive };
}

/** Results so far along an axis; those of nothing are `identity`. */
function cumulate(
  x: Variable,
  { axis, reverse, exclusive }: Resolved,
  combine: (a: Variable, b: Variable) => Variable,
  identity: number,
): Variable {
  const forwards = reverse ? flip(x, axis) : x;
  const shifted = exclusive ? shift(forwards, axis, identity) : forwards;
  const result = scan(shifted, axis, combine);
  return reverse ? flip(result, axis) : result;
}

/** One place on along the axis, with `identity` first. */
function shift(x: Variable, axis: number, identity: number): Variable {
  const length = x.shape[axis]!;
  if (length === 0) return x;
  const widths = x.shape.map((_, k): [number, number] => (k === axis ? [1, 0] : [0, 0]));
  return pad(sliceAxis(x, axis, [0, length - 1]), widths, identity);
}

const long = [
  [0.4, -1.1, 0.7, 1.9, -0.3, 0.8, 1.2],
  [1.3, 0.5, -0.9, 0.2, 1.6, -0.7, 0.6],
] as const;

/** Lengths on either side of powers of two, and every option. */
function cumulativeSamples(run: (x: Variable, options: CumulativeOptions) => Variable): Sample[] {
  return [
    sample((x) => run(x!, {}), long),
    sample((x) => run(x!, { axis: 0 }), matrix),
    sample((x) => run(x!, { axis: 1, reverse: true }), cube),
    sample((x) => run(x!, { axis: -1, exclusive: true }), matrix),
    sample((x) => run(x!, { reverse: true, exclusive: true }), long),
  ];
}

/** Transposed, each element goes to the results after it: the same walk the other way. */
const cumsumRules: Rules<Resolved> = linearRules({
  name: 'cumsum',
  forward: ([x], options) => cumulate(new Variable(x!), options, add, 0).value,
  batch: ([x], options) => apply(cumsumRules, [x!.variable], { ...options, axis: shiftAxis(options.axis) }),
  adjoint: (cotangent, { parameters: { reverse, ...options } }) =>
    apply(cumsumRules, [cotangent], { ...options, reverse: !reverse }),
});

/**
 * Sums so far along an axis (the last unless told): yᵢ = x₀ + … + xᵢ; `exclusive` leaves out xᵢ, `reverse` starts at
 * the end. Rounding errors grow like log n. @throws AxisError.
 */
export const cumsum = documented(
  (x: Operand, options: CumulativeOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(cumsumRules, [operand], resolve('cumsum', operand, options));
  },
  (f) =>
    reduction(
      cumsumRules,
      'Σⱼ≤ᵢ xⱼ',
      cumulativeSamples((x, options) => f(x, options)),
    ),
);

/**
 * Products so far along an axis (the last unless told): yᵢ = x₀·…·xᵢ; `exclusive` leaves out xᵢ, `reverse` starts at
 * the end. Gradients are exact at zeros. @throws AxisError.
 */
export const cumprod = documented(
  (x: Operand, options: CumulativeOptions = {}): Variable => {
    const operand = toVariable(x);
    return cumulate(operand, resolve('cumprod', operand, options), mul, 1);
  },
  (f) =>
    reduction('cumprod', 'Πⱼ≤ᵢ xⱼ', [
      ...cumulativeSamples((x, options) => f(x, options)),
      sample(
        (x) => f(x!),
        [
          [0, 1.3, -0.4, 0.7, 2.1],
          [0.2, 0, 1.1, 0, -0.6],
        ],
      ),
    ]),
);

/**
 * ln of the sums of exponentials so far along an axis (the last unless told): yᵢ = ln(e^x₀ + … + e^xᵢ), without
 * overflow; `exclusive` leaves out xᵢ and starts with −∞, `reverse` starts at the end. Elements of −∞ beside larger
 * ones have the gradient 0. @throws AxisError, DTypeError.
 */
export const logcumsumexp = documented(
  (x: Operand, options: CumulativeOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('logcumsumexp', 'x', operand.dtype);
    return cumulate(operand, resolve('logcumsumexp', operand, options), logaddexp, -Infinity);
  },
  (f) =>
    reduction(
      'logcumsumexp',
      'log(Σⱼ≤ᵢ exp(xⱼ))',
      [
        sample((x) => f(x!), long),
        sample((x) => f(x!, { axis: 0 }), [1000, 1000, -1000]),
        sample((x) => f(x!, { axis: 1, reverse: true }), cube),
        // The first result, −∞, has no differences.
        sample((x) => sliceAxis(f(x!, { axis: -1, exclusive: true }), 1, [1, null]), matrix),
      ],
      [kink((x) => sliceAxis(f(x!), 0, [2, null]), [[-Infinity, -Infinity, 1]], [[0, 0, 1]])],
    ),
);
