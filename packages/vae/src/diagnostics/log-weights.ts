import { ArgumentError } from '@reparam/tensor';

/**
 * What importance weights say about ln p(x) for each of B examples.
 */
export interface PerExampleEvidence {
  /** ln of the mean weight, in nats: [B] */
  readonly logLikelihood: Float64Array;
  /** Of that logarithm, by the delta method: [B] */
  readonly standardError: Float64Array;
  /** (Σw)²/Σw², from 1 to the number of weights (Kong 1992): [B] */
  readonly effectiveSampleSize: Float64Array;
}

/** Means of weights given by their logarithms, for B examples at once, in double precision and bounded memory. */
export class LogWeights {
  readonly #operation: string;
  readonly #largest: Float64Array;
  /** Σw and Σw², both relative to the largest weight so far. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(operation: string, examples: number) {
    this.#operation = operation;
    this.#largest = new Float64Array(examples).fill(-Infinity);
    this.#sums = new Float64Array(examples);
    this.#squares = new Float64Array(examples);
  }

  /** Takes in log-weights [S, B], row-major. @throws ArgumentError when one is NaN or +∞. */
  add(logWeights: ArrayLike<number>): void {
    const examples = this.#largest.length;
    for (let i = 0; i < logWeights.length; i++) this.#addOne(i % examples, logWeights[i]!);
    this.#count += logWeights.length / examples;
  }

  summary(): PerExampleEvidence {
    const count = this.#count;
    const effectiveSampleSize = this.#sums.map((sum, b) => (sum > 0 ? sum ** 2 / this.#squares[b]! : 0));
    return {
      logLikelihood: this.#sums.map((sum, b) => this.#largest[b]! + Math.log(sum / count)),
      // sd(w) / (√K·mean(w)), with Σ(w − w̄)²/(K w̄²) = K/ESS − 1.
      standardError: effectiveSampleSize.map((size) =>
        size > 0 && count > 1 ? Math.sqrt(Math.max(0, count / size - 1) / (count - 1)) : Infinity,
      ),
      effectiveSampleSize,
    };
  }

  #addOne(b: number, value: number): void {
    if (value === -Infinity) return;
    if (!(value < Infinity)) {
      throw new ArgumentError(
        this.#operation,
        'model',
        value,
        `the log-weight of example ${b} is ${value}: a density of the model is not finite there. Look for ` +
          'parameters that are NaN, for a scale of 0, and for values of x outside the support of p(x|z).',
      );
    }
    if (value > this.#largest[b]!) {
      const shrink = Math.exp(this.#largest[b]! - value);
      this.#sums[b]! *= shrink;
      this.#squares[b]! *= shrink * shrink;
      this.#largest[b] = value;
    }
    const weight = Math.exp(value - this.#largest[b]!);
    this.#sums[b]! += weight;
    this.#squares[b]! += weight * weight;
  }
}

/** ln p(x) of a model, estimated. Means are over examples, in nats. */
export interface EvidenceEstimate {
  readonly logLikelihood: number;
  /**
   * Of the mean, by the draws alone: how far it may be from the exact value for these examples. Which examples
   * they are adds an uncertainty of its own.
   */
  readonly standardError: number;
  /** On which side of ln p(x) the estimate lies in expectation. */
  readonly bound: 'lower' | 'upper';
  readonly perExample: PerExampleEvidence;
}

/** The mean over the examples of evidence that was gathered in blocks of them. */
export function summarizeEvidence(
  parts: readonly PerExampleEvidence[],
  bound: EvidenceEstimate['bound'],
): EvidenceEstimate {
  const joined = (field: keyof PerExampleEvidence): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(part[field])));
  const perExample: PerExampleEvidence = {
    logLikelihood: joined('logLikelihood'),
    standardError: joined('standardError'),
    effectiveSampleSize: joined('effectiveSampleSize'),
  };
  const count = perExample.logLikelihood.length;
  const total = perExample.logLikelihood.reduce((sum, value) => sum + value, 0);
  return {
    logLikelihood: total / count,
    standardError: Math.hypot(...perExample.standardError) / count,
    bound,
    perExample,
  };
}
