import type { Progress as WorkProgress } from '@reparam/vae';
import { type Options, type Params, SingleBar } from 'cli-progress';
import { drawBar, type ProgressStream } from './progress.ts';

/** How far long work has come, on one line that is gone at the end; nothing where there is no terminal. */
export interface WorkBar {
  update(progress: WorkProgress): void;
  /** Safe to call twice. */
  stop(): void;
}

const barSize = 30;

export function createWorkBar(stream: ProgressStream, label: string): WorkBar {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const format = (_options: Options, { progress }: Params): string =>
    `${label}  ${drawBar(progress, barSize)}  ${Math.floor(100 * progress)}%`.slice(
      0,
      (stream.columns ?? 80) - 1,
    );
  const bar = new SingleBar({
    stream,
    format,
    hideCursor: false,
    linewrap: true,
    fps: 10,
    clearOnComplete: true,
    gracefulExit: false,
  });
  let isShown = false;
  return {
    update: ({ done, total }) => {
      if (!isShown) bar.start(total, done);
      isShown = true;
      bar.update(done);
    },
    stop: () => {
      if (isShown) bar.stop();
      isShown = false;
    },
  };
}
