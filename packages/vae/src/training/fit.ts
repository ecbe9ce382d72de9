import type { Dataset } from '../data/dataset.ts';
import type { EpochEvent, StepEvent } from './events.ts';
import type { TrainingRun } from './run.ts';
import { train } from './train.ts';

export interface FitOptions {
  /** Called after every step; a promise is waited for. */
  readonly onStep?: (event: StepEvent) => void | Promise<void>;
  /** Called after every epoch, with the held-out bound; a promise is waited for. */
  readonly onEpoch?: (event: EpochEvent) => void | Promise<void>;
  /** Ends the training after the step under way, as `AbortSignal` does. */
  readonly signal?: { readonly aborted: boolean };
}

/**
 * {@link train} for those who would rather be called than loop: goes on with a run to its last epoch, or until the
 * signal. A run that was stopped can be saved, and gone on with.
 *
 * ```ts
 * const epochs = await fit(run, data, { onEpoch: ({ heldOut }) => console.log(heldOut.elbo) });
 * ```
 * @returns the epochs that were finished. @throws what `train` and the callbacks throw.
 */
export async function fit(
  run: TrainingRun,
  data: { readonly train: Dataset; readonly heldOut: Dataset },
  { onStep, onEpoch, signal }: FitOptions = {},
): Promise<EpochEvent[]> {
  const epochs: EpochEvent[] = [];
  if (signal?.aborted) return epochs;
  for await (const event of train(run, data)) {
    if (event.kind === 'step') {
      await onStep?.(event);
    } else {
      epochs.push(event);
      await onEpoch?.(event);
    }
    if (signal?.aborted) break;
  }
  return epochs;
}
