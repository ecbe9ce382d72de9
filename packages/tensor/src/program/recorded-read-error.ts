import { callSiteOf, captureStack, formatCallSite } from '../call-site.ts';
import { ReparamError } from '../errors.ts';

/** Numbers were wanted that exist only when a program runs. */
export class RecordedReadError extends ReparamError {}

/** `what` was read while compile() recorded: `a tensor of shape [128]`. */
export function recordedReadError(what: string): RecordedReadError {
  const site = callSiteOf(captureStack());
  return new RecordedReadError(
    'compile',
    `${what} was read while compile() recorded${site ? `, at ${formatCallSite(site)}` : ''}: its numbers exist only when ` +
      'the program runs. Return it from the function and read it there, choose between values with where(), or leave ' +
      'this function uncompiled.',
  );
}

/** `what` stands for a value of a program, and was kept when its recording had ended. */
export function outlivedError(what: string): RecordedReadError {
  const site = callSiteOf(captureStack());
  return new RecordedReadError(
    'compile',
    `${what} that a compiled function made while it was recorded was used after that${site ? `, at ${formatCallSite(site)}` : ''}: ` +
      'it stands for a value of the program, and has none of its own. Return it from the function, or assign it to a ' +
      'variable that the function keeps. A gradient that backward() leaves in grad is such a tensor: take it from ' +
      'gradients() instead.',
  );
}
