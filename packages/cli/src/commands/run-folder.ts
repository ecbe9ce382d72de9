import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, type TrainingRun } from '@reparam/vae';
import { explainFormat } from '../data/explain-format.ts';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { encodeMetrics, parseMetrics } from '../output/metrics.ts';
import type { EpochRow } from '../report/contents.ts';

/** The files of a run's folder. */
const names = {
  checkpoint: 'checkpoint.safetensors',
  metrics: 'metrics.csv',
  summary: 'summary.json',
  samples: 'samples.png',
  reconstructions: 'reconstructions.png',
  latent: 'latent.svg',
  report: 'report.html',
} as const;

/** A folder that a run's results are kept in; every file is written whole or not at all. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A folder under runs/ that does not exist yet: runs/digits, runs/digits-2, … */
  static unused(dataName: string): RunFolder {
    const stem = dataName.replace(/\.[^.]*$/, '').replace(/[^\w-]+/g, '-') || 'data';
    for (let number = 1; ; number++) {
      const path = join('runs', number === 1 ? stem : `${stem}-${number}`);
      if (!existsSync(path)) return new RunFolder(path);
    }
  }

  pathOf(file: keyof typeof names): string {
    return join(this.path, names[file]);
  }

  has(file: keyof typeof names): boolean {
    return existsSync(this.pathOf(file));
  }

  /** @throws UserError when the folder cannot be made, or is a file. */
  async create(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(`The folder "${this.path}" cannot be made (${reason}); choose another with --out.`);
    }
  }

  write(file: keyof typeof names, contents: string | Uint8Array): Promise<void> {
    return writeFileAtomically(this.pathOf(file), contents);
  }

  save(run: TrainingRun): Promise<void> {
    return this.write('checkpoint', encodeCheckpoint(run));
  }

  load(): Promise<TrainingRun> {
    return loadCheckpoint(this.pathOf('checkpoint'));
  }

  writeMetrics(rows: readonly EpochRow[]): Promise<void> {
    return this.write('metrics', encodeMetrics(rows));
  }

  /** The rows of epochs that ended at or before `step`: later ones belong to a future that was cut off. */
  async readMetrics(step: number): Promise<EpochRow[]> {
    if (!this.has('metrics')) return [];
    const path = this.pathOf('metrics');
    return parseMetrics(await readFile(path, 'utf8'), path).filter((row) => row.step <= step);
  }
}

/** @throws UserError when the file is missing or no checkpoint. */
async function loadCheckpoint(path: string): Promise<TrainingRun> {
  if (!existsSync(path)) {
    throw new UserError(`There is no checkpoint "${path}"; train a model first: reparam train --out FOLDER.`);
  }
  const bytes = await readFile(path);
  return explainFormat(path, () => decodeCheckpoint(bytes));
}

/** A run's folder or its checkpoint file, as `sample`, `reconstruct` and `info` take it. */
export async function openRun(path: string): Promise<{ run: TrainingRun; folder: RunFolder | undefined }> {
  const isFolder = existsSync(path) && (await stat(path)).isDirectory();
  const folder = isFolder ? new RunFolder(path) : undefined;
  return { folder, run: await (folder ? folder.load() : loadCheckpoint(path)) };
}
