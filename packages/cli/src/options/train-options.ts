import type { ExecutionOptions } from '../commands/execution.ts';
import type { RunOptions } from './run-options.ts';

/** What `reparam train` was told, with defaults filled in. */
export interface TrainOptions extends RunOptions, ExecutionOptions {
  readonly config?: string;
  readonly resume: boolean;
}

/** Whether an option was given, on the command line or in a config file, rather than filled in. */
export type IsGiven = (option: keyof TrainOptions) => boolean;
