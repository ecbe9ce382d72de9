import type { Work } from '../diagnostics/work.ts';

/** Work as a part of longer work, from one share of it done to another: 0 is its beginning and 1 its end. */
export function* stage<Result>(work: Work<Result>, from: number, to: number): Work<Result> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    yield { done: from + (to - from) * (step.value.done / step.value.total), total: 1 };
  }
}
