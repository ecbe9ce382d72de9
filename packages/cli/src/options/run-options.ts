import { type ActivationName, activations } from '@reparam/nn';
import {
  type Binarization,
  binarizations,
  type FlowSettings,
  type Kinds,
  type KlAnnealingSettings,
  type LearningRateSettings,
  type LikelihoodSettings,
  modelChoices,
  networkKinds,
  type ObjectiveSettings,
  type PosteriorSettings,
  type PriorSettings,
  type Question,
  type Trainer,
  trainers,
  trainingChoices,
} from '@reparam/vae';
import { Option } from 'commander';
import {
  channels,
  choice,
  count,
  flag,
  fraction,
  nonNegative,
  path,
  positive,
  type Reader,
  whole,
  wholeNonNegative,
  widths,
  word,
} from './readers.ts';

/** What decides a run, as a command line or a config file tells it, with defaults filled in. */
export interface RunOptions {
  readonly data?: string;
  readonly out?: string;
  readonly digits: number;
  readonly heldOut: number;
  readonly latent: number;
  readonly model: (typeof networkKinds)[number];
  readonly hidden?: readonly number[];
  readonly channels: readonly number[];
  readonly activation: ActivationName;
  readonly prior: PriorSettings;
  readonly posterior: PosteriorSettings;
  readonly flow: FlowSettings;
  readonly likelihood: LikelihoodSettings;
  readonly twoStage?: boolean;
  readonly objective: ObjectiveSettings;
  readonly beta: number;
  readonly annealing: KlAnnealingSettings;
  readonly freeBits: number;
  readonly optimizer: Trainer;
  readonly lr: number;
  readonly schedule: LearningRateSettings;
  readonly clip: number;
  readonly binarize?: Binarization;
  readonly epochs: number;
  readonly patience: number;
  readonly batch: number;
  readonly seed: number;
}

/** An option of a run, on the command line and in a config file. */
export interface RunOption<Value> extends Reader<Value> {
  readonly flags: string;
  readonly description: string;
  readonly default?: Value;
}

function option<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
  usual?: NoInfer<Value>,
): RunOption<Value> {
  return { flags, description, ...reader, ...(usual !== undefined && { default: usual }) };
}

/** One of a table, whose names the help lists. */
function chosen<Value>(
  flags: string,
  description: string,
  question: Question<Kinds>,
  usual: Value,
): RunOption<Value> {
  const names = Object.keys(question.kinds).join(', ');
  const reader = choice(question) as unknown as Reader<Value>;
  return option(flags, `${description}: ${names}`, reader, usual);
}

/** Options of the data and the output folder. */
export const dataOptions = {
  data: option(
    '--data <path>',
    'what to learn: an IDX file (the format of MNIST; .gz too), a .npy array, a .csv table, or a folder of PNG ' +
      'images of one size; built-in digits unless told',
    path,
  ),
  out: option('--out <folder>', 'where results go; a new folder under runs/ unless told', path),
  digits: option('--digits <count>', 'how many built-in digits to draw', count, 6000),
  heldOut: option(
    '--held-out <fraction>',
    'share of the examples that is never trained on, to judge by',
    fraction,
    0.1,
  ),
} as const;

/** Options that decide what the model is: a checkpoint fits no other values. */
export const modelOptions = {
  latent: option(
    '--latent <n>',
    'how many numbers describe an example: with more of them finer detail, with 2 a map to look at',
    count,
    10,
  ),
  model: option(
    '--model <layout>',
    'encoder and decoder: mlp, dense layers, or conv, convolutions that halve an image, then dense layers',
    word(networkKinds),
    'mlp',
  ),
  hidden: option(
    '--hidden <widths>',
    'widths of the encoder’s dense layers, mirrored in the decoder; none for a linear model; 256,256 unless told, ' +
      '256 for conv',
    widths,
  ),
  channels: option(
    '--channels <counts>',
    'of each convolution of conv, from the image inwards',
    channels,
    [32, 64],
  ),
  activation: option(
    '--activation <name>',
    `between layers: ${Object.keys(activations).join(', ')}`,
    word(Object.keys(activations) as ActivationName[]),
    'relu',
  ),
  prior: chosen<PriorSettings>(
    '--prior <kind>',
    'p(z), where the latents of new examples come from',
    modelChoices.prior,
    { kind: 'mixture', components: 20 },
  ),
  posterior: chosen<PosteriorSettings>(
    '--posterior <kind>',
    'q(z|x), what the encoder says of an example',
    modelChoices.posterior,
    { kind: 'diagonal' },
  ),
  flow: chosen<FlowSettings>('--flow <kind>', 'what bends q(z|x)', modelChoices.flow, { kind: 'none' }),
  likelihood: chosen<LikelihoodSettings>(
    '--likelihood <kind>',
    'p(x|z), what the decoder says of a value',
    modelChoices.likelihood,
    { kind: 'bernoulli' },
  ),
} as const;

