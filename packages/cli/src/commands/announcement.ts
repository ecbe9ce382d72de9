import { stepsPerEpoch, type TrainingRun } from '@reparam/vae';
import { formatCount } from '../terminal/format.ts';
import { wrapBeside } from '../terminal/wrap.ts';
import { describeImages } from './describe.ts';
import { countParameters } from './model-size.ts';
import type { Session } from './session.ts';

/** More classes than these are counted, not named. */
const maximumNamed = 12;
const labelWidth = 10;

/** What is about to be trained on what, and where the results go, in lines of fewer than `columns` characters. */
export function describeSession({ folder, run, data }: Session, columns?: number): string {
  const { source, train, heldOut, classNames, notes } = data;
  const [count, features] = train.examples.shape;
  const { settings } = run.model;
  const entries: readonly (readonly [label: string, text: string])[] = [
    [
      'Data',
      `${source.name}: ${source.imageShape ? describeImages(source.imageShape) : `${features} features`}`,
    ],
    ['Examples', `${count} to learn from, ${heldOut.examples.shape[0]} held out to judge by`],
    ...(classNames ? [['Classes', describeClasses(classNames)] as const] : []),
    ...notes.map((note) => ['Note', note] as const),
    ['Model', `${countParameters(run.model)} parameters, ${formatCount(settings.latent, 'latent')}`],
    ['Results', `${folder.path} (Ctrl-C saves and stops)`],
  ];
  return [
    ...entries.map(([label, text]) => wrapBeside(label, text, labelWidth, columns)),
    ...describeProgress(run, stepsPerEpoch(run.settings, count!)),
  ].join('\n');
}

function describeClasses(names: readonly string[]): string {
  return names.length <= maximumNamed
    ? names.join(', ')
    : `${names.length}, from ${names[0]} to ${names.at(-1)}`;
}

function describeProgress(
  { step, stoppedEarly, best, settings: { epochs } }: TrainingRun,
  epochSteps: number,
): string[] {
  if (step === 0) return [];
  if (stoppedEarly) {
    return [
      `The run ended early, with the model of epoch ${best!.epoch}, so only the results are written anew.`,
    ];
  }
  return step < epochs * epochSteps
    ? [`Going on from step ${step}, in epoch ${Math.floor(step / epochSteps) + 1} of ${epochs}.`]
    : [
        `The run is at the end of its ${formatCount(epochs, 'epoch')}, so only the results are written anew.`,
        `To train on: --epochs ${2 * epochs}`,
      ];
}
