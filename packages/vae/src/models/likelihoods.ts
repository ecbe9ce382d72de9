import { type Operand, softplus, stack, type Variable } from '@reparam/autograd';
import { type Choice, type Kind, valuesOf } from '../choices/choice.ts';
import {
  countOption,
  numberOption,
  type Options,
  positiveOrWordOption,
  type ValuesOf,
} from '../choices/option.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { Beta } from '../distributions/beta.ts';
import { Categorical } from '../distributions/categorical.ts';
import { ContinuousBernoulli } from '../distributions/continuous-bernoulli.ts';
import { DiagonalNormal, minimumScale } from '../distributions/diagonal-normal.ts';
import { DiscretizedLogisticMixture } from '../distributions/discretized-logistic-mixture.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { Gamma } from '../distributions/gamma.ts';
import { Laplace } from '../distributions/laplace.ts';
import { LogNormal } from '../distributions/log-normal.ts';
import { Logistic } from '../distributions/logistic.ts';
import { NegativeBinomial } from '../distributions/negative-binomial.ts';
import { Poisson } from '../distributions/poisson.ts';
import { StudentT } from '../distributions/student-t.ts';
import { type DataSupport, supports } from './data-supports.ts';
import { inverseSoftplus } from './inverse-softplus.ts';

/** What a decoder's network gives: how many numbers for each feature, by where each of them starts. */
export interface LikelihoodNumbers {
  /** Numbers that say where the values of a feature lie; they take after z from the beginning. */
  readonly locations: readonly number[];
  /** Numbers that say how they spread; nearly the same for every z at the beginning. */
  readonly spreads: readonly number[];
  /** The logarithm of a scale that all features share, and that is learned without the network. */
  readonly logScale?: number;
}

/** The numbers themselves: [..., features] each, and the shared [1]. */
export interface LikelihoodParts {
  readonly locations: readonly Variable[];
  readonly spreads: readonly Variable[];
  readonly logScale: Variable | undefined;
}

/** A family for p(x|z). */
export interface LikelihoodKind extends Kind {
  /** What values of the data it can be about. */
  readonly support: DataSupport;
  /** A number of them that there is at least for each feature, told without making them. */
  size(values: Readonly<Record<string, unknown>>): number;
  numbers(values: Readonly<Record<string, unknown>>): LikelihoodNumbers;
  create(parts: LikelihoodParts, values: Readonly<Record<string, unknown>>): Distribution;
}

function define<Table extends Options>(
  kind: Omit<LikelihoodKind, 'options' | 'size' | 'numbers' | 'create'> & {
    readonly options: Table;
    size?(values: ValuesOf<Table>): number;
    numbers(values: ValuesOf<Table>): LikelihoodNumbers;
    create(parts: LikelihoodParts, values: ValuesOf<Table>): Distribution;
  },
): Omit<LikelihoodKind, 'options'> & { readonly options: Table } {
  return { size: () => 1, ...kind } as Omit<LikelihoodKind, 'options'> & { readonly options: Table };
}

const scaleWords = ['learned', 'network'] as const;

const scaleOptions = {
  scale: positiveOrWordOption<'learned' | 'network'>(
    'the scale: learned (one for all features), network (one for each, from z), or a number',
    'learned',
    scaleWords,
  ),
  /**
   * A latent that explains less variance than the scale switches off, and hardly ever comes back, so it should start
   * below the spread of the data.
   */
  initialScale: positiveOrWordOption<never>('where a learned scale starts', 0.1, []),
};

type ScaleValues = ValuesOf<typeof scaleOptions>;

/** The numbers of a location from the network, and of a scale that is fixed, learned or from the network too. */
function scaledNumbers({ scale, initialScale }: ScaleValues): LikelihoodNumbers {
  return {
    locations: [0],
    spreads: scale === 'network' ? [inverseSoftplus(initialScale)] : [],
    ...(scale === 'learned' && { logScale: Math.log(initialScale) }),
  };
}

/** The scale out of those. */
function scaleOf({ spreads: [raw], logScale }: LikelihoodParts, scale: ScaleValues['scale']): Operand {
  return raw ? positive(raw) : (logScale?.exp() ?? (scale as number));
}

/** A family of a location and a scale. */
function locationAndScale(description: string, create: (location: Variable, scale: Operand) => Distribution) {
  return define({
    description,
    support: supports.reals,
    options: scaleOptions,
    numbers: (values) => scaledNumbers(values),
    create: (parts, { scale }) => create(parts.locations[0]!, scaleOf(parts, scale)),
  });
}

