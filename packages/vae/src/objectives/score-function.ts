import {
  cast,
  gradients,
  type Operand,
  stack,
  stopGradient,
  sum,
  toVariable,
  type Variable,
} from '@reparam/autograd';
import { ArgumentError, formatShape, ShapeError, sameShape } from '@reparam/tensor';

/**
 * What is taken off the signal before it is multiplied with the score; it changes the variance of the gradient, not
 * its mean.
 * - `none`
 * - a number or a scalar tensor: a constant, such as the running mean of earlier signals ({@link RunningMeanBaseline})
 * - `leave-one-out`: for each draw the mean signal of the others (Mnih & Rezende 2016; Kool et al. 2019)
 * - `optimalFor`: for each element θ of these parameters its own b = E[f s²]/E[s²] with s = ∂ln q/∂θ, which minimises
 *   the variance (Greensmith et al. 2004); the expectations are means over the other draws, so that the gradient has
 *   no bias. The parameters are those that ln q is computed from: [...batch, ...] each, one for each distribution.
 */
export type Baseline = 'none' | 'leave-one-out' | Operand | { readonly optimalFor: readonly Variable[] };

export interface ScoreOptions {
  /** f(z) of every draw: [samples, ...batch] */
  readonly signal: Variable;
  /** ln q(z) of every draw, with z constant: [samples, ...batch] */
  readonly logProb: Variable;
  /** `none` unless told. */
  readonly baseline?: Baseline;
}

/** Where all other scores are 0 there is nothing to weigh by, and no baseline. */
const leastSquaredScore = 1e-30;

/**
 * The score-function part of the gradient of E_q f(z) (REINFORCE, Williams 1992): a term of value 0 whose gradient is
 * the mean over draws of (f − b)·∂ln q. Add it to the mean of f.
 * @throws ArgumentError when a baseline needs more draws than there are, ShapeError when the shapes differ.
 */
export function scoreFunctionTerm({ signal, logProb, baseline = 'none' }: ScoreOptions): Variable {
  if (!sameShape(signal.shape, logProb.shape)) {
    throw new ShapeError(
      'scoreFunctionTerm',
      `the signal is ${formatShape(signal.shape)} but ln q is ${formatShape(logProb.shape)}; both must be ` +
        '[samples, ...batch].',
      { signal: signal.shape, logProb: logProb.shape },
    );
  }
  const f = stopGradient(signal);
  if (typeof baseline === 'object' && 'optimalFor' in baseline)
    return optimal(f, logProb, baseline.optimalFor);
  if (baseline === 'leave-one-out') return weighted(f.sub(meanOfOthers(f)), logProb);
  if (baseline === 'none') return weighted(f, logProb);
  return weighted(f.sub(stopGradient(cast(toVariable(baseline, f.dtype), f.dtype))), logProb);
}

/** For each entry along the first axis the mean of all others. @throws ArgumentError when there are none. */
export function meanOfOthers(x: Variable): Variable {
  const [count] = x.shape as readonly [number];
  if (count < 2) {
    throw new ArgumentError(
      'scoreFunctionTerm',
      'baseline',
      x,
      'this baseline compares draws with each other, but there is one draw: take samples ≥ 2, or the running mean ' +
        'of earlier signals as baseline.',
    );
  }
  return x
    .sum({ axes: 0, keepDims: true })
    .sub(x)
    .div(count - 1);
}

/** Mean over draws of weight·(ln q − ln q): 0, with the gradient weight·∂ln q. */
function weighted(weight: Variable, logProb: Variable): Variable {
  return weight.mul(logProb.sub(stopGradient(logProb))).mean({ axes: 0 });
}

/** ⟨θ, ĝ⟩ − ⟨θ, ĝ⟩ with the estimate ĝ of ∂E f/∂θ as a constant: 0, and its gradient by θ is ĝ. */
function optimal(f: Variable, logProb: Variable, parameters: readonly Variable[]): Variable {
  const scores = logProb.unstack().map((row) => gradients(sum(row), parameters));
  const batchRank = logProb.rank - 1;
  return parameters
    .map((parameter, j) => {
      const score = stack(scores.map((ofDraw) => ofDraw[j]!));
      const signal = f.reshape([...f.shape, ...parameter.shape.slice(batchRank).map(() => 1)]);
      const squares = score.square();
      const best = meanOfOthers(signal.mul(squares)).div(meanOfOthers(squares).maximum(leastSquaredScore));
      const estimate = stopGradient(signal.sub(best).mul(score).mean({ axes: 0 }));
      const product = parameter.sub(stopGradient(parameter)).mul(estimate);
      return product.sum({ axes: product.shape.slice(batchRank).map((_, axis) => batchRank + axis) });
    })
    .reduce((total, term) => total.add(term));
}
