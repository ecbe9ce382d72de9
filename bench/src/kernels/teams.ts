import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Engine, findNode24, nodeCommand, thisEngine } from '../processes/node.ts';
import { findPython } from '../processes/python.ts';
import type { EngineOptions } from './rungs.ts';
import type { Bandwidth } from './stream.ts';

/** What a process says of itself before it is asked for times. */
export interface Introduction {
  readonly version?: string;
  /** GFLOP/s of one thread with its vector instructions. */
  readonly peak?: number;
  readonly bandwidth?: Bandwidth;
}

/** A process that times kernels. */
export interface Team {
  readonly name: string;
  /** What starts it; a text says why it cannot take part. */
  readonly command: readonly string[] | string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it times our kernels, by their position; others know them by name, or products by their shapes. */
  readonly kind: 'ours' | 'tfjs' | 'openblas';
}

const peers = new URL('../../peers/', import.meta.url);

export function teams(seconds: number): Team[] {
  const node24 = findNode24();
  return [
    ours(thisEngine, seconds, { revectorize: false, whole: true }),
    ...(node24 && node24.path !== thisEngine.path
      ? [ours(node24, seconds, { revectorize: false, whole: false })]
      : []),
    ours(node24, seconds, { revectorize: true, whole: false }),
    {
      name: `Node ${thisEngine.version}`,
      kind: 'tfjs',
      command: existsSync(new URL('node_modules', peers))
        ? nodeCommand(thisEngine, [], new URL('tfjs-kernels.mjs', peers), String(seconds))
        : 'tfjs-wasm is not installed: npm ci --prefix bench/peers',
    },
    openblas(seconds),
    // With 256-bit instructions, which revectorised kernels compare with.
    openblas(seconds, { OPENBLAS_CORETYPE: 'Haswell' }),
  ];
}

function ours(engine: Engine | undefined, seconds: number, options: EngineOptions): Team {
  if (engine === undefined) {
    return { name: 'Node ≥ 24', kind: 'ours', command: 'name a Node ≥ 24: REPARAM_NODE24=/path/to/node' };
  }
  const flags = options.revectorize ? ['--experimental-wasm-revectorize'] : [];
  const file = new URL('engine.ts', import.meta.url);
  return {
    name: `Node ${engine.version}`,
    kind: 'ours',
    command: nodeCommand(engine, flags, file, String(seconds), JSON.stringify(options)),
  };
}

function openblas(seconds: number, environment: Readonly<Record<string, string>> = {}): Team {
  const python = findPython('numpy');
  const file = fileURLToPath(new URL('openblas.py', peers));
  return {
    name: 'through Python',
    kind: 'openblas',
    command: python
      ? [python, file, String(seconds)]
      : 'no Python with numpy to call OpenBLAS: apt-get install python3-numpy',
    environment,
  };
}