/** Numbers of the network alone, that start at these values. */
function plain(
  description: string,
  support: DataSupport,
  numbers: Omit<LikelihoodNumbers, 'logScale'>,
  create: (location: Variable, ...others: readonly Variable[]) => Distribution,
) {
  return define({
    description,
    support,
    options: {},
    numbers: () => numbers,
    create: ({ locations, spreads }) => create(locations[0]!, ...locations.slice(1), ...spreads),
  });
}

/** A positive number that starts at 1. */
const one = inverseSoftplus(1);

/** softplus(raw) + 1e-6 */
function positive(raw: Variable): Variable {
  return softplus(raw).add(minimumScale);
}

/** Everything that p(x|z) can be, by name. */
export const likelihoods = {
  bernoulli: plain(
    'a coin for each value, as for black and white pixels',
    supports.unitInterval,
    { locations: [0], spreads: [] },
    (logits) => new Bernoulli(logits),
  ),
  'continuous-bernoulli': plain(
    'grey values as they are, with their normaliser (Loaiza-Ganem & Cunningham 2019)',
    supports.unitInterval,
    { locations: [0], spreads: [] },
    (logits) => new ContinuousBernoulli(logits),
  ),
  gaussian: locationAndScale('normal', (location, scale) => DiagonalNormal.fromScale(location, scale)),
  laplace: locationAndScale(
    'heavier tails, reconstructs medians',
    (location, scale) => new Laplace(location, scale),
  ),
  logistic: locationAndScale(
    'smooth, with tails like the Laplace',
    (location, scale) => new Logistic(location, scale),
  ),
  'student-t': define({
    description: 'tails that outliers do not hurt',
    support: supports.reals,
    options: { ...scaleOptions, degrees: numberOption('degrees of freedom', 4, { minimum: 0.1 }) },
    numbers: (values) => scaledNumbers(values),
    create: (parts, { scale, degrees }) => new StudentT(degrees, parts.locations[0]!, scaleOf(parts, scale)),
  }),
  'log-normal': plain(
    'positive numbers over orders of magnitude',
    supports.positive,
    { locations: [0], spreads: [one] },
    (location, raw) => new LogNormal(location, positive(raw!)),
  ),
  gamma: plain(
    'positive numbers, such as waiting times',
    supports.positive,
    { locations: [one], spreads: [one] },
    (concentration, rate) => new Gamma(positive(concentration), positive(rate!)),
  ),
  beta: plain(
    'shares, between 0 and 1 and neither of them',
    supports.openUnitInterval,
    { locations: [one, one], spreads: [] },
    (alpha, beta) => new Beta(positive(alpha), positive(beta!)),
  ),
  poisson: plain(
    'counts',
    supports.counts,
    { locations: [0], spreads: [] },
    (logRate) => new Poisson(logRate),
  ),
  'negative-binomial': plain(
    'counts more spread than Poisson’s, such as of genes',
    supports.counts,
    { locations: [0], spreads: [one] },
    (logits, count) => new NegativeBinomial(positive(count!), logits),
  ),
  categorical: plain(
    'the example is one class, as a row with a single 1',
    supports.oneHot,
    { locations: [0], spreads: [] },
    (logits) => new Categorical(logits),
  ),
  'discretized-logistic': define({
    description: 'grey levels, as a mixture of logistics in bins (Salimans et al. 2017)',
    support: supports.unitInterval,
    options: {
      components: countOption('logistics in the mixture', 5),
      levels: countOption('grey levels from 0 to 1', 256, 2),
    },
    size: ({ components }) => 3 * components,
    numbers: ({ components }) => ({
      locations: Array.from({ length: components }, (_, k) => (k + 0.5) / components),
      spreads: [...new Array<number>(components).fill(-2), ...new Array<number>(components).fill(0)],
    }),
    create: ({ locations, spreads }, { components, levels }) =>
      new DiscretizedLogisticMixture(
        stack(spreads.slice(components), -1),
        stack([...locations], -1),
        stack(spreads.slice(0, components), -1),
        { levels },
      ),
  }),
} as const satisfies Readonly<Record<string, LikelihoodKind>>;

export type LikelihoodName = keyof typeof likelihoods;
export type LikelihoodSettings = Choice<typeof likelihoods>;

export const likelihoodChoice = { name: 'likelihood', kinds: likelihoods } as const;

/** The kind that settings choose, with the values of its options. */
export function likelihoodOf(settings: LikelihoodSettings): {
  readonly kind: LikelihoodKind;
  readonly values: Readonly<Record<string, unknown>>;
} {
  return { kind: likelihoods[settings.kind], values: valuesOf(likelihoodChoice, settings) };
}
