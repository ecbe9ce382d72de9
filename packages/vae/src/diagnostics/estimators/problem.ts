import type { Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';

/** Parameters that play the same part, so that figures about them are averaged. */
export interface ParameterGroup {
  readonly values: readonly number[];
  /** The exact derivative by each of them, where it is known. */
  readonly gradient?: number;
}

/** What theory says about an estimator's gradient by one parameter. */
export interface ExactMoments {
  /** Its expectation, where that is not the exact gradient. */
  readonly mean?: number;
  readonly variance?: number;
}

/** A way to estimate the gradient of an expectation. */
export interface GradientEstimator {
  readonly name: string;
  /** Draws of z for one estimate. */
  readonly samples: number;
  /**
   * From parameters [N, size] by group, N times the same rows: a sum over N terms, such that the gradient by row n is
   * one estimate, independent of the other rows.
   */
  readonly surrogate: (parameters: Readonly<Record<string, Variable>>, key: RandomKey) => Variable;
  readonly exact?: Readonly<Record<string, ExactMoments>>;
}

/** An expectation whose gradient can be estimated in several ways. */
export interface EstimatorProblem {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, ParameterGroup>>;
  readonly estimators: readonly GradientEstimator[];
}
