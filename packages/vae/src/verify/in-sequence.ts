import type { Work } from '../diagnostics/work.ts';
import { stage } from './stage.ts';

/** Works one after the other as one, each an equal share of its progress, with their results in order. */
export function* inSequence<Result>(works: readonly Work<Result>[]): Work<Result[]> {
  const results: Result[] = [];
  for (const [index, work] of works.entries()) {
    results.push(yield* stage(work, index / works.length, (index + 1) / works.length));
  }
  return results;
}
