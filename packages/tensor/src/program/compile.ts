import { backend } from '../backend/backend.ts';
import type { RandomKey } from '../random/key.ts';
import type { Tensor } from '../tensor.ts';
import {
  createExecutable,
  type Executable,
  type ExecutionOptions,
  passesFor,
  runAndRead,
} from './executable.ts';
import { optimize, type Pass } from './optimize.ts';
import type { Program } from './program.ts';
import { activeRecording, Recording } from './recording.ts';
import { type Signature, signatureOf } from './signature.ts';
import { type LeafWrapper, mapLeaves } from './structure.ts';

export interface CompileOptions extends ExecutionOptions {
  /** Rewrites of the recorded program; all of them unless told, and those that the backend has of its own. */
  readonly passes?: readonly Pass[];
  /** What else than tensors arguments and results have tensors in. */
  readonly wrappers?: readonly LeafWrapper[];
}

/** A function that was recorded for the signatures it was called with. */
export interface Compiled<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  /** The same, with the tensors of the result read from the device where the program ran on one. */
  async(...args: Args): Promise<Result>;
  /** The program for such arguments, which is recorded if need be. */
  program(...args: Args): Program;
  /** What runs it. */
  executable(...args: Args): Executable;
}

interface Entry<Result> {
  readonly program: Program;
  readonly executable: Executable;
  readonly rebuild: (outputs: readonly Tensor[]) => Result;
}

/**
 * Records what `fn` does with tensors, once for every signature of shapes and types, and from then on runs the
 * recorded program. Tensors and random keys in the arguments, also inside of arrays and plain objects, are inputs;
 * other values belong to the signature. Leaves that `fn` assigns to, such as parameters and the moments of an
 * optimiser, are state: they are kept up to date from run to run.
 *
 * Everything else is as it was when the function was recorded: a number that changes from call to call has to be an
 * argument, or come from `varying`. A value that is read while recording raises a {@link RecordedReadError}.
 */
export function compile<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options: CompileOptions = {},
): Compiled<Args, Result> {
  const { wrappers = [] } = options;
  const entries = new Map<string, Entry<Result>>();
  const entryFor = (args: Args): { readonly entry: Entry<Result>; readonly signature: Signature } => {
    const signature = signatureOf(args, wrappers);
    const running = options.backend ?? backend();
    const text = `${running.name} ${signature.text}`;
    let entry = entries.get(text);
    if (entry === undefined) {
      entry = createEntry(fn, args, { ...options, wrappers });
      entries.set(text, entry);
    }
    return { entry, signature };
  };
  const compiled = (...args: Args): Result => {
    // Within another function that is recorded it is a part of that.
    if (activeRecording()) return fn(...args);
    const { entry, signature } = entryFor(args);
    return entry.rebuild(entry.executable.run(signature.tensors, signature.keys));
  };
  const async = async (...args: Args): Promise<Result> => {
    const { entry, signature } = entryFor(args);
    return entry.rebuild(await runAndRead(entry.executable, signature.tensors, signature.keys));
  };
  return Object.assign(compiled, {
    async,
    program: (...args: Args) => entryFor(args).entry.program,
    executable: (...args: Args) => entryFor(args).entry.executable,
  });
}

function createEntry<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  args: Args,
  { passes, wrappers = [], ...execution }: CompileOptions,
): Entry<Result> {
  const { recording, result } = Recording.record((current) => {
    let [inputs, keys] = [0, 0];
    const symbolic = mapLeaves(
      args,
      {
        tensor: ({ shape, dtype }) => current.input(inputs++, shape, dtype),
        key: () => current.key(keys++),
      },
      wrappers,
    );
    return fn(...(symbolic as Args));
  });
  const outputs: Tensor[] = [];
  const noteOutput = (x: Tensor): Tensor => {
    outputs.push(x);
    return x;
  };
  const unchanged = (key: RandomKey): RandomKey => key;
  mapLeaves(result, { tensor: noteOutput, key: unchanged }, wrappers);
  const program = optimize(recording.finish(outputs), passes ?? passesFor(execution));
  return {
    program,
    executable: createExecutable(program, execution),
    rebuild: (values) => {
      let next = 0;
      return mapLeaves(result, { tensor: () => values[next++]!, key: unchanged }, wrappers) as Result;
    },
  };
}
