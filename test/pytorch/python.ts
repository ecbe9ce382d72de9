import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Shape } from '@reparam/tensor';

/** What PyTorch is asked, and what it answers: see oracle.py. Numbers are encoded with {@link encodeNumbers}. */
export interface Request {
  readonly expression: string;
  readonly inputs: readonly { readonly shape: Shape; readonly whole: boolean; readonly data: string }[];
  readonly cotangent: string;
  readonly directions: readonly string[];
}

export interface Answer {
  /** Of all outputs. */
  readonly shapes: readonly Shape[];
  /** The elements of all outputs. */
  readonly value: string;
  /** The gradients g of ⟨cotangent, value⟩ by the inputs that are not whole. */
  readonly first: readonly string[];
  /** The gradients of Σ ⟨direction, g⟩ by the same inputs and then by the cotangent. */
  readonly second: readonly string[];
}

const oracle = fileURLToPath(new URL('oracle.py', import.meta.url));

/** Where a Python with PyTorch may be: the one asked for, the usual one, the system's own. */
const pythons = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((path) => path !== undefined);

/** What to tell where there is none. */
export const howToInstall =
  'no Python with PyTorch here. Install it (Debian: apt-get install python3-torch), or name a Python that has it: ' +
  'PYTHON=/path/to/python.';

/** PyTorch's version and its answers in order; undefined where there is no Python with PyTorch. */
export function askPyTorch(
  requests: readonly Request[],
):
  | { readonly version: string; readonly answers: readonly (Answer | { readonly error: string })[] }
  | undefined {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  for (const python of pythons) {
    const { stdout, stderr, status } = spawnSync(python, [oracle], {
      input,
      encoding: 'utf8',
      maxBuffer: Infinity,
    });
    // Without PyTorch it does not come to its first line.
    if (!stdout) continue;
    const lines = stdout.trimEnd().split('\n');
    const [version, ...answers] = lines.map((line) => JSON.parse(line));
    if (status === 0 && answers.length === requests.length) return { version, answers };
    throw new Error(`${python} ${oracle} ended early, with status ${status}:\n${stderr}`);
  }
  return undefined;
}

/** The bytes of float64 in base64, which keep every number as it is. */
export function encodeNumbers(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

export function decodeNumbers(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
