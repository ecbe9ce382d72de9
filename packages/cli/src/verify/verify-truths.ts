import { type GroundTruth, type Progress, passes } from '@reparam/vae';
import type { PartOutcome, TruthOutcome } from './outcome.ts';

/** A piece of work: a ground truth, or one part of it. */
export interface Job {
  readonly name: string;
  readonly part?: number;
}

/** Does a job, wherever that is, and says how far it has come. */
export type PerformJob = (job: Job, onProgress: (progress: Progress) => void) => Promise<PartOutcome>;

export interface VerifyOptions {
  readonly perform: PerformJob;
  /** How many jobs are under way at once. */
  readonly parallel: number;
  /** Of all jobs together, each counting the same. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called for each truth as it is settled. */
  readonly onOutcome?: (outcome: TruthOutcome) => void;
}

type Truths = Readonly<Record<string, GroundTruth>>;

/** Settles ground truths side by side. @returns the outcomes in the order of the table. */
export async function verifyTruths(
  truths: Truths,
  { perform, parallel, onProgress, onOutcome }: VerifyOptions,
): Promise<TruthOutcome[]> {
  const jobs = jobsOf(truths);
  const shares = jobs.map(() => 0);
  const results: (PartOutcome | undefined)[] = jobs.map(() => undefined);
  const settled = new Map<string, TruthOutcome>();
  let next = 0;
  const report = (index: number, share: number): void => {
    shares[index] = share;
    onProgress?.({ done: shares.reduce((sum, each) => sum + each, 0), total: jobs.length });
  };
  const workThrough = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      const { name } = jobs[index]!;
      results[index] = await perform(jobs[index]!, ({ done, total }) => report(index, done / total));
      report(index, 1);
      const parts = results.filter((_, i) => jobs[i]!.name === name);
      if (parts.some((part) => part === undefined)) continue;
      const outcome = join(name, truths[name]!, parts as PartOutcome[]);
      settled.set(name, outcome);
      onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, workThrough));
  return Object.keys(truths).map((name) => settled.get(name)!);
}

function jobsOf(truths: Truths): Job[] {
  return Object.entries(truths).flatMap(([name, { parts }]): Job[] =>
    parts ? parts.map((_, part) => ({ name, part })) : [{ name }],
  );
}

function join(
  name: string,
  { title, claim, source }: GroundTruth,
  parts: readonly PartOutcome[],
): TruthOutcome {
  const checks = parts.flatMap((part) => part.checks);
  const error = parts.find((part) => part.error !== undefined)?.error;
  return {
    name,
    title,
    claim,
    source,
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    checks,
    pictures: parts.flatMap(({ pictures }) => pictures),
    ...(error !== undefined && { error }),
    holds: error === undefined && checks.length > 0 && checks.every(passes),
  };
}
