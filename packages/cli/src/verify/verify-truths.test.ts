import { zeros } from '@reparam/tensor';
import { type GroundTruth, type Verdict, type Work, within } from '@reparam/vae';
import { expect, test } from 'vitest';
import type { TruthOutcome } from './outcome.ts';
import { verifyPart } from './verify-part.ts';
import { type Job, type PerformJob, verifyTruths } from './verify-truths.ts';

function stub(title: string, reached: number, parts?: readonly GroundTruth[]): GroundTruth {
  return {
    title,
    claim: 'It is one.',
    source: 'arithmetic',
    *verify(): Work<Verdict> {
      yield { done: 1, total: 2 };
      const pictures = [{ title: `${title} drawn`, values: zeros([2, 3]) }];
      return { checks: [within(title, 1, reached, 0.25)], pictures };
    },
    ...(parts && { parts }),
  };
}

const broken: GroundTruth = {
  ...stub('broken', 1),
  // biome-ignore lint/correctness/useYield: it fails before it has anything to say.
  *verify() {
    throw new Error('no answer');
  },
};

const truths: Readonly<Record<string, GroundTruth>> = {
  A: stub('right', 1),
  B: stub('in parts', 1, [stub('first', 1), stub('second', 0.5)]),
  C: broken,
};

function performer(jobs: Job[] = []): PerformJob {
  return async (job, onProgress) => {
    jobs.push(job);
    await Promise.resolve();
    const truth = truths[job.name]!;
    return verifyPart(job.part === undefined ? truth : truth.parts![job.part]!, onProgress);
  };
}

test('truths and their parts are settled, in the order of the table', async () => {
  const jobs: Job[] = [];
  const settled: TruthOutcome[] = [];
  const outcomes = await verifyTruths(truths, {
    perform: performer(jobs),
    parallel: 3,
    onOutcome: (outcome) => settled.push(outcome),
  });
  expect(jobs).toEqual([{ name: 'A' }, { name: 'B', part: 0 }, { name: 'B', part: 1 }, { name: 'C' }]);
  expect(outcomes).toMatchObject([
    { name: 'A', title: 'right', claim: 'It is one.', source: 'arithmetic', holds: true },
    { name: 'B', holds: false, checks: [{ quantity: 'first' }, { quantity: 'second', reached: 0.5 }] },
    { name: 'C', holds: false, checks: [], error: 'no answer' },
  ]);
  expect(outcomes[1]!.pictures.map(({ title, height, width }) => [title, height, width])).toEqual([
    ['first drawn', 2, 3],
    ['second drawn', 2, 3],
  ]);
  expect(settled.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(outcomes);
});

test('no more jobs are under way than are wanted at once', async () => {
  let underWay = 0;
  let most = 0;
  const perform: PerformJob = async (job, onProgress) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay--;
    return performer()(job, onProgress);
  };
  await verifyTruths(truths, { perform, parallel: 2 });
  expect(most).toBe(2);
});

test('progress is that of all jobs, and ends at the end', async () => {
  const seen: number[] = [];
  await verifyTruths(truths, {
    perform: performer(),
    parallel: 1,
    onProgress: ({ done, total }) => seen.push(done / total),
  });
  // Three stubs stop halfway, the broken one at once.
  expect(seen).toEqual([0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 1]);
});

test('a truth without a check proves nothing', async () => {
  const empty: GroundTruth = {
    ...stub('empty', 1),
    // biome-ignore lint/correctness/useYield: there is nothing to do.
    *verify() {
      return { checks: [], pictures: [] };
    },
  };
  const [outcome] = await verifyTruths({ A: empty }, { perform: async () => verifyPart(empty), parallel: 1 });
  expect(outcome!.holds).toBe(false);
});
