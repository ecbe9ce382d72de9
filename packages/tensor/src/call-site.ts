/** A place in the code of whoever called this library. */
export interface CallSite {
  /** A path or URL, as the JavaScript engine writes it. */
  readonly file: string;
  /** Counted from 1, as editors do; the same for columns. */
  readonly line: number;
  readonly column: number;
  /** The function that the call is in; undefined at the top of a module. */
  readonly functionName?: string;
}

/** `train.ts:41:20 (fitScale)`, with the file's whole path. */
export function formatCallSite({ file, line, column, functionName }: CallSite): string {
  return `${file.replace(/^file:\/\//, '')}:${line}:${column}${functionName ? ` (${functionName})` : ''}`;
}

/** `    at fit (file:///train.ts:41:20)` or `    at file:///train.ts:41:20`: V8, in Node, Chrome and Edge. */
const v8Frame = /^\s*at (?:(.*?) \()?((?:\w+:\/\/|[/\\]|\w:\\)?[^()\s][^()]*?):(\d+):(\d+)\)?$/;
/** `fit@https://host/train.js:41:20`: Firefox and Safari. */
const atFrame = /^(.*?)@(.+?):(\d+):(\d+)$/;

/** The frames of an error's stack, innermost first, whichever engine wrote it. What is not code with a place is left out. */
export function parseStack(stack: string): CallSite[] {
  return stack.split('\n').flatMap((text) => {
    const [, name, file, line, column] = v8Frame.exec(text) ?? atFrame.exec(text) ?? [];
    if (file === undefined || file.startsWith('node:')) return [];
    const functionName = name?.replace(/^(?:async|new) |^<anonymous>$/, '');
    return [{ file, line: Number(line), column: Number(column), ...(functionName && { functionName }) }];
  });
}

/** How many frames an engine keeps, where it can be told: enough to get past a deep stack of layers. */
const framesKept = 64;

type ErrorWithLimit = typeof Error & { stackTraceLimit?: number };

/** The stack just now, cheap to take: engines write it as text only when it is read. */
export function captureStack(): Error {
  const limited: ErrorWithLimit = Error;
  const before = limited.stackTraceLimit;
  if (before !== undefined) limited.stackTraceLimit = framesKept;
  const captured = new Error('where an operation was called');
  if (before !== undefined) limited.stackTraceLimit = before;
  return captured;
}

/** This file, as stacks call it, ends so where each package is its own folder, in sources or a build. */
const ownFile = /tensor\/(?:src|dist)\/call-site\.[jt]s$/;
const libraryFile = /^(?:tensor|autograd|nn|vae)\/(?:src|dist)\//;

/**
 * Where a captured stack entered this library: its first frame outside of the packages that lie side by side.
 * Undefined where that cannot be told, as in a bundle.
 */
export function callSiteOf(captured: Error): CallSite | undefined {
  const frames = parseStack(captured.stack ?? '');
  const own = frames[0]?.file.replaceAll('\\', '/');
  if (own === undefined || !ownFile.test(own)) return undefined;
  const packages = own.replace(ownFile, '');
  return frames.find(({ file }) => {
    const path = file.replaceAll('\\', '/');
    return !(path.startsWith(packages) && libraryFile.test(path.slice(packages.length)));
  });
}
