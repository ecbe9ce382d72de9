import type { ElboTerms, EpochRow, ReportPictures } from '../report/contents.ts';

/** What is compared of one run. */
export interface ComparedRun {
  /** Short, and different for each run. */
  readonly name: string;
  readonly dataName: string;
  /** Equal for runs whose bounds are about the same examples, taken in the same way. */
  readonly comparable: string;
  readonly heldOut: ElboTerms;
  readonly activeUnits: number;
  readonly latent: number;
  readonly parameters: string;
  readonly seconds: number;
  /** Options by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** In order of epochs; may be empty. */
  readonly history: readonly EpochRow[];
  readonly pictures: ReportPictures;
}

/** Everything that the page of a comparison shows: at least two runs. */
export interface ComparisonContents {
  readonly runs: readonly ComparedRun[];
  readonly generatedAt: Date;
}
