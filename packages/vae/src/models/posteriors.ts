import type { Variable } from '@reparam/autograd';
import { type Choice, type Kind, valuesOf } from '../choices/choice.ts';
import { choiceOption, countOption, type Options, type ValuesOf } from '../choices/option.ts';
import { DiagonalNormal, minimumScale } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { FullNormal, triangleSize } from '../distributions/full-normal.ts';
import { LowRankNormal } from '../distributions/low-rank-normal.ts';
import { Mixture } from '../distributions/mixture.ts';
import { inverseSoftplus } from './inverse-softplus.ts';

/** How far the draws of a posterior carry gradients, which decides what objectives it can have. */
export type PosteriorGradients = 'factorized' | 'reparameterized' | 'strata';

/** A family for q(z|x), before any flow. */
export interface PosteriorKind extends Kind {
  readonly gradients: PosteriorGradients;
  /** How many numbers of the network there are, means and all: told without making them. */
  size(latent: number, values: Readonly<Record<string, unknown>>): number;
  /** How many means there are, of [latent] each. */
  means(values: Readonly<Record<string, unknown>>): number;
  /** Where the other numbers start, that say how q spreads around its means; with these it is N(means, I). */
  spreads(latent: number, values: Readonly<Record<string, unknown>>): readonly number[];
  /** location: [..., means · latent], spread: [..., spreads] */
  create(
    location: Variable,
    spread: Variable,
    latent: number,
    values: Readonly<Record<string, unknown>>,
  ): Distribution;
}

function define<Table extends Options>(
  kind: Omit<PosteriorKind, 'options' | 'size' | 'means' | 'spreads' | 'create'> & {
    readonly options: Table;
    size(latent: number, values: ValuesOf<Table>): number;
    means(values: ValuesOf<Table>): number;
    spreads(latent: number, values: ValuesOf<Table>): readonly number[];
    create(location: Variable, spread: Variable, latent: number, values: ValuesOf<Table>): Distribution;
  },
): Omit<PosteriorKind, 'options'> & { readonly options: Table } {
  return kind as Omit<PosteriorKind, 'options'> & { readonly options: Table };
}

/** What softplus makes 1 of. */
const unit = inverseSoftplus(1);

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

/** [..., a + b] → [..., a] and [..., b] */
function split(x: Variable, first: number): [Variable, Variable] {
  const lead = x.shape.slice(0, -1).map(() => null);
  return [x.slice([...lead, [0, first]]), x.slice([...lead, [first, x.shape.at(-1)!]])];
}

/** Everything that q(z|x) can be before flows bend it, by name. */
export const posteriors = {
  diagonal: define({
    description: 'independent normals (Kingma & Welling 2014)',
    gradients: 'factorized',
    options: {
      scale: choiceOption('what the network gives', 'log-variance', ['log-variance', 'softplus']),
    },
    size: (latent) => 2 * latent,
    means: () => 1,
    spreads: (latent, { scale }) => repeat(scale === 'softplus' ? unit : 0, latent),
    create: (location, spread, _, { scale }) =>
      scale === 'softplus'
        ? DiagonalNormal.fromSoftplus(location, spread)
        : DiagonalNormal.fromLogVariance(location, spread),
  }),
  full: define({
    description: 'a normal with a full covariance L·Lᵀ',
    gradients: 'reparameterized',
    options: {},
    size: (latent) => latent + triangleSize(latent),
    means: () => 1,
    spreads: (latent) => Array.from({ length: latent }, (_, row) => [...repeat(0, row), unit]).flat(),
    create: (location, spread) => FullNormal.fromUnconstrained(location, spread),
  }),
  'low-rank': define({
    description: 'a normal with correlations along a few directions, W·Wᵀ + diag σ²',
    gradients: 'reparameterized',
    options: { rank: countOption('directions', 2) },
    size: (latent, { rank }) => (2 + rank) * latent,
    means: () => 1,
    spreads: (latent, { rank }) => [...repeat(unit, latent), ...repeat(0, latent * rank)],
    create: (location, spread, latent, { rank }) => {
      const [raw, factor] = split(spread, latent);
      const columns = factor.reshape([...factor.shape.slice(0, -1), latent, rank]);
      return new LowRankNormal(location, columns, raw.softplus().add(minimumScale));
    },
  }),
  mixture: define({
    description: 'a mixture of independent normals, drawn from each (Morningstar et al. 2021)',
    gradients: 'strata',
    options: { components: countOption('normals in the mixture', 3) },
    size: (latent, { components }) => components * (2 * latent + 1),
    means: ({ components }) => components,
    spreads: (latent, { components }) => repeat(0, components * latent + components),
    create: (location, spread, latent, { components }) => {
      const [logVariances, logits] = split(spread, components * latent);
      const each = (x: Variable): Variable => x.reshape([...x.shape.slice(0, -1), components, latent]);
      return new Mixture(logits, DiagonalNormal.fromLogVariance(each(location), each(logVariances)));
    },
  }),
} as const satisfies Readonly<Record<string, PosteriorKind>>;

export type PosteriorName = keyof typeof posteriors;
export type PosteriorSettings = Choice<typeof posteriors>;

export const posteriorChoice = { name: 'posterior', kinds: posteriors } as const;

export function posteriorOf(settings: PosteriorSettings): {
  readonly kind: PosteriorKind;
  readonly values: Readonly<Record<string, unknown>>;
} {
  return { kind: posteriors[settings.kind], values: valuesOf(posteriorChoice, settings) };
}
