import {
  createTrainingRun,
  type EpochEvent,
  requireTrainable,
  stepsPerEpoch,
  type TrainingRun,
  train,
} from '@reparam/vae';
import type { Command } from 'commander';
import { UserError } from '../files/user-error.ts';
import {
  modelOptions,
  type TrainOptions,
  toTrainingSettings,
  toVaeSettings,
  trainingOptions,
} from '../options.ts';
import type { EpochRow } from '../report/contents.ts';
import { createProgress } from '../terminal/progress.ts';
import { describeModel, describeTraining } from './describe.ts';
import { onInterrupt } from './interrupt.ts';
import { writeResults } from './results.ts';
import { RunFolder } from './run-folder.ts';
import { annotate, type OpenedData, openData, reopenData, sourceOf } from './source.ts';

/** Seconds between saves while an epoch is under way, for data sets whose epochs are long. */
const saveEvery = 60;

interface Session {
  readonly folder: RunFolder;
  readonly run: TrainingRun;
  readonly data: OpenedData;
  /** Epochs that ended before this session. */
  readonly history: EpochRow[];
}

export async function trainCommand(options: TrainOptions, command: Command): Promise<void> {
  const session = options.resume ? await resumeSession(options, command) : await startSession(options);
  announce(session);
  const interrupted = await runSession(session);
  const { folder } = session;
  if (interrupted) {
    console.error(`\nStopped and saved. Go on with: npx reparam train --resume --out ${folder.path}`);
    process.exitCode = 130;
    return;
  }
  const { elbo, reconstruction, kl, activeUnits } = await writeResults(
    folder,
    session.run,
    session.data,
    session.history,
  );
  console.log(
    `Held-out ELBO ${elbo.toFixed(2)} nats per example (reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}), ` +
      `${activeUnits} of ${session.run.model.settings.latent} latents active.`,
  );
  console.log(`Look at ${folder.pathOf('report')}; samples are in ${folder.pathOf('samples')}.`);
}

async function startSession(options: TrainOptions): Promise<Session> {
  if (options.out !== undefined && new RunFolder(options.out).has('checkpoint')) {
    throw new UserError(
      `"${options.out}" already holds a run: go on with it by --resume, or choose another folder with --out.`,
    );
  }
  const data = await openData({
    data: options.data ?? null,
    digits: options.digits,
    heldOut: options.heldOut,
  });
  const features = data.train.examples.shape[1]!;
  const run = createTrainingRun(
    toVaeSettings(options, features),
    toTrainingSettings(options),
    annotate(data.source),
  );
  requireTrainable(run, data.dataset);
  const folder = options.out === undefined ? RunFolder.unused(data.source.name) : new RunFolder(options.out);
  await folder.create();
  return { folder, run, data, history: [] };
}

async function resumeSession(options: TrainOptions, command: Command): Promise<Session> {
  if (options.out === undefined) {
    throw new UserError('--resume needs the folder of the run to go on with: --out FOLDER.');
  }
  const folder = new RunFolder(options.out);
  const saved = await folder.load();
  requireSameOptions(saved, options, command);
  const epochs = command.getOptionValueSource('epochs') === 'cli' ? options.epochs : saved.settings.epochs;
  const run = { ...saved, settings: { ...saved.settings, epochs } };
  const data = await reopenData(sourceOf(run, folder.pathOf('checkpoint')));
  return { folder, run, data, history: await folder.readMetrics(run.step) };
}

/** A resumed run keeps its settings; only the number of epochs may change. */
function requireSameOptions(run: TrainingRun, options: TrainOptions, command: Command): void {
  const features = run.model.settings.features;
  const saved = { ...describeModel(run.model.settings), ...describeTraining(run.settings) };
  const asked: Record<string, string> = {
    ...describeModel(toVaeSettings(options, features)),
    ...describeTraining(toTrainingSettings(options)),
  };
  for (const option of [...modelOptions, ...trainingOptions]) {
    const name = option.name();
    const given = command.getOptionValueSource(option.attributeName()) === 'cli';
    if (!given || name === 'epochs' || saved[name as keyof typeof saved] === asked[name]) continue;
    throw new UserError(
      `The run in "${options.out}" was started with --${name} ${saved[name as keyof typeof saved] ?? '(none)'}, so it ` +
        `cannot go on with ${asked[name]}; leave the option out, or start a new run in another folder.`,
    );
  }
  for (const name of ['data', 'digits', 'heldOut'] as const) {
    if (command.getOptionValueSource(name) === 'cli') {
      throw new UserError(
        `A resumed run keeps its data: leave --${name === 'heldOut' ? 'held-out' : name} out.`,
      );
    }
  }
}

function announce({ folder, run, data }: Session): void {
  const { name } = data.source;
  const [count, features] = data.train.examples.shape;
  console.error(
    `Training on ${count} examples of ${name} (${features} features), judging by ${data.heldOut.examples.shape[0]}; ` +
      `${parameterCount(run).toLocaleString('en')} parameters; results in ${folder.path}.`,
  );
  for (const note of data.notes) console.error(`Note: ${note}`);
  if (run.step > 0) console.error(`Going on from step ${run.step}.`);
}

export function parameterCount({ model }: TrainingRun): number {
  return model.parameters().reduce((total, { size }) => total + size, 0);
}

/** Trains to the end or to Ctrl-C, saving after every epoch; true when it was interrupted. */
async function runSession({ folder, run, data, history }: Session): Promise<boolean> {
  const interrupt = onInterrupt();
  const clock = createClock(history.at(-1)?.seconds ?? 0);
  const examples = data.train.examples.shape[0]!;
  const totalSteps = run.settings.epochs * stepsPerEpoch(run.settings, examples);
  const progress = createProgress(process.stderr, run.settings.epochs);
  const firstStep = run.step;
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
      const perSecond = (1000 * seen) / (performance.now() - clock.started);
      progress.update({
        ...event,
        activeUnits: history.at(-1)?.activeUnits ?? 0,
        imagesPerSecond: perSecond,
        secondsLeft: ((totalSteps - event.step) * run.settings.batchSize) / perSecond,
      });
      if (interrupt.requested) break;
      if (performance.now() - lastSave > 1000 * saveEvery) {
        await folder.save(run);
        lastSave = performance.now();
      }
    }
  } finally {
    progress.stop();
    interrupt.dispose();
  }
  // A run that had nothing left to do is saved too: --epochs may have changed.
  await folder.save(run);
  return interrupt.requested && run.step < totalSteps;
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
