import { ReparamError } from '../../errors.ts';

/** A kernel that was stopped: by an index outside its table, or by addresses outside of memory. */
export class KernelError extends ReparamError {
  readonly kernel: string;
  /** Number of the thread it ran on; the caller's is 0. */
  readonly thread: number;

  constructor(kernel: string, thread: number, message: string, options?: ErrorOptions) {
    super(
      kernel,
      `stopped on thread ${thread} with "${message}". An index is outside the axis it points into, or an address ` +
        'outside of memory; what the kernel was writing is incomplete.',
      options,
    );
    this.kernel = kernel;
    this.thread = thread;
  }
}
