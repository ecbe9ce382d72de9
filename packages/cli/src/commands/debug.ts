import { tapeOf, toDot, toMermaid, traceBackward } from '@reparam/autograd';
import { ones } from '@reparam/tensor';
import { loadOutput } from '../debug/load-output.ts';
import { paintFor } from '../debug/paint.ts';
import { renderNumberedStep, renderTrace } from '../debug/render-trace.ts';
import { stepThrough } from '../debug/step-through.ts';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

export interface DebugOptions {
  /** Counted from 1. */
  readonly step?: number;
  readonly verify: boolean;
  readonly all: boolean;
  readonly json: boolean;
  readonly mermaid?: string;
  readonly dot?: string;
}

/** Steps through the backward pass of what a program computes, prints it, or draws its tape. */
export async function debugCommand(path: string, options: DebugOptions): Promise<void> {
  const output = await quietly(options.json, () => loadOutput(path));
  const pictures = [
    [options.mermaid, toMermaid],
    [options.dot, toDot],
  ] as const;
  for (const [file, draw] of pictures) {
    if (file === undefined) continue;
    await writeFileAtomically(file, draw(tapeOf(output)));
    console.log(`tape in ${file}`);
  }
  if (options.mermaid !== undefined || options.dot !== undefined) return;

  // Of an output that is no scalar the sum is looked at, as gradients of it would be.
  const cotangent = ones(output.shape, { dtype: output.dtype });
  const trace = traceBackward(output, { cotangent, verify: options.verify });
  const count = trace.steps.length;
  if (options.step !== undefined && options.step > count) {
    throw new UserError(
      `--step ${options.step} is past the end: the backward pass of "${path}" has ${count} steps.`,
    );
  }
  const at = options.step === undefined ? undefined : options.step - 1;
  if (options.json) {
    const { steps, gradients } = trace;
    console.log(toJson({ steps: at === undefined ? steps : [steps[at]], gradients }));
  } else if (process.stdout.isTTY && process.stdin.isTTY && !options.all) {
    const terminal = {
      input: process.stdin,
      output: process.stdout,
      paint: paintFor(process.stdout, process.env),
    };
    const interrupted = await stepThrough(trace, path, terminal, at);
    if (interrupted) process.exitCode = 130;
  } else {
    const view = { columns: process.stdout.columns ?? 80, paint: paintFor(process.stdout, process.env) };
    console.log(at === undefined ? renderTrace(trace, view) : renderNumberedStep(trace, at, view));
  }
}

/** What a program prints goes to stderr where stdout is to hold nothing but JSON. */
async function quietly<T>(json: boolean, work: () => Promise<T>): Promise<T> {
  const { log } = console;
  if (json) console.log = console.error;
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

/** NaN and infinities, which JSON does not know, as the strings that JavaScript writes for them. */
function toJson(value: unknown): string {
  const spell = (_key: string, each: unknown): unknown =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each;
  return JSON.stringify(value, spell, 2);
}
