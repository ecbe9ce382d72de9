import type { RandomKey } from '@reparam/tensor';

/** What layers may need to know about one call of a network. */
export interface ForwardOptions {
  /**
   * Whether the call is a training step: dropout then drops, and batch normalisation goes by the batch. False
   * unless told.
   */
  readonly training?: boolean;
  /** The randomness of the call, for layers that draw. Use a fresh one for each step. */
  readonly key?: RandomKey;
}

/** The options for one part of a network, with a key of its own, so that no two layers draw the same. */
export function optionsOfPart(options: ForwardOptions, part: number): ForwardOptions {
  return options.key === undefined ? options : { ...options, key: options.key.foldIn(part) };
}
