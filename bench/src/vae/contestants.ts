import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Engine, findNode24, nodeCommand, thisEngine } from '../processes/node.ts';
import { findPython } from '../processes/python.ts';
import type { LayoutName } from './layouts.ts';
import type { OurSettings } from './ours.ts';

/** One way to compute a training step, in a process of its own. */
export interface Contestant {
  readonly name: string;
  /** What starts it for the problem in this file; a text says why it cannot take part. */
  command(problem: string, layout: LayoutName): readonly string[] | string;
}

const ourFile = new URL('ours.ts', import.meta.url);
const peers = new URL('../../peers/', import.meta.url);

const revectorizeFlag = '--experimental-wasm-revectorize';

/** Everybody, in the order of the table. */
export function contestants(): Contestant[] {
  const node24 = findNode24();
  return [
    ours('eager, reference', thisEngine, { backend: 'reference', compiled: false }),
    ours('eager, wasm', thisEngine, { compiled: false }),
    ours('compiled', thisEngine, {}),
    ours('compiled', thisEngine, { threads: 2 }),
    ...(node24?.path === thisEngine.path
      ? []
      : [ours('compiled', node24, {}), ours('compiled', node24, { threads: 2 })]),
    ours('compiled, revectorised', node24, { revectorize: true }),
    ours('compiled, revectorised', node24, { revectorize: true, threads: 2 }),
    peer('tfjs-wasm', 'tfjs-vae.mjs'),
    peer('jax-js, jit', 'jax-vae.mjs'),
    pytorch(1),
    pytorch(2),
  ];
}

function ours(what: string, engine: Engine | undefined, given: Partial<OurSettings>): Contestant {
  const settings: OurSettings = { backend: 'wasm', compiled: true, threads: 1, revectorize: false, ...given };
  return {
    name: `reparam ${what}, ${threadsText(settings.threads)}, ${engine ? `Node ${engine.version}` : 'Node ≥ 24'}`,
    command: (problem) => {
      if (engine === undefined) return 'name a Node ≥ 24: REPARAM_NODE24=/path/to/node';
      const flags = ['--expose-gc', ...(settings.revectorize ? [revectorizeFlag] : [])];
      return nodeCommand(engine, flags, ourFile, problem, JSON.stringify(settings));
    },
  };
}

function peer(name: string, file: string): Contestant {
  return {
    name: `${name}, Node ${thisEngine.version}`,
    command: (problem) =>
      existsSync(new URL('node_modules', peers))
        ? nodeCommand(thisEngine, [], new URL(file, peers), problem)
        : 'not installed: npm ci --prefix bench/peers',
  };
}

function pytorch(threads: number): Contestant {
  return {
    name: `PyTorch, ${threadsText(threads)}`,
    command: (problem) => {
      const python = findPython('torch');
      if (python === undefined) {
        return 'no Python with PyTorch here: apt-get install python3-torch, or PYTHON=/path/to/python';
      }
      return [python, fileURLToPath(new URL('pytorch_vae.py', peers)), problem, String(threads)];
    },
  };
}

export function threadsText(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}
