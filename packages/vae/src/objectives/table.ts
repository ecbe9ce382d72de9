import type { Operand } from '@reparam/autograd';
import { ArgumentError } from '@reparam/tensor';
import { type Kind, valuesOf } from '../choices/choice.ts';
import { choiceOption, countOption, numberOption, type Options, type ValuesOf } from '../choices/option.ts';
import { aggregateSamplings, betaTc } from './beta-tc.ts';
import { type ElboOptions, elbo } from './elbo.ts';
import { importanceEstimators } from './importance.ts';
import { infoVae } from './info-vae.ts';
import { iwae } from './iwae.ts';
import { kernels } from './mmd.ts';
import { renyi } from './renyi.ts';
import type { ObjectiveOptions, ObjectiveTerms } from './terms.ts';

/** What a training step gives any objective; each takes what it needs. */
export interface ObjectiveInputs extends ObjectiveOptions, Pick<ElboOptions, 'freeBits' | 'groups'> {
  /** Examples that the batch was drawn from. */
  readonly datasetSize: number;
  /** The running mean of the `signal` of earlier steps, for the baseline of that name; 0 unless told. */
  readonly runningMean?: Operand;
}

export interface ObjectiveEntry extends Kind {
  /** What the loss is, with its sign changed. */
  readonly estimates: string;
  readonly source: string;
  readonly needs: {
    /** `strata`: draws that are reparameterised, or a mixture; `factorized`: reparameterised, a product over latents. */
    readonly posterior: 'any' | 'strata' | 'reparameterized' | 'factorized';
    /** The fewest examples of a batch. */
    readonly batch: number;
  };
  readonly takesFreeBits: boolean;
  evaluate(inputs: ObjectiveInputs, values: Readonly<Record<string, unknown>>): ObjectiveTerms;
}

/** An entry whose function sees the values of its own options by their types. */
function define<Table extends Options>(
  entry: Omit<ObjectiveEntry, 'options' | 'evaluate'> & {
    readonly options: Table;
    evaluate(inputs: ObjectiveInputs, values: ValuesOf<Table>): ObjectiveTerms;
  },
): ObjectiveEntry {
  return entry;
}

const draws = (count: number, minimum = 1) => countOption('draws of z for each example', count, minimum);
const baselines = ['leave-one-out', 'running-mean', 'none'] as const;
const reparameterized = { posterior: 'reparameterized', batch: 1 } as const;

