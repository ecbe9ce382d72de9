import type {
  AggregatePosterior,
  Binarization,
  Evaluation,
  EvidenceEstimate,
  Finding,
  LikelihoodName,
  ObjectiveSettings,
} from '@reparam/vae';

/** Everything that `reparam evaluate` finds out about a run. In nats per example, as plain data that survive JSON. */
export interface RunEvaluation {
  readonly run: string;
  readonly data: {
    readonly name: string;
    /** Whether they are the run's held-out examples, or all examples of other data. */
    readonly split: 'held-out' | 'all';
    readonly examples: number;
  };
  readonly likelihood: LikelihoodName;
  /** What was made of grey values before anything was evaluated. */
  readonly binarization: Binarization;
  /** What was maximised in training. */
  readonly objective: ObjectiveSettings;
  /** A lower bound on ln p(x), from one draw of z for each example. */
  readonly elbo: Pick<Evaluation, 'elbo' | 'reconstruction' | 'kl'> & {
    /** Whether the KL is an estimate from draws rather than its closed form. */
    readonly klEstimated: boolean;
  };
  /** By importance sampling: in expectation a lower bound too. */
  readonly logLikelihood: Pick<EvidenceEstimate, 'logLikelihood' | 'standardError' | 'bound'> & {
    /** Draws of z for each example. */
    readonly samples: number;
    /** Of how many equal draws the weights are worth, in the median example and in the worst. */
    readonly effectiveSamples: { readonly median: number; readonly least: number };
  };
  readonly latents: {
    readonly count: number;
    readonly active: number;
    readonly activeThreshold: number;
    readonly activity: readonly number[];
    /** Where the KL is a sum over latents. */
    readonly kl?: readonly number[];
  };
  /** The KL taken apart by q(z), the posterior of all examples together; where q(z|x) can be evaluated. */
  readonly aggregate?: Omit<AggregatePosterior, 'kl' | 'aggregateKlPerLatent'> & {
    readonly examples: number;
  };
  /** What the collapse doctor says; only of the run's own held-out examples. */
  readonly findings?: readonly Finding[];
}