/** Options that add to a model: a run may get them later, too. */
export const stageOptions = {
  twoStage: option(
    '--two-stage',
    'then train a second model on the codes of the first, and draw new examples through both',
    flag,
  ),
} as const;

/** Options that decide how it is trained. */
export const trainingOptions = {
  objective: chosen<ObjectiveSettings>('--objective <kind>', 'what is maximised', trainingChoices.objective, {
    kind: 'elbo',
  }),
  beta: option(
    '--beta <weight>',
    'weight of the KL in the loss: below 1 for sharper reconstructions, above 1 for fewer active latents',
    nonNegative,
    1,
  ),
  annealing: chosen<KlAnnealingSettings>(
    '--annealing <kind>',
    'how that weight grows from 0, so that no latent is given up early',
    trainingChoices.annealing,
    { kind: 'none' },
  ),
  freeBits: option(
    '--free-bits <nats>',
    'KL of each latent that costs nothing, to the same end; where the KL is no sum over latents they share the sum',
    nonNegative,
    0,
  ),
  optimizer: option(
    '--optimizer <name>',
    `update rule, or variational inference over the weights: ${trainers.join(', ')}`,
    word(trainers),
    'adam',
  ),
  lr: option(
    '--lr <rate>',
    'learning rate, how far a step goes: lower it when training diverges',
    positive,
    2e-3,
  ),
  schedule: chosen<LearningRateSettings>(
    '--schedule <kind>',
    'how the learning rate changes',
    trainingChoices.schedule,
    { kind: 'constant' },
  ),
  clip: option('--clip <norm>', 'largest norm of a step’s gradients; 0 for no limit', nonNegative, 0),
  binarize: option(
    '--binarize <how>',
    'what grey is to a bernoulli likelihood: dynamic (unless told) draws 0 or 1 anew at every sight, threshold cuts ' +
      'at ½, none keeps it',
    word(binarizations),
  ),
  epochs: option('--epochs <n>', 'passes over the data', count, 16),
  patience: option(
    '--patience <epochs>',
    'end sooner when the held-out bound has not risen for so many epochs, with the best model; 0 to train to the end',
    wholeNonNegative,
    0,
  ),
  batch: option('--batch <size>', 'examples a step', count, 64),
  seed: option('--seed <n>', 'start of all randomness: the same seed repeats a run exactly', whole, 1),
} as const;

type Table = { readonly [Name in keyof RunOptions]-?: RunOption<Exclude<RunOptions[Name], undefined>> };

/** All options of a run by the names they have in {@link RunOptions}. */
export const runOptions: Table = {
  ...dataOptions,
  ...modelOptions,
  ...stageOptions,
  ...trainingOptions,
};

/** Options for commander, in the order of the table. */
export function commandOptions(table: Partial<Table>): Option[] {
  return (Object.values(table) as RunOption<unknown>[]).map(
    ({ flags, description, parse, format, default: usual }) => {
      const made = new Option(flags, description);
      if (made.required) made.argParser(parse);
      return usual === undefined ? made : made.default(usual, format(usual));
    },
  );
}

/** `held-out`, as it is typed and as files name it. */
export function optionName(key: keyof RunOptions): string {
  return runOptions[key].flags.split(' ')[0]!.slice('--'.length);
}
