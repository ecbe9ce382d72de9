import type { Backend } from '@reparam/tensor';
import {
  type Dataset,
  DivergedError,
  type EpochEvent,
  stepsPerEpoch,
  type TrainingRun,
  train,
} from '@reparam/vae';
import { withoutOperation } from '../data/explain-format.ts';
import { UserError } from '../files/user-error.ts';
import type { EpochRow } from '../report/contents.ts';
import { createProgress } from '../terminal/progress.ts';
import { RecentMean } from '../terminal/recent-mean.ts';
import { onInterrupt } from './interrupt.ts';
import type { RunFolder } from './run-folder.ts';

/** A run to be trained from where it stands. */
export interface Stage {
  readonly run: TrainingRun;
  readonly data: { readonly train: Dataset; readonly heldOut: Dataset };
  /** Epochs that ended before; those that end now are added. */
  readonly history: EpochRow[];
  readonly folder: RunFolder;
  /** Whether steps are not compiled. */
  readonly eager: boolean;
  /** What runs them, where that is not what all else runs on. */
  readonly device: Backend | undefined;
  /** Keeps the run as it stands. */
  readonly save: () => Promise<void>;
}

/** Seconds between saves while an epoch is under way, for data sets whose epochs are long. */
const saveEvery = 60;

/** Trains to the end or to a signal, saving after every epoch. @returns the exit code when a signal stopped it. */
export async function runStage({
  run,
  data,
  history,
  folder,
  eager,
  device,
  save,
}: Stage): Promise<number | undefined> {
  const interrupt = onInterrupt();
  const clock = createClock(history.at(-1)?.seconds ?? 0);
  const totalSteps = run.settings.epochs * stepsPerEpoch(run.settings, data.train.examples.shape[0]!);
  const firstStep = run.step;
  const progress = createProgress(process.stderr, run.settings.epochs);
  const recent = { reconstruction: new RecentMean(), kl: new RecentMean() };
  let lastSave = performance.now();
  let seen = 0;
  progress.start(totalSteps, firstStep);
  try {
    for await (const event of train(run, data, {
      eager,
      ...(device && { backend: device, onObstacle: (reason) => console.error(`Note: ${reason}`) }),
    })) {
      if (event.kind === 'epoch') {
        const row = toRow(event, clock());
        history.push(row);
        progress.epoch(row);
        await save();
        lastSave = performance.now();
        if (event.stoppedFor !== undefined) {
          progress.stop();
          console.error(
            `No held-out ELBO since epoch ${event.stoppedFor} was better: the run ends here, with the model of then.`,
          );
        }
        continue;
      }
      seen += event.examples;
      const seconds = (performance.now() - clock.started) / 1000;
      const reconstruction = recent.reconstruction.add(event.reconstruction);
      const kl = recent.kl.add(event.kl);
      progress.update({
        step: event.step,
        elbo: reconstruction - kl,
        reconstruction,
        kl,
        activeUnits: history.at(-1)?.activeUnits,
        imagesPerSecond: seen / seconds,
        secondsLeft: ((totalSteps - event.step) * seconds) / (event.step - firstStep),
      });
      if (interrupt.requested) break;
      // What is on a device comes back at the end of an epoch, or of the loop.
      if (device === undefined && performance.now() - lastSave > 1000 * saveEvery) {
        await save();
        lastSave = performance.now();
      }
    }
  } catch (error) {
    await folder.discardIfEmpty();
    throw error instanceof DivergedError ? explainDivergence(error, folder, history.at(-1)) : error;
  } finally {
    progress.stop();
    interrupt.dispose();
  }
  // A run that had nothing left to do is saved too: --epochs may have changed.
  await save();
  return interrupt.requested && !isFinished(run, totalSteps) ? interrupt.exitCode : undefined;
}

function isFinished({ step, stoppedEarly }: TrainingRun, totalSteps: number): boolean {
  return stoppedEarly || step >= totalSteps;
}

/** What the last save holds is all that a diverged run leaves: the steps after it led astray. */
function explainDivergence(
  error: DivergedError,
  { path }: RunFolder,
  lastEpoch: EpochRow | undefined,
): UserError {
  const kept =
    lastEpoch === undefined
      ? 'Nothing was saved.'
      : `The model as it was after epoch ${lastEpoch.epoch} is kept in ${path}.`;
  return new UserError(
    `The training diverged: ${withoutOperation(error)} The options for that are --lr, --clip and --annealing. ${kept}`,
    { cause: error },
  );
}

function createClock(before: number): (() => number) & { readonly started: number } {
  const started = performance.now();
  return Object.assign(() => before + (performance.now() - started) / 1000, { started });
}

function toRow({ epoch, step, train: means, heldOut, klWeight }: EpochEvent, seconds: number): EpochRow {
  return {
    epoch,
    step,
    trainElbo: means.elbo,
    trainReconstruction: means.reconstruction,
    trainKl: means.kl,
    heldOutElbo: heldOut.elbo,
    heldOutReconstruction: heldOut.reconstruction,
    heldOutKl: heldOut.kl,
    beta: klWeight,
    activeUnits: heldOut.activeUnits,
    seconds,
  };
}
