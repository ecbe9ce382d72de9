import { formatShape } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';
import { printBackends } from './backends.ts';
import { describeImages, describeModel, describeTraining } from './describe.ts';
import { countParameters } from './model-size.ts';
import { openRun } from './run-folder.ts';
import { isTwoStage } from './second-stage.ts';
import { sourceOf } from './source.ts';

export interface InfoOptions {
  readonly backends: boolean;
}

/** Prints what a checkpoint holds, or what can compute here. */
export async function infoCommand(path: string | undefined, { backends }: InfoOptions): Promise<void> {
  if (backends) await printBackends();
  if (path === undefined) {
    if (!backends) throw new UserError('Name a run, as in reparam info runs/digits; or see --backends.');
    return;
  }
  const { run, folder } = await openRun(path);
  const source = sourceOf(run, path);
  const last = (await folder.readMetrics(run.step)).at(-1);
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    data: {
      name: source.name,
      from: source.data ?? `the built-in digits (${source.digits})`,
      examples: source.imageShape
        ? describeImages(source.imageShape)
        : `${run.model.settings.features} features each`,
    },
    ...(last && {
      results: {
        epochs: String(last.epoch),
        'held-out ELBO': `${last.heldOutElbo.toFixed(2)} nats per example`,
        reconstruction: last.heldOutReconstruction.toFixed(2),
        KL: last.heldOutKl.toFixed(2),
        'active units': `${last.activeUnits} of ${run.model.settings.latent}`,
      },
    }),
    model: { ...describeModel(run.model.settings), 'two-stage': isTwoStage(run) ? 'yes' : 'no' },
    training: { ...describeTraining(run.settings), 'steps taken': String(run.step) },
    parameters: {
      ...Object.fromEntries(
        Object.entries(run.model.namedParameters()).map(([name, { shape }]) => [name, formatShape(shape)]),
      ),
      total: countParameters(run.model),
    },
  };
  const width = Math.max(
    ...Object.values(sections).flatMap((entries) => Object.keys(entries).map(({ length }) => length)),
  );
  for (const [title, entries] of Object.entries(sections)) {
    console.log(
      `${title}\n${Object.entries(entries)
        .map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
        .join('\n')}`,
    );
  }
}
