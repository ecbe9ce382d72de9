import type { Check } from '@reparam/vae';

/** A picture as plain data, which can leave a worker thread: rows of values, larger is darker. */
export interface PlainPicture {
  readonly title: string;
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** What came of one piece of work on a ground truth. */
export interface PartOutcome {
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly pictures: readonly PlainPicture[];
  /** What stopped it before the end, if anything. */
  readonly error?: string;
}

/** What came of a ground truth. */
export interface TruthOutcome extends PartOutcome {
  /** The letter that `--only` takes. */
  readonly name: string;
  readonly title: string;
  readonly claim: string;
  readonly source: string;
  /** Whether it ran to its end, and every check is within what is accepted. */
  readonly holds: boolean;
}
