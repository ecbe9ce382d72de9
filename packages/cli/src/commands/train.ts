import { DivergedError, type EpochEvent, stepsPerEpoch, train } from '@reparam/vae';
import type { Command } from 'commander';
import { withoutOperation } from '../data/explain-format.ts';
import { UserError } from '../files/user-error.ts';
import type { IsGiven, TrainOptions } from '../options.ts';
import type { EpochRow } from '../report/contents.ts';
import { formatCount } from '../terminal/format.ts';
import { createProgress } from '../terminal/progress.ts';
import { RecentMean } from '../terminal/recent-mean.ts';
import { shellWord } from '../terminal/shell.ts';
import { describeSession } from './announcement.ts';
import { onInterrupt } from './interrupt.ts';
import { writeResults } from './results.ts';
import type { RunFolder } from './run-folder.ts';
import { resumeSession, type Session, startSession } from './session.ts';

/** Seconds between saves while an epoch is under way, for data sets whose epochs are long. */
const saveEvery = 60;

/** Trains a model, new or saved, and leaves its results in a folder. */
export async function trainCommand(options: TrainOptions, command: Command): Promise<void> {
  requireNoArguments(command.args);
  const isGiven: IsGiven = (option) => command.getOptionValueSource(option) === 'cli';
  const session = await (options.resume ? resumeSession : startSession)(options, isGiven);
  console.error(describeSession(session, process.stderr.isTTY ? process.stderr.columns : undefined));
  const stopped = await runSession(session);
  const { folder, run, data, history } = session;
  if (stopped !== undefined) {
    console.error(
      `Stopped and saved. Go on with: npx reparam train --resume --out ${shellWord(folder.path)}`,
    );
    process.exitCode = stopped;
    return;
  }
  const { elbo, reconstruction, kl, activeUnits } = await writeResults(folder, run, data, history);
  console.log(
    `Held-out ELBO ${elbo.toFixed(2)} nats per example (reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}),`,
  );
  console.log(`${activeUnits} of ${formatCount(run.model.settings.latent, 'latent')} active.`);
  console.log(`Look at ${folder.pathOf('report')}; samples are in ${folder.pathOf('samples')}.`);
}

/** People try `reparam train faces/`. */
function requireNoArguments([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new UserError(
    `"${first}" has no option before it; to train on it: reparam train --data ${shellWord(first)}`,
  );
}

/** Trains to the end or to a signal, saving after every epoch. @returns the exit code when a signal stopped it. */
async function runSession({ folder, run, data, history }: Session): Promise<number | undefined> {
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
    for await (const event of train(run, data)) {
      if (event.kind === 'epoch') {
        const row = toRow(event, clock());
        history.push(row);
        progress.epoch(row);
        // Metrics first: rows beyond the checkpoint are dropped when a run is resumed, missing ones would be lost.
        await folder.writeMetrics(history);
        await folder.save(run);
        lastSave = performance.now();
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
      if (performance.now() - lastSave > 1000 * saveEvery) {
        await folder.save(run);
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
  await folder.save(run);
  return interrupt.requested && run.step < totalSteps ? interrupt.exitCode : undefined;
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
    `The training diverged: ${withoutOperation(error)} The options for that are --lr, --clip and --anneal. ${kept}`,
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
