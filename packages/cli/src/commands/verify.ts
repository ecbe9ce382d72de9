import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { GroundTruth } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { createWorkBar } from '../terminal/work-bar.ts';
import { performInWorker } from '../verify/perform-in-worker.ts';
import { renderConclusion, renderOutcome } from '../verify/render-outcome.ts';
import { renderVerifyPage } from '../verify/render-verify-page.ts';
import { type PerformJob, verifyTruths } from '../verify/verify-truths.ts';

export interface VerifyCommandOptions {
  /** Letters of the truths with commas between them; all of them unless told. */
  readonly only?: string;
  readonly out: string;
}

type Truths = Readonly<Record<string, GroundTruth>>;

/** Puts the library to questions with exact answers; the exit code is 1 where an answer is off. */
export async function verifyCommand(
  { only, out }: VerifyCommandOptions,
  truths: Truths,
  perform: PerformJob = performInWorker,
): Promise<void> {
  const chosen = only === undefined ? truths : choose(truths, only);
  const started = performance.now();
  const bar = createWorkBar(process.stderr, 'verifying');
  const outcomes = await verifyTruths(chosen, {
    perform,
    parallel: availableParallelism(),
    onProgress: bar.update,
    onOutcome: (outcome) => {
      bar.stop();
      console.log(renderOutcome(outcome, process.stdout.columns));
    },
  }).finally(bar.stop);
  const seconds = (performance.now() - started) / 1000;
  await mkdir(out, { recursive: true });
  const page = join(out, 'verify.html');
  await writeFileAtomically(page, renderVerifyPage({ outcomes, seconds, generatedAt: new Date() }));
  console.log(`${renderConclusion(outcomes, seconds)} Pictures are in ${page}`);
  if (outcomes.some(({ holds }) => !holds)) process.exitCode = 1;
}

/** @throws UserError naming the first letter that is none. */
function choose(truths: Truths, only: string): Truths {
  const names = only.split(',').map((name) => name.trim().toUpperCase());
  const known = Object.keys(truths);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`There is no ground truth "${unknown}"; there are ${known.join(', ')}.`);
  }
  return Object.fromEntries(Object.entries(truths).filter(([name]) => names.includes(name)));
}
