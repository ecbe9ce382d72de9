import { formatShape } from '@reparam/tensor';
import { describeModel, describeTraining } from './describe.ts';
import { openRun } from './run-folder.ts';
import { sourceOf } from './source.ts';
import { parameterCount } from './train.ts';

/** Prints what a checkpoint holds. */
export async function infoCommand(path: string): Promise<void> {
  const { run } = await openRun(path);
  const source = sourceOf(run, path);
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    data: {
      name: source.name,
      from: source.data ?? `the built-in digits (${source.digits})`,
      examples: `${run.model.settings.features} features${source.imageShape ? `, images ${source.imageShape.join(' × ')}` : ''}`,
    },
    model: describeModel(run.model.settings),
    training: { ...describeTraining(run.settings), 'steps taken': String(run.step) },
    parameters: {
      ...Object.fromEntries(
        Object.entries(run.model.namedParameters()).map(([name, { shape }]) => [name, formatShape(shape)]),
      ),
      total: parameterCount(run).toLocaleString('en'),
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
