import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Variable } from '@reparam/autograd';
import { ReparamError } from '@reparam/tensor';
import { systemErrorCode, UserError } from '../files/user-error.ts';

type Exports = Readonly<Record<string, unknown>>;

/** What a program may call the variable whose backward pass is to be looked at, or the function that computes it. */
const exportedNames = ['loss', 'output'] as const;

/**
 * Runs a JavaScript or TypeScript program, and gives the variable that it exports as `loss` or `output`, itself or as
 * a function without arguments that computes it, at once or later. @throws UserError when there is none.
 */
export async function loadOutput(path: string): Promise<Variable> {
  if (!existsSync(path)) {
    throw new UserError(`There is no program "${path}".`);
  }
  const exported = await run(path, () => importProgram(path));
  const name = exportedNames.find((each) => exported[each] !== undefined);
  if (name === undefined) {
    throw new UserError(
      `"${path}" exports neither loss nor output: let it say export const loss = …, or export function loss() ` +
        'that returns it.',
    );
  }
  const source = exported[name];
  const value = typeof source === 'function' ? await run(path, () => (source as () => unknown)()) : source;
  return requireComputed(path, name, value);
}

function requireComputed(path: string, name: string, value: unknown): Variable {
  if (!(value instanceof Variable)) {
    const foreign = value instanceof Object && 'tracked' in value && 'node' in value;
    throw new UserError(
      foreign
        ? `The ${name} of "${path}" is a variable of another copy of @reparam/autograd: install reparam beside it, ` +
            'in the folder of your project, and run npx reparam there.'
        : `The ${name} of "${path}" is no variable, nor a function that returns one.`,
    );
  }
  if (value.node === undefined) {
    throw new UserError(
      `The ${name} of "${path}" has no tape: it was not computed from a parameter, or under noGrad. Mark leaves with ` +
        'parameter(…).',
    );
  }
  if (value.node.freed) {
    throw new UserError(
      `The tape of the ${name} of "${path}" was freed by a backward pass: leave backward() out, the debugger runs it.`,
    );
  }
  return value;
}

/** What goes wrong inside the program is told with the line where it did. */
async function run<T>(path: string, work: () => T): Promise<Awaited<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReparamError)) throw error;
    const line = error.stack
      ?.split('\n')
      .find((each) => each.includes(basename(path)) && /:\d+:\d+\)?$/.test(each));
    throw new UserError(`"${path}" stopped: ${error.message}${line ? `\n${line}` : ''}`, { cause: error });
  }
}

/** Types are stripped by Node itself where it can (from 22.18 on), elsewhere by the tsx of the program's project. */
async function importProgram(path: string): Promise<Exports> {
  const file = resolve(path);
  const { typescript } = process.features as { readonly typescript?: unknown };
  // Before the first attempt: Node remembers a failed import and does not try again.
  if (!typescript && /\.[cm]?tsx?$/.test(file)) await registerTypeScript(file);
  try {
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    throw new UserError(
      `Node ${process.version} does not run TypeScript such as "${path}": use Node 22.18 or later, or install tsx ` +
        'beside the program (npm install --save-dev tsx), or write it as .js or .mjs.',
      { cause: error },
    );
  }
}

/** As `node --import tsx` does: for all modules, so that the program and this command share the library. */
async function registerTypeScript(file: string): Promise<void> {
  let loader: string;
  try {
    loader = createRequire(file).resolve('tsx');
  } catch {
    return;
  }
  await import(pathToFileURL(loader).href);
}
