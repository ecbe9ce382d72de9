import type { CallSite } from '@reparam/tensor';
import { ReparamError, type Shape } from '@reparam/tensor';
import type { TensorSummary } from './summarize.ts';

/** A tensor that an operation read when something went wrong. */
export interface AnomalousInput extends TensorSummary {
  /** What it is, in words: `the leaf 'weight'`, `the result of sub`. */
  readonly description: string;
  /** The element beside the bad one, of elementwise operations. */
  readonly element?: number;
}

export interface Anomaly {
  readonly phase: 'forward' | 'backward';
  /** Whether the operation made the value, or was handed it from outside. */
  readonly origin: 'made' | 'given';
  readonly value: number;
  /** Of the first bad element, in the tensor of `shape`: the result that was made, or the input that was given. */
  readonly index: readonly number[];
  readonly shape: Shape;
  /** What was read to compute it. */
  readonly inputs: readonly AnomalousInput[];
  /** The caller's line that ran the operation forwards; undefined where the JavaScript engine does not tell. */
  readonly callSite: CallSite | undefined;
}

/** The first NaN or infinity of a computation. `operation` is the one of the forward pass that is to blame. */
export class NonFiniteError extends ReparamError {
  readonly anomaly: Anomaly;

  constructor(operation: string, explanation: string, anomaly: Anomaly) {
    super(operation, explanation);
    this.anomaly = anomaly;
  }
}
