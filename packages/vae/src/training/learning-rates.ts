import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  PlateauSchedule,
  type Schedule,
  warmUpSchedule,
} from '@reparam/nn';
import { type Choice, type Kind, valuesOf } from '../choices/choice.ts';
import { countOption, numberOption, type Options, type ValuesOf } from '../choices/option.ts';

/** Where a learning rate is in a run. */
interface RunLength {
  readonly learningRate: number;
  readonly epochSteps: number;
  readonly totalSteps: number;
}

/** How the learning rate changes: by the step, or by what the held-out bound does. */
export interface LearningRateKind extends Kind {
  schedule(values: Readonly<Record<string, unknown>>, run: RunLength): Schedule;
  plateau?(values: Readonly<Record<string, unknown>>, learningRate: number): PlateauSchedule;
}

function define<Table extends Options>(
  kind: Omit<LearningRateKind, 'options' | 'schedule' | 'plateau'> & {
    readonly options: Table;
    schedule(values: ValuesOf<Table>, run: RunLength): Schedule;
    plateau?(values: ValuesOf<Table>, learningRate: number): PlateauSchedule;
  },
): Omit<LearningRateKind, 'options'> & { readonly options: Table } {
  return kind as Omit<LearningRateKind, 'options'> & { readonly options: Table };
}

const warmUp = numberOption('epochs in which it grows from near 0 at first', 0, { minimum: 0 });

/** All schedules of the learning rate by name. */
export const learningRates = {
  constant: define({
    description: 'the same throughout',
    options: { warmUp },
    schedule: (values, { learningRate, epochSteps }) =>
      warmUpSchedule(constantSchedule(learningRate), { over: Math.round(values.warmUp * epochSteps) }),
  }),
  cosine: define({
    description: 'falls along half a cosine over the whole run (Loshchilov & Hutter 2017)',
    options: { warmUp, end: numberOption('share that is left at the end', 0.01, { minimum: 0, maximum: 1 }) },
    schedule: (values, { learningRate, epochSteps, totalSteps }) => {
      const over = Math.round(values.warmUp * epochSteps);
      return warmUpSchedule(
        cosineSchedule({
          from: learningRate,
          to: learningRate * values.end,
          over: Math.max(1, totalSteps - over),
        }),
        { over },
      );
    },
  }),
  exponential: define({
    description: 'falls by the same share every epoch',
    options: {
      warmUp,
      factor: numberOption('share that an epoch leaves', 0.97, { minimum: 0.01, maximum: 1 }),
    },
    schedule: (values, { learningRate, epochSteps }) =>
      warmUpSchedule(exponentialSchedule({ from: learningRate, factor: values.factor, every: epochSteps }), {
        over: Math.round(values.warmUp * epochSteps),
      }),
  }),
  plateau: define({
    description: 'drops when the held-out bound stops improving',
    options: {
      patience: countOption('epochs without an improvement before a drop', 3),
      factor: numberOption('share that a drop leaves', 0.5, { minimum: 0.01, maximum: 0.99 }),
    },
    schedule: (_, { learningRate }) => constantSchedule(learningRate),
    plateau: ({ patience, factor }, learningRate) =>
      new PlateauSchedule({ from: learningRate, goal: 'maximise', patience, factor }),
  }),
} as const satisfies Readonly<Record<string, LearningRateKind>>;

export type LearningRateSettings = Choice<typeof learningRates>;

export const learningRateChoice = { name: 'schedule', kinds: learningRates } as const;

function learningRateOf(settings: LearningRateSettings) {
  const kind: LearningRateKind = learningRates[settings.kind];
  return { kind, values: valuesOf(learningRateChoice, settings) };
}

/** The learning rate at each step, where it does not depend on how the training goes. */
export function learningRateSchedule(settings: LearningRateSettings, run: RunLength): Schedule {
  const { kind, values } = learningRateOf(settings);
  return kind.schedule(values, run);
}

/** What watches the held-out bound, where the learning rate depends on it. */
export function createPlateau(
  settings: LearningRateSettings,
  learningRate: number,
): PlateauSchedule | undefined {
  const { kind, values } = learningRateOf(settings);
  return kind.plateau?.(values, learningRate);
}