/** Every objective by name: settings and command lines are read, checked and explained by this table. */
export const objectives = {
  elbo: define({
    description: 'the evidence lower bound; with a weight on the KL it is the β-VAE',
    estimates: 'a lower bound on ln p(x)',
    source: 'Kingma & Welling 2014; Higgins et al. 2017',
    options: { samples: draws(1) },
    needs: { posterior: 'strata', batch: 1 },
    takesFreeBits: true,
    evaluate: (inputs, values) => elbo({ ...inputs, ...values }),
  }),
  stl: define({
    description: 'sticking the landing: the ELBO, with a gradient whose noise vanishes where q is exact',
    estimates: 'a lower bound on ln p(x)',
    source: 'Roeder et al. 2017',
    options: { samples: draws(1) },
    needs: reparameterized,
    takesFreeBits: true,
    evaluate: (inputs, values) => elbo({ ...inputs, ...values, estimator: 'sticking-the-landing' }),
  }),
  score: define({
    description: 'the ELBO with the score-function gradient (REINFORCE), for draws that carry none',
    estimates: 'a lower bound on ln p(x)',
    source: 'Williams 1992; Mnih & Gregor 2014',
    options: {
      samples: draws(4),
      baseline: choiceOption('what is taken off the signal', 'leave-one-out', baselines),
    },
    needs: { posterior: 'any', batch: 1 },
    takesFreeBits: false,
    evaluate: (inputs, { samples, baseline }) =>
      elbo({
        ...inputs,
        samples,
        estimator: 'score',
        baseline: baseline === 'running-mean' ? (inputs.runningMean ?? 0) : baseline,
      }),
  }),
  iwae: define({
    description: 'the importance-weighted bound',
    estimates: 'a lower bound on ln p(x), tighter with more draws',
    source: 'Burda et al. 2016',
    options: { samples: draws(5) },
    needs: reparameterized,
    takesFreeBits: false,
    evaluate: (inputs, values) => iwae({ ...inputs, ...values }),
  }),
  dreg: define({
    description: 'the importance-weighted bound with doubly reparameterised gradients',
    estimates: 'a lower bound on ln p(x), tighter with more draws',
    source: 'Tucker et al. 2019',
    options: { samples: draws(5) },
    needs: reparameterized,
    takesFreeBits: false,
    evaluate: (inputs, values) => iwae({ ...inputs, ...values, estimator: 'doubly-reparameterized' }),
  }),
  vimco: define({
    description: 'the importance-weighted bound with score-function gradients, for draws that carry none',
    estimates: 'a lower bound on ln p(x), tighter with more draws',
    source: 'Mnih & Rezende 2016',
    options: { samples: draws(5, 2) },
    needs: { posterior: 'any', batch: 1 },
    takesFreeBits: false,
    evaluate: (inputs, values) => iwae({ ...inputs, ...values, estimator: 'score' }),
  }),
  renyi: define({
    description: 'the Rényi bound, from mass-covering (α < 1) to mode-seeking (α > 1)',
    estimates: 'ln p(x) less a Rényi divergence of order α: a lower bound for α ≥ 0',
    source: 'Li & Turner 2016',
    options: {
      alpha: numberOption('the order α; 0 is iwae, 1 the ELBO', 0.5),
      samples: draws(5),
      estimator: choiceOption('how the gradient is estimated', 'pathwise', importanceEstimators),
    },
    needs: reparameterized,
    takesFreeBits: false,
    evaluate: (inputs, values) => renyi({ ...inputs, ...values }),
  }),
  'beta-tc': define({
    description: 'β-TC-VAE: the KL in three parts, with a weight on the total correlation of the latents',
    estimates: 'a lower bound on ln p(x) at weights of 1, less than that above',
    source: 'Chen et al. 2018',
    options: {
      totalCorrelationWeight: numberOption('what the total correlation counts for', 6, { minimum: 0 }),
      mutualInformationWeight: numberOption('what the mutual information counts for', 1, { minimum: 0 }),
      dimensionwiseKlWeight: numberOption("what each latent's KL counts for", 1, { minimum: 0 }),
      sampling: choiceOption('how q(z) is estimated from a minibatch', 'weighted', aggregateSamplings),
    },
    needs: { posterior: 'factorized', batch: 2 },
    takesFreeBits: false,
    evaluate: (inputs, values) => betaTc({ ...inputs, ...values }),
  }),
  'info-vae': define({
    description: 'InfoVAE: holds the aggregate posterior to the prior by the maximum mean discrepancy',
    estimates: 'no bound: the reconstruction less two penalties',
    source: 'Zhao et al. 2017',
    options: {
      alpha: numberOption('what the mutual information of z and x counts for; 1 is the MMD-VAE', 0, {
        maximum: 1,
      }),
      lambda: numberOption('the divergence counts for alpha + lambda − 1', 1000),
      kernel: choiceOption('the kernel of the discrepancy', 'imq', kernels),
    },
    needs: { posterior: 'reparameterized', batch: 2 },
    takesFreeBits: false,
    evaluate: (inputs, values) => infoVae({ ...inputs, ...values }),
  }),
} as const satisfies Readonly<Record<string, ObjectiveEntry>>;

export type ObjectiveName = keyof typeof objectives;

export const objectiveChoice = { name: 'objective', kinds: objectives } as const;

export type Objective = (inputs: ObjectiveInputs) => ObjectiveTerms;

/**
 * An objective by its name, with its defaults for the options that are not given. Both may come from a file.
 * @throws ArgumentError on an unknown name or option, and on a value out of range; the objective itself throws one on
 * free bits that it does not take.
 */
export function createObjective(name: string, options: Readonly<Record<string, unknown>> = {}): Objective {
  const values = valuesOf(objectiveChoice, { ...options, kind: name });
  const entry = objectives[name as ObjectiveName];
  return (inputs) => {
    if (!entry.takesFreeBits && (inputs.freeBits ?? 0) > 0) {
      throw new ArgumentError(
        name,
        'freeBits',
        inputs.freeBits,
        `freeBits is ${inputs.freeBits}, but ${name} (${entry.description}) has no term to compare it with; use 0, or ` +
          'the objective elbo.',
      );
    }
    return entry.evaluate(inputs, values);
  };
}
