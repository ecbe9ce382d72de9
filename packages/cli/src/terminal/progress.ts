import { type Options, type Params, SingleBar } from 'cli-progress';
import type { EpochRow } from '../report/contents.ts';
import { formatElapsed, formatRate, formatValue } from './format.ts';

/** Where training stands. ELBO and its terms in nats per example, over the last steps. */
export interface ProgressUpdate {
  /** Optimiser steps completed. */
  readonly step: number;
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
  readonly activeUnits: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Shows a run to the person at the terminal: `start`, then `update` and `epoch` as they come, `stop` at the end. */
export interface Progress {
  /** @param firstStep steps already done, when a run is resumed. */
  start(totalSteps: number, firstStep?: number): void;
  update(update: ProgressUpdate): void;
  epoch(row: EpochRow): void;
  /** Leaves the terminal as it was; safe to call twice, or without `start`. */
  stop(): void;
}

/** The stream to show progress on, such as process.stderr. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** A moving bar on a terminal; elsewhere, such as in a log file, a plain line after each epoch. */
export function createProgress(stream: ProgressStream, totalEpochs: number): Progress {
  return stream.isTTY ? createBar(stream) : createLines(stream, totalEpochs);
}

function createLines(stream: ProgressStream, totalEpochs: number): Progress {
  const width = String(totalEpochs).length;
  return {
    start: () => undefined,
    update: () => undefined,
    epoch: (row) => {
      stream.write(
        `epoch ${String(row.epoch).padStart(width)}/${totalEpochs}` +
          `  held-out ELBO ${formatValue(row.heldOutElbo, 2)}` +
          `  train ELBO ${formatValue(row.trainElbo, 2)}` +
          `  reconstruction ${formatValue(row.trainReconstruction, 2)}  KL ${formatValue(row.trainKl, 2)}` +
          `  active ${row.activeUnits}  ${formatElapsed(row.seconds)}\n`,
      );
    },
    stop: () => undefined,
  };
}

function createBar(stream: ProgressStream): Progress {
  let latest: ProgressUpdate | undefined;
  let running = false;
  const format = (_options: Options, params: Params): string =>
    renderBar(latest, params.progress, stream.columns ?? 80);
  // Cursor and line wrapping stay as they are: a killed run could not restore them.
  const bar = new SingleBar({
    stream,
    format,
    hideCursor: false,
    linewrap: true,
    fps: 10,
    emptyOnZero: true,
  });
  return {
    start: (totalSteps, firstStep = 0) => {
      running = true;
      bar.start(totalSteps, firstStep);
    },
    update: (update) => {
      latest = update;
      bar.update(update.step);
    },
    epoch: () => undefined,
    stop: () => {
      if (running) bar.stop();
      running = false;
    },
  };
}

/** One line of fewer than `columns` characters: the bar takes what the figures leave, which drop off from the right. */
export function renderBar(latest: ProgressUpdate | undefined, fraction: number, columns: number): string {
  const room = columns - 1;
  const figures = [`${Math.floor(100 * fraction)}%`.padStart(4)];
  if (latest !== undefined) {
    figures.push(
      `ELBO ${formatValue(latest.elbo)}`,
      `rec ${formatValue(latest.reconstruction)}`,
      `KL ${formatValue(latest.kl)}`,
      `${latest.activeUnits} active`,
      `${formatRate(latest.imagesPerSecond)} img/s`,
      `${formatElapsed(latest.secondsLeft)} left`,
    );
  }
  const shown: string[] = [];
  for (const figure of figures) {
    if ([...shown, figure].join('  ').length > room) break;
    shown.push(figure);
  }
  const text = shown.join('  ');
  const barSize = Math.min(40, room - text.length);
  return barSize < 4 ? text : drawBar(fraction, barSize) + text;
}

function drawBar(fraction: number, size: number): string {
  const full = Math.round(Math.max(0, Math.min(1, fraction)) * size);
  return '█'.repeat(full) + '░'.repeat(size - full);
}
