/** How far long work has come; `total` is known from the start. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Work that stops now and then to say how far it has come, and returns its result at the end. Nothing is computed
 * until it is driven: with `finish`, with `finishInTurns`, or by calling `next()`; dropping it abandons the work.
 */
export type Work<Result> = Generator<Progress, Result, void>;

/** Does the work in one go. */
export function finish<Result>(work: Work<Result>, onProgress?: (progress: Progress) => void): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    onProgress?.(step.value);
  }
}

/** Milliseconds of work between two pauses, so that a page stays smooth. */
const turn = 30;

/**
 * Does the work in short turns between which timers, signals and a page's events are served.
 * @throws the signal's reason when it is aborted.
 */
export async function finishInTurns<Result>(
  work: Work<Result>,
  {
    onProgress,
    signal,
  }: { readonly onProgress?: (progress: Progress) => void; readonly signal?: AbortSignal } = {},
): Promise<Result> {
  let last = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const step = work.next();
    if (step.done) return step.value;
    onProgress?.(step.value);
    if (performance.now() - last < turn) continue;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  }
}
