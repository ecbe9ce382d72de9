import type { Progress } from '@reparam/vae';
import type { PartOutcome } from './outcome.ts';

/** What a worker thread says: how far it has come, then what came of its job. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'outcome'; readonly outcome: PartOutcome };
