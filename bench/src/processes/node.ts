import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A JavaScript engine to measure in. */
export interface Engine {
  readonly path: string;
  /** As in `process.version`. */
  readonly version: string;
}

export const thisEngine: Engine = { path: process.execPath, version: process.version };

/** Node ≥ 24, whose V8 has --experimental-wasm-revectorize: this one, or REPARAM_NODE24, or one on the path. */
export function findNode24(): Engine | undefined {
  for (const path of [process.execPath, process.env.REPARAM_NODE24, 'node24', 'node']) {
    if (path === undefined) continue;
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (status === 0 && major(stdout) >= 24) return { path, version: stdout.trim() };
  }
  return undefined;
}

function major(version: string): number {
  return Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
}

/** Program and arguments that run a file on the packages' sources. */
export function nodeCommand(
  engine: Engine,
  flags: readonly string[],
  file: URL,
  ...rest: string[]
): string[] {
  return [
    engine.path,
    ...flags,
    '--conditions=@reparam/source',
    `--import=${tsx}`,
    fileURLToPath(file),
    ...rest,
  ];
}
