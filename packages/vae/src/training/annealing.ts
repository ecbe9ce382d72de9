import {
  cosineSchedule,
  cyclicalSchedule,
  linearSchedule,
  type Schedule,
  sequenceSchedule,
} from '@reparam/nn';
import { type Choice, type Kind, valuesOf } from '../choices/choice.ts';
import { countOption, numberOption, type Options, type ValuesOf } from '../choices/option.ts';

/** A way for the weight of the KL to grow from 0 to 1. Lengths are in epochs. */
export interface AnnealingKind extends Kind {
  /** Epochs after which the weight stays where it is. */
  length(values: Readonly<Record<string, unknown>>): number;
  /** The share of β at each step, for so many steps an epoch. */
  schedule(values: Readonly<Record<string, unknown>>, epochSteps: number): Schedule;
}

function define<Table extends Options>(
  kind: Omit<AnnealingKind, 'options' | 'length' | 'schedule'> & {
    readonly options: Table;
    length(values: ValuesOf<Table>): number;
    schedule(values: ValuesOf<Table>, epochSteps: number): Schedule;
  },
): Omit<AnnealingKind, 'options'> & { readonly options: Table } {
  return kind as Omit<AnnealingKind, 'options'> & { readonly options: Table };
}

const epochs = numberOption('epochs until the full weight', 10, { minimum: 0 });
const after = numberOption('epochs at 0 before that', 0, { minimum: 0 });

/** `schedule`, after some epochs at 0. */
function delayed(schedule: Schedule, wait: number, epochSteps: number): Schedule {
  return sequenceSchedule([{ schedule: () => 0, steps: Math.round(wait * epochSteps) }], schedule);
}

/** A single ramp from 0 to 1, after a wait. */
function once(description: string, ramp: (ends: { from: number; to: number; over: number }) => Schedule) {
  return define({
    description,
    options: { epochs, after },
    length: (values) => values.epochs + values.after,
    schedule: (values, epochSteps) =>
      delayed(
        ramp({ from: 0, to: 1, over: Math.round(values.epochs * epochSteps) }),
        values.after,
        epochSteps,
      ),
  });
}

/** All annealings of the KL by name. */
export const annealings = {
  none: define({
    description: 'full weight from the first step',
    options: {},
    length: () => 0,
    schedule: () => () => 1,
  }),
  linear: once('in a straight line (Bowman et al. 2016; Sønderby et al. 2016)', linearSchedule),
  cosine: once('along half a cosine, slow at both ends', cosineSchedule),
  cyclical: define({
    description: 'again and again, which lets latents that switched off come back (Fu et al. 2019)',
    options: {
      epochs: numberOption('epochs of a cycle', 10, { minimum: 0.1 }),
      cycles: countOption('cycles', 4),
      rising: numberOption('share of a cycle in which the weight grows', 0.5, { minimum: 0, maximum: 1 }),
    },
    length: (values) => values.epochs * values.cycles,
    schedule: (values, epochSteps) => {
      const every = Math.max(1, Math.round(values.epochs * epochSteps));
      const ramp = linearSchedule({ from: 0, to: 1, over: Math.round(every * values.rising) });
      return cyclicalSchedule(ramp, { every, cycles: values.cycles });
    },
  }),
} as const satisfies Readonly<Record<string, AnnealingKind>>;

export type KlAnnealingSettings = Choice<typeof annealings>;

export const annealingChoice = { name: 'annealing', kinds: annealings } as const;

interface Annealed {
  readonly annealing: KlAnnealingSettings;
  readonly beta: number;
}

/** The weight of the KL at each step: a share of β. */
export function klSchedule({ annealing, beta }: Annealed, epochSteps: number): Schedule {
  const kind: AnnealingKind = annealings[annealing.kind];
  const share = kind.schedule(valuesOf(annealingChoice, annealing), epochSteps);
  return (step) => beta * share(step);
}

/** Epochs after which the weight of the KL stays where it is. */
export function annealingEpochs({ annealing }: Pick<Annealed, 'annealing'>): number {
  const kind: AnnealingKind = annealings[annealing.kind];
  return kind.length(valuesOf(annealingChoice, annealing));
}
