import { constants, existsSync } from 'node:fs';
import { access, mkdir, readFile, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ReparamError } from '@reparam/tensor';
import { decodeCheckpoint, encodeCheckpoint, type TrainingRun } from '@reparam/vae';
import { withoutOperation } from '../data/explain-format.ts';
import { systemErrorCode, UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { encodeMetrics, parseMetrics } from '../output/metrics.ts';
import type { EpochRow } from '../report/contents.ts';
import { belongsTo } from './second-stage.ts';

/** The files of a run's folder. */
const names = {
  checkpoint: 'checkpoint.safetensors',
  config: 'config.json',
  metrics: 'metrics.csv',
  summary: 'summary.json',
  samples: 'samples.png',
  reconstructions: 'reconstructions.png',
  latent: 'latent.svg',
  secondStage: 'second-stage.safetensors',
  twoStageSamples: 'samples-two-stage.png',
  report: 'report.html',
} as const;

/** A folder that a run's results are kept in; every file is written whole or not at all. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A folder that does not exist yet: runs/digits, runs/digits-2, … */
  static unused(dataName: string, base = 'runs'): RunFolder {
    const words = dataName.replace(/\.[^.]*$/, '').match(/[\p{L}\p{N}_]+/gu);
    const stem = words?.join('-') ?? 'data';
    for (let number = 1; ; number++) {
      const path = join(base, number === 1 ? stem : `${stem}-${number}`);
      if (!existsSync(path)) return new RunFolder(path);
    }
  }

  pathOf(file: keyof typeof names): string {
    return join(this.path, names[file]);
  }

  has(file: keyof typeof names): boolean {
    return existsSync(this.pathOf(file));
  }

  /**
   * Tells early what would otherwise stop a run when it first saves, or make it overwrite something.
   * @throws UserError when the folder holds a run or a file that a run writes, lies among the data, or cannot be written.
   */
  async requireFree(data: string | undefined): Promise<void> {
    if (this.has('checkpoint')) {
      throw new UserError(
        `"${this.path}" already holds a run: go on with it by --resume, or choose another folder with --out.`,
      );
    }
    const inTheWay = Object.values(names).find((name) => existsSync(join(this.path, name)));
    if (inTheWay !== undefined) {
      throw new UserError(
        `"${this.path}" already holds a ${inTheWay}, which would be overwritten: choose another folder with --out.`,
      );
    }
    if (data !== undefined && isAmong(this.path, data)) {
      throw new UserError(
        `The results would come to lie among the data in "${data}" and be taken for data later: choose another ` +
          'folder with --out.',
      );
    }
    await this.#requireWritable();
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

  /** Takes the folder away again when nothing came to lie in it. */
  async discardIfEmpty(): Promise<void> {
    // rmdir refuses a folder with something in it.
    await rmdir(this.path).catch(() => undefined);
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

  saveSecondStage(run: TrainingRun): Promise<void> {
    return this.write('secondStage', encodeCheckpoint(run));
  }

  /** The model of the codes of a run; undefined where there is none, or its codes were those of an earlier step. */
  async loadSecondStage(first: TrainingRun): Promise<TrainingRun | undefined> {
    if (!this.has('secondStage')) return undefined;
    const second = await loadCheckpoint(this.pathOf('secondStage'));
    return belongsTo(second, first) ? second : undefined;
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

  /** Asks the folder itself, or where it is yet to be made, the nearest one above it. */
  async #requireWritable(): Promise<void> {
    let existing = this.path;
    while (!existsSync(existing)) existing = dirname(existing);
    if (!(await stat(existing)).isDirectory()) {
      throw new UserError(`"${existing}" is a file, not a folder: choose another folder with --out.`);
    }
    try {
      await access(existing, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new UserError(`Nothing may be written to "${existing}": choose another folder with --out.`, {
        cause: error,
      });
    }
  }
}

/** Whether a folder is that of the data, or right in it, where subfolders are classes. */
function isAmong(folder: string, data: string): boolean {
  const place = resolve(folder);
  return [place, dirname(place)].includes(resolve(data));
}

/** @throws UserError when the file is missing or no checkpoint. */
async function loadCheckpoint(path: string): Promise<TrainingRun> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError(
        `There is no checkpoint "${path}"; train a model first: reparam train --out FOLDER.`,
      );
    }
    throw new UserError(`The checkpoint "${path}" cannot be opened (${code ?? String(error)}).`, {
      cause: error,
    });
  });
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof ReparamError)) throw error;
    throw new UserError(
      `"${path}" is no sound checkpoint of reparam (${withoutOperation(error).replace(/\.$/, '')}): give the folder of a run, or its ` +
        'checkpoint.safetensors.',
      { cause: error },
    );
  }
}

/** A run's folder or its checkpoint file, as `sample`, `reconstruct` and `info` take it. */
export async function openRun(path: string): Promise<{ run: TrainingRun; folder: RunFolder }> {
  const isFolder = existsSync(path) && (await stat(path)).isDirectory();
  if (!isFolder) return { folder: new RunFolder(dirname(path)), run: await loadCheckpoint(path) };
  const folder = new RunFolder(path);
  return { folder, run: await folder.load() };
}
