import { type OptimizerName, optimizers } from '@reparam/nn';
import {
  type Binarization,
  binarizations,
  type FlowSettings,
  type LikelihoodSettings,
  type PriorSettings,
  type TrainingSettings,
  type VaeSettings,
} from '@reparam/vae';
import { InvalidArgumentError, Option } from 'commander';

/** What `reparam train` was told, with defaults filled in. */
export interface TrainOptions {
  readonly data?: string;
  readonly out?: string;
  readonly digits: number;
  readonly heldOut: number;
  readonly latent: number;
  readonly hidden: readonly number[];
  readonly prior: PriorSettings;
  readonly flow: FlowSettings;
  readonly likelihood: 'bernoulli' | 'gaussian';
  readonly scale: number | 'learned' | 'network';
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly beta: number;
  readonly anneal: number;
  readonly freeBits: number;
  readonly clip: number;
  readonly binarize: Binarization;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  readonly resume: boolean;
}

/** Whether an option was given on the command line, rather than filled in. */
export type IsGiven = (option: keyof TrainOptions) => boolean;

type Parser<T> = (text: string) => T;

function number(allowed: (value: number) => boolean, wanted: string): Parser<number> {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !allowed(value)) throw new InvalidArgumentError(`It must be ${wanted}.`);
    return value;
  };
}

export const count = number((value) => Number.isSafeInteger(value) && value > 0, 'a whole number above 0');
const positive = number((value) => value > 0, 'a number above 0');
const nonNegative = number((value) => value >= 0, 'a number of at least 0');
export const whole = number(Number.isSafeInteger, 'a whole number');
const fraction = number((value) => value > 0 && value < 1, 'a number between 0 and 1');

/** A parser with a message of its own. */
function orElse<T>(parser: Parser<T>, wanted: string): Parser<T> {
  return (text) => {
    try {
      return parser(text);
    } catch {
      throw new InvalidArgumentError(`It must be ${wanted}.`);
    }
  };
}

const widths = orElse<number[]>(
  (text) => (text === 'none' ? [] : text.split(',').map(count)),
  'widths such as 256,256, or none for a linear model',
);

/** Empty where a variable of a shell script was. */
const path: Parser<string> = (text) => {
  if (text === '') throw new InvalidArgumentError('It must be the path of a file or folder.');
  return text;
};

/** `name` or `name:K`. */
function kindWithCount<T>(bare: string, counted: string, create: (k: number | undefined) => T): Parser<T> {
  return (text) => {
    if (text === bare) return create(undefined);
    const [kind, k, ...rest] = text.split(':');
    const size = Number(k);
    if (kind !== counted || rest.length > 0 || !Number.isSafeInteger(size) || size < 1) {
      throw new InvalidArgumentError(
        `It must be ${bare} or ${counted}:K with a whole number K, such as ${counted}:8.`,
      );
    }
    return create(size);
  };
}

const prior = kindWithCount<PriorSettings>('normal', 'mixture', (k) =>
  k === undefined ? { kind: 'normal' } : { kind: 'mixture', components: k },
);
const flow = kindWithCount<FlowSettings>('none', 'planar', (k) =>
  k === undefined ? { kind: 'none' } : { kind: 'planar', layers: k },
);

const scale: Parser<TrainOptions['scale']> = (text) =>
  text === 'learned' || text === 'network'
    ? text
    : orElse(positive, 'learned, network or a number above 0')(text);

/** Options of the data and the output folder. */
export const dataOptions: readonly Option[] = [
  new Option(
    '--data <path>',
    'what to learn: an IDX file (the format of MNIST; .gz too), a .npy array, a .csv table, or a folder of PNG ' +
      'images of one size; built-in digits unless told',
  ).argParser(path),
  new Option('--out <folder>', 'where results go; a new folder under runs/ unless told').argParser(path),
  new Option('--digits <count>', 'how many built-in digits to draw').argParser(count).default(6000),
  new Option('--held-out <fraction>', 'share of the examples that is never trained on, to judge by')
    .argParser(fraction)
    .default(0.1),
];

