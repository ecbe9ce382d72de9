import { ArgumentError } from '@reparam/tensor';
import type { Finding } from './finding.ts';
import { unusedLatents } from './latent-rules.ts';
import type { RunRecord } from './record.ts';
import { divergence, overfitting, posteriorVarianceCollapse } from './training-rules.ts';

/**
 * Reads a run and names what is the matter with it, by fixed rules, each with the numbers it rests on and a remedy;
 * nothing when all is well. The more is known of the data, the more is told: without `data` it cannot tell a latent
 * that failed from one that has nothing to explain.
 * @throws ArgumentError for a run without an epoch that has not diverged either.
 */
export function collapseDoctor(record: RunRecord): Finding[] {
  if (record.epochs.length === 0) {
    if (record.diverged) return divergence(record);
    throw new ArgumentError(
      'collapseDoctor',
      'record',
      record,
      'the run has no epochs to read; train for one at least.',
    );
  }
  return [
    ...divergence(record),
    ...unusedLatents(record),
    ...posteriorVarianceCollapse(record),
    ...overfitting(record),
  ];
}
