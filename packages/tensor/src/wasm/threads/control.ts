/**
 * The block of shared memory by which a pool is steered, in bytes from its beginning. Words that different threads
 * write are on cache lines of their own.
 */
export const control = {
  /** Counts regions; it changes when a new one may be worked on. */
  epoch: 0,
  /** Calls of the region that are finished. */
  done: 64,
  /** Workers that sleep until the epoch changes. */
  sleepers: 128,
  /** Calls of the region. */
  calls: 192,
  /** 1 when a call has failed on a worker; then which worker, which call, how long its message is. */
  error: 256,
  errorThread: 260,
  errorCall: 264,
  errorLength: 268,
  /** The message, one UTF-16 unit a word. */
  errorText: 272,
  /** Address of the first module record: the address of the next one or 0, the length of the module, its bytes. */
  modules: 1024,
  /** The calls themselves. */
  slots: 1088,
} as const;

/** A call in shared memory. */
export const slot = {
  /** The epoch of the region while nobody has taken the call, then 0. */
  claim: 0,
  /** Number of the module in the library, and of the function among its exports. */
  module: 4,
  position: 8,
  argumentCount: 12,
  /** Arguments as float64, which holds every i32, f32 and f64. */
  arguments: 16,
  bytes: 1024,
} as const;

export const slotCount = 64;
export const maximumArguments = (slot.bytes - slot.arguments) / 8;
export const controlBytes = control.slots + slotCount * slot.bytes;
export const maximumErrorLength = (control.modules - control.errorText) / 4;