/** Options that decide what the model is: a checkpoint fits no other values. */
export const modelOptions: readonly Option[] = [
  new Option(
    '--latent <n>',
    'how many numbers describe an example: with more of them finer detail, with 2 a map to look at',
  )
    .argParser(count)
    .default(10),
  new Option(
    '--hidden <widths>',
    'widths of the encoder’s hidden layers, mirrored in the decoder; none for a linear model',
  )
    .argParser(widths)
    .default([256, 256], '256,256'),
  new Option(
    '--prior <kind>',
    'p(z), where the latents of new examples come from: normal, or mixture:K, K normals that are learned too',
  )
    .argParser(prior)
    .default({ kind: 'mixture', components: 20 }, 'mixture:20'),
  new Option(
    '--flow <kind>',
    'q(z|x), what the encoder says of an example: none for a normal, or planar:K to bend it by K planar flows',
  )
    .argParser(flow)
    .default({ kind: 'none' }, 'none'),
  new Option(
    '--likelihood <kind>',
    'p(x|z), what the decoder says of a value: bernoulli for values from 0 to 1 such as pixels, gaussian for any numbers',
  )
    .choices(['bernoulli', 'gaussian'])
    .default('bernoulli'),
  new Option(
    '--scale <kind>',
    'standard deviation of a gaussian likelihood: learned (one for all values), network (one for each value), or a number',
  )
    .argParser(scale)
    .default('learned'),
];

/** Options that decide how it is trained. */
export const trainingOptions: readonly Option[] = [
  new Option('--optimizer <name>', 'update rule').choices(Object.keys(optimizers)).default('adam'),
  new Option('--lr <rate>', 'learning rate, how far a step goes: lower it when training diverges')
    .argParser(positive)
    .default(2e-3),
  new Option(
    '--beta <weight>',
    'weight of the KL in the loss: below 1 for sharper reconstructions, above 1 for fewer active latents',
  )
    .argParser(nonNegative)
    .default(1),
  new Option(
    '--anneal <epochs>',
    'let the weight of the KL grow from 0 over the first epochs, so that no latent is given up early',
  )
    .argParser(nonNegative)
    .default(0),
  new Option(
    '--free-bits <nats>',
    'KL of each latent that costs nothing, to the same end; with a mixture or a flow all latents share the sum',
  )
    .argParser(nonNegative)
    .default(0),
  new Option('--clip <norm>', 'largest norm of a step’s gradients; 0 for no limit')
    .argParser(nonNegative)
    .default(0),
  new Option(
    '--binarize <how>',
    'what grey is to a bernoulli likelihood: dynamic draws 0 or 1 anew at every sight, threshold cuts at ½, none keeps it',
  )
    .choices(binarizations)
    .default('dynamic'),
  new Option('--epochs <n>', 'passes over the data').argParser(count).default(16),
  new Option('--batch <size>', 'examples a step').argParser(count).default(64),
  new Option('--seed <n>', 'start of all randomness: the same seed repeats a run exactly')
    .argParser(whole)
    .default(1),
];

/** @param spread standard deviation of the data, below which a learned scale starts. */
export function toVaeSettings(options: TrainOptions, features: number, spread?: number): VaeSettings {
  const { latent, hidden, prior, flow } = options;
  const likelihood = options.likelihood === 'bernoulli' ? bernoulli : toGaussian(options.scale, spread);
  return { features, latent, hidden, activation: 'relu', prior, flow, likelihood, dtype: 'float32' };
}

const bernoulli: LikelihoodSettings = { kind: 'bernoulli' };
/** Share of the data's standard deviation that a learned scale starts at. */
const initialShare = 0.6;

function toGaussian(scale: TrainOptions['scale'], spread: number | undefined): LikelihoodSettings {
  const startsFromData = typeof scale !== 'number' && spread !== undefined && spread > 0;
  return { kind: 'gaussian', scale, ...(startsFromData && { initialScale: initialShare * spread }) };
}

export function toTrainingSettings(options: TrainOptions): TrainingSettings {
  return {
    epochs: options.epochs,
    batchSize: options.batch,
    optimizer: options.optimizer,
    learningRate: options.lr,
    beta: options.beta,
    annealEpochs: options.anneal,
    freeBits: options.freeBits,
    clipNorm: options.clip,
    // A Gaussian likelihood is about the values as they are.
    binarization: options.likelihood === 'bernoulli' ? options.binarize : 'none',
    seed: options.seed,
  };
}
