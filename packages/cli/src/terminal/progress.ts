import { type Options, type Params, SingleBar } from 'cli-progress';
import type { EpochRow } from '../report/contents.ts';
import { formatElapsed, formatRate, formatValue } from './format.ts';

/** Where training stands. ELBO and its terms in nats per example, on the training data of the last steps. */
export interface ProgressUpdate {
  /** Optimiser steps completed. */
  readonly step: number;
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** Known once an epoch has ended. */
  readonly activeUnits?: number | undefined;
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

/** A moving bar on a terminal, with a line above it for each epoch; elsewhere, such as in a log file, only the lines. */
export function createProgress(stream: ProgressStream, totalEpochs: number): Progress {
  return stream.isTTY ? createBar(stream, totalEpochs) : createLines(stream, totalEpochs);
}

function createLines(stream: ProgressStream, totalEpochs: number): Progress {
  return {
    start: () => undefined,
    update: () => undefined,
    epoch: (row) => void stream.write(`${renderEpoch(row, totalEpochs)}\n`),
    stop: () => undefined,
  };
}

function createBar(stream: ProgressStream, totalEpochs: number): Progress {
  let latest: ProgressUpdate | undefined;
  let total = 0;
  let running = false;
  const columns = (): number => stream.columns ?? 80;
  const format = (_options: Options, params: Params): string => renderBar(latest, params.progress, columns());
  // Cursor and line wrapping stay as they are: a killed run could not restore them.
  const bar = new SingleBar({
    stream,
    format,
    hideCursor: false,
    linewrap: true,
    fps: 10,
    emptyOnZero: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  const start = (step: number): void => {
    running = true;
    bar.start(total, step);
  };
  const stop = (): void => {
    if (running) bar.stop();
    running = false;
  };
  return {
    start: (totalSteps, firstStep = 0) => {
      total = totalSteps;
      start(firstStep);
    },
    update: (update) => {
      latest = update;
      bar.update(update.step);
    },
    // The bar gives its line to the epoch and goes on below it.
    epoch: (row) => {
      const resumes = running;
      stop();
      stream.write(`${renderEpoch(row, totalEpochs, columns())}\n`);
      if (resumes) start(row.step);
    },
    stop,
  };
}

/** How an epoch ended, within fewer than `columns` characters: what the held-out examples say comes first. */
export function renderEpoch(row: EpochRow, totalEpochs: number, columns = Infinity): string {
  const width = String(totalEpochs).length;
  const wide = columns >= 104;
  const nats = (value: number): string => formatValue(value, wide ? 2 : 1);
  const terms = `${nats(row.heldOutReconstruction)}, KL ${nats(row.heldOutKl)}`;
  return fit(
    [
      `epoch ${String(row.epoch).padStart(width)}/${totalEpochs}`,
      `held-out ELBO ${nats(row.heldOutElbo)} (${wide ? 'reconstruction' : 'rec'} ${terms})`,
      `train${wide ? ' ELBO' : ''} ${nats(row.trainElbo)}`,
      formatElapsed(row.seconds),
      `${row.activeUnits} active`,
    ],
    columns - 1,
  );
}

/** Columns kept free on the right, so that the terminal's echo of Ctrl-C does not break the line. */
const freeColumns = 3;

/** One line of fewer than `columns` characters: the bar takes what the figures leave, which drop off from the right. */
export function renderBar(latest: ProgressUpdate | undefined, fraction: number, columns: number): string {
  const room = columns - freeColumns;
  const figures = [`${Math.floor(100 * fraction)}%`.padStart(4)];
  if (latest !== undefined) {
    figures.push(
      `ELBO ${formatValue(latest.elbo)}`,
      `rec ${formatValue(latest.reconstruction)}`,
      `KL ${formatValue(latest.kl)}`,
      ...(latest.activeUnits === undefined ? [] : [`${latest.activeUnits} active`]),
      `${formatRate(latest.imagesPerSecond)} img/s`,
      `${formatElapsed(latest.secondsLeft)} left`,
    );
  }
  const text = fit(figures, room);
  const barSize = Math.min(40, room - text.length);
  return barSize < 4 ? text : drawBar(fraction, barSize) + text;
}

/** As many of the figures, from the first on, as fit into `room` characters. */
function fit(figures: readonly string[], room: number): string {
  let line = '';
  for (const figure of figures) {
    const longer = line === '' ? figure : `${line}  ${figure}`;
    if (longer.length > room) break;
    line = longer;
  }
  return line;
}

export function drawBar(fraction: number, size: number): string {
  const full = Math.round(Math.max(0, Math.min(1, fraction)) * size);
  return '█'.repeat(full) + '░'.repeat(size - full);
}
