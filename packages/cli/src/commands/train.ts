import type { TrainingRun } from '@reparam/vae';
import type { Command } from 'commander';
import { UserError } from '../files/user-error.ts';
import { encodeConfig, loadConfig } from '../options/config-file.ts';
import type { IsGiven, TrainOptions } from '../options/train-options.ts';
import { formatCount } from '../terminal/format.ts';
import { shellWord } from '../terminal/shell.ts';
import { describeSession } from './announcement.ts';
import { requireMeaningfulOptions } from './check-options.ts';
import { describeRun } from './describe.ts';
import { type Execution, prepareExecution } from './execution.ts';
import { writeResults } from './results.ts';
import { runStage } from './run-stage.ts';
import { isTwoStage, openSecondStage } from './second-stage.ts';
import { resumeSession, type Session, startSession } from './session.ts';

/** Trains a model, new or saved, and leaves its results in a folder. */
export async function trainCommand({ config }: TrainOptions, command: Command): Promise<void> {
  requireNoArguments(command.args);
  if (config !== undefined) fillIn(command, await loadConfig(config));
  const options = command.opts<TrainOptions>();
  const isTyped: IsGiven = (option) => command.getOptionValueSource(option) === 'cli';
  const isGiven: IsGiven = (option) => isTyped(option) || command.getOptionValueSource(option) === 'config';
  requireMeaningfulOptions(options, isTyped);
  const session = await (options.resume ? resumeSession(options, isGiven) : startSession(options));
  console.error(describeSession(session, process.stderr.isTTY ? process.stderr.columns : undefined));
  const { folder, run } = session;
  const execution = await prepareExecution(options);
  const [second, stopped] = await runStages(session, { ...options, ...execution }).finally(execution.close);
  if (stopped !== undefined) {
    console.error(
      `Stopped and saved. Go on with: npx reparam train --resume --out ${shellWord(folder.path)}`,
    );
    process.exitCode = stopped;
    return;
  }
  const { elbo, reconstruction, kl, activeUnits } = await writeResults(session, second);
  console.log(
    `Held-out ELBO ${elbo.toFixed(2)} nats per example (reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}),`,
  );
  console.log(`${activeUnits} of ${formatCount(run.model.settings.latent, 'latent')} active.`);
  console.log(`Look at ${folder.pathOf('report')}; samples are in ${folder.pathOf('samples')}.`);
}

/** Trains the model, then one on its codes where that is wanted. @returns that, and the exit code of a signal. */
async function runStages(
  { folder, run, data, history }: Session,
  { eager, device }: TrainOptions & Execution,
): Promise<readonly [second: TrainingRun | undefined, exitCode: number | undefined]> {
  const stopped = await runStage({
    run,
    data,
    history,
    folder,
    eager,
    device,
    save: async () => {
      // Metrics first: rows beyond the checkpoint are dropped when a run is resumed, missing ones would be lost.
      await folder.writeMetrics(history);
      await folder.save(run);
      await folder.write('config', encodeConfig(describeRun(run, data.source)));
    },
  });
  if (stopped !== undefined || !isTwoStage(run)) return [undefined, stopped];
  console.error('Second stage: a model of the codes of the first.');
  const second = await openSecondStage(folder, run, data);
  return [
    second.run,
    await runStage({
      ...second,
      folder,
      eager,
      device,
      history: [],
      save: () => folder.saveSecondStage(second.run),
    }),
  ];
}

/** What the command line says wins over the file. */
function fillIn(command: Command, config: Partial<TrainOptions>): void {
  for (const [option, value] of Object.entries(config)) {
    if (command.getOptionValueSource(option) === 'cli') continue;
    command.setOptionValueWithSource(option, value, 'config');
  }
}

/** People try `reparam train faces/`. */
function requireNoArguments([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new UserError(
    `"${first}" has no option before it; to train on it: reparam train --data ${shellWord(first)}`,
  );
}
