import type { Tensor } from '@reparam/tensor';
import type { Work } from '../diagnostics/work.ts';

/** One number that is known exactly, and what the library reached. */
export interface Check {
  /** What was measured, such as "−ELBO per point, q = 2". */
  readonly quantity: string;
  /** The exact answer. */
  readonly target: number;
  readonly reached: number;
  /** Inclusive limits between which `reached` is accepted. */
  readonly accepted: { readonly from: number; readonly to: number };
}

/** A picture that belongs to a verdict: rows of values, larger is darker. */
export interface TruthPicture {
  readonly title: string;
  /** [height, width], the first row on top. */
  readonly values: Tensor;
}

/** What came of a ground truth. */
export interface Verdict {
  readonly checks: readonly Check[];
  readonly pictures: readonly TruthPicture[];
}

/** A question with an exact answer, put to the library: usually a whole system is trained, and has to get there. */
export interface GroundTruth {
  /** A short name in a few words, such as "linear VAE is probabilistic PCA". */
  readonly title: string;
  /** What holds exactly, and where it is from. */
  readonly claim: string;
  readonly source: string;
  /** The same result on every machine. */
  verify(): Work<Verdict>;
  /** Long work in independent pieces, in the order of the verdict, so that they can be done side by side. */
  readonly parts?: readonly GroundTruth[];
}

/** Checks and pictures of all, in order. */
export function joinVerdicts(verdicts: readonly Verdict[]): Verdict {
  return {
    checks: verdicts.flatMap(({ checks }) => checks),
    pictures: verdicts.flatMap(({ pictures }) => pictures),
  };
}

export function passes({ reached, accepted }: Check): boolean {
  return reached >= accepted.from && reached <= accepted.to;
}

/** Accepted within `tolerance` of the target. */
export function within(quantity: string, target: number, reached: number, tolerance: number): Check {
  return { quantity, target, reached, accepted: { from: target - tolerance, to: target + tolerance } };
}

/** Accepted from `from` to `to`, where the target lies at or beyond an end, or statistics leave a range. */
export function between(quantity: string, target: number, reached: number, from: number, to: number): Check {
  return { quantity, target, reached, accepted: { from, to } };
}
