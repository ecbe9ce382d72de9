import type { Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import { type Choice, type Kind, valuesOf } from '../../choices/choice.ts';
import { choiceOption, countOption, type Options, type ValuesOf } from '../../choices/option.ts';
import type { Distribution } from '../../distributions/distribution.ts';
import { triangleSize } from '../../distributions/full-normal.ts';
import { type FlowName, flows } from '../../flows/table.ts';
import { FlowPrior } from './flow-prior.ts';
import { FullMixturePrior, MixturePrior } from './mixture-prior.ts';
import { type Prior, type PriorShape, StandardNormalPrior } from './prior.ts';
import { VampPrior } from './vamp-prior.ts';

/** What a prior is made from. */
export interface PriorContext extends PriorShape {
  /** q(z|x), for priors that are made of posteriors. */
  readonly encode: (x: Variable) => Distribution;
  readonly key: RandomKey;
}

/** A family for p(z). */
export interface PriorKind extends Kind {
  /** A number of parameters that it has at least, told without making them. */
  size(shape: Pick<PriorShape, 'latent' | 'features'>, values: Readonly<Record<string, unknown>>): number;
  create(context: PriorContext, values: Readonly<Record<string, unknown>>): Prior;
}

function define<Table extends Options>(
  kind: Omit<PriorKind, 'options' | 'size' | 'create'> & {
    readonly options: Table;
    size(shape: Pick<PriorShape, 'latent' | 'features'>, values: ValuesOf<Table>): number;
    create(context: PriorContext, values: ValuesOf<Table>): Prior;
  },
): Omit<PriorKind, 'options'> & { readonly options: Table } {
  return kind as Omit<PriorKind, 'options'> & { readonly options: Table };
}

/** Everything that p(z) can be, by name. */
export const priors = {
  normal: define({
    description: 'N(0, I)',
    options: {},
    size: () => 0,
    create: (context) => new StandardNormalPrior(context),
  }),
  mixture: define({
    description: 'a mixture of normals, learned too',
    options: {
      components: countOption('normals in the mixture', 10),
      covariance: choiceOption('of each normal', 'diagonal', ['diagonal', 'full']),
    },
    size: ({ latent }, { components, covariance }) =>
      components * (1 + latent + (covariance === 'full' ? triangleSize(latent) : latent)),
    create: (context, { components, covariance }) =>
      covariance === 'full'
        ? new FullMixturePrior(context, components, context.key)
        : new MixturePrior(context, components, context.key),
  }),
  vamp: define({
    description: 'a mixture of the posteriors of learned pseudo-inputs (Tomczak & Welling 2018)',
    options: { components: countOption('pseudo-inputs', 500) },
    size: ({ features }, { components }) => components * (1 + features),
    create: (context, { components }) => new VampPrior(context, components, context.encode, context.key),
  }),
  flow: define({
    description: 'N(0, I) through a flow that is learned too',
    options: {
      flow: choiceOption('which', 'realnvp', Object.keys(flows) as FlowName[]),
      layers: countOption('layers', 4),
      width: countOption('width of the two hidden layers of the networks inside, where there are any', 32),
    },
    size: ({ latent }, { flow, layers, width }) =>
      layers * flows[flow].layerSize({ dimensions: latent, hidden: [width, width] }),
    create: ({ latent, dtype, key }, { flow, layers, width }) =>
      new FlowPrior(
        flows[flow].create({ dimensions: latent, layers, hidden: [width, width], key, dtype }),
        dtype,
      ),
  }),
} as const satisfies Readonly<Record<string, PriorKind>>;

export type PriorName = keyof typeof priors;
export type PriorSettings = Choice<typeof priors>;

export const priorChoice = { name: 'prior', kinds: priors } as const;

export function createPrior(settings: PriorSettings, context: PriorContext): Prior {
  const kind: PriorKind = priors[settings.kind];
  return kind.create(context, valuesOf(priorChoice, settings));
}

/** A number of parameters that a prior has at least. */
export function leastPriorSize(model: {
  readonly prior: PriorSettings;
  readonly latent: number;
  readonly features: number;
}): number {
  const kind: PriorKind = priors[model.prior.kind];
  return kind.size(model, valuesOf(priorChoice, model.prior));
}
