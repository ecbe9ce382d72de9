import { ArgumentError, formatShape, type RandomKey, ShapeError, type Tensor } from '@reparam/tensor';
import type { Distribution } from '../../distributions/distribution.ts';
import { requireCount, requirePositive } from '../../objectives/arguments.ts';
import { requireExamples } from '../arguments.ts';
import type { GenerativeModel } from '../latent-model.ts';
import {
  type EvidenceEstimate,
  LogWeights,
  type PerExampleEvidence,
  summarizeEvidence,
} from '../log-weights.ts';
import type { Work } from '../work.ts';
import { hamiltonianTransition } from './hamiltonian.ts';
import { type ChainState, GeometricPath } from './path.ts';
import { sigmoidalSchedule } from './schedule.ts';

export interface AnnealingSettings {
  /** Chains for each example, all decoded at once; 16 unless told. */
  readonly chains?: number;
  /** Inverse temperatures from 0 up to 1; `sigmoidalSchedule(200)` unless told. */
  readonly schedule?: readonly number[];
  /** Leapfrog steps of a transition, each one gradient of ln p(x, z); 10 unless told. */
  readonly leapfrogSteps?: number;
  /** What the pilot run steers the acceptance to; .8 unless told (Betancourt et al. 2014 find .6 to .9 best). */
  readonly targetAcceptance?: number;
  /** Where the pilot run's step sizes start; 0.1 unless told. */
  readonly stepSize?: number;
}

export interface AnnealingOptions extends GenerativeModel, AnnealingSettings {
  /** [B, …] */
  readonly x: Tensor;
  readonly key: RandomKey;
  /** What annealing starts from: the prior unless told; q(z|x), a batch of [B], makes the way shorter. */
  readonly initial?: Distribution;
}

export interface AnnealedEstimate extends EvidenceEstimate {
  /** Of the transitions, on average. */
  readonly acceptance: number;
}

/** Chains of the pilot run, which only has to find step sizes. */
const pilotChains = 4;

/** Gain of the pilot's steps on ln ε: some thirty transitions find their size from ten times off. */
const adaptationGain = 0.2;
const settlingTransitions = 30;

/**
 * ln p(x) by annealed importance sampling (Neal 2001) with Hamiltonian transitions along the geometric path, as
 * Wu et al. (2017) measure decoders: in expectation a lower bound, whose gap closes with more temperatures.
 *
 * Step sizes are found in a pilot run of their own and then stay fixed, because weights of chains that adapt
 * themselves are not unbiased. @throws ArgumentError on settings out of range, ShapeError without examples.
 */
export function* annealedImportanceSampling(options: AnnealingOptions): Work<AnnealedEstimate> {
  const annealing = new Annealing('annealedImportanceSampling', options);
  const [keyPilot, keyRun] = options.key.split(2) as [RandomKey, RandomKey];
  const stepSizes = yield* annealing.pilot(keyPilot, 0, 2);
  return yield* annealing.lowerBound(stepSizes, keyRun, 1, 2);
}

/**
 * ln p(x) from above, for x of which exact posterior draws are known, such as x that were simulated together with
 * their z: chains go back from those draws to the initial density (bidirectional Monte Carlo, Grosse et al. 2015).
 * The mean weight estimates 1/p(x) without bias, so that minus its logarithm is an upper bound in expectation.
 * @param options.exact z drawn from p(z|x), one for each example: [B, latent]
 */
export function* reverseAnnealedImportanceSampling(
  options: AnnealingOptions & { readonly exact: Tensor },
): Work<AnnealedEstimate> {
  const annealing = new Annealing('reverseAnnealedImportanceSampling', options);
  const [keyPilot, keyRun] = options.key.split(2) as [RandomKey, RandomKey];
  const stepSizes = yield* annealing.pilot(keyPilot, 0, 2);
  return yield* annealing.upperBound(options.exact, stepSizes, keyRun, 1, 2);
}

/** Sizes for each transition along the way up, each [B]. */
type StepSizes = readonly Float64Array[];

/** The runs that an estimate is made of. Each reports progress as part `part` of `parts` equal ones. */
export class Annealing {
  readonly #operation: string;
  readonly #options: AnnealingOptions;
  readonly #schedule: readonly number[];
  readonly #leapfrogSteps: number;
  readonly #path: GeometricPath;
  readonly #initial: Distribution;

  constructor(operation: string, options: AnnealingOptions) {
    const { chains = 16, schedule = sigmoidalSchedule(200), leapfrogSteps = 10 } = options;
    requireExamples(operation, options.x);
    requireCount(operation, 'chains', chains);
    requireCount(operation, 'leapfrogSteps', leapfrogSteps);
    requireSchedule(operation, schedule);
    this.#operation = operation;
    this.#options = options;
    this.#schedule = schedule;
    this.#leapfrogSteps = leapfrogSteps;
    this.#initial = options.initial ?? options.prior;
    this.#path = new GeometricPath(options, options.x, this.#initial, chains);
  }

  /**
   * Goes the way up with a few chains, and steers each example's step size to the wanted acceptance, after some
   * transitions at the first temperature to find its order of magnitude.
   */
  *pilot(key: RandomKey, part: number, parts: number): Work<StepSizes> {
    const { x, targetAcceptance = 0.8, stepSize = 0.1 } = this.#options;
    requirePositive(this.#operation, 'stepSize', stepSize);
    if (!(targetAcceptance > 0 && targetAcceptance < 1)) {
      throw new ArgumentError(
        this.#operation,
        'targetAcceptance',
        targetAcceptance,
        `targetAcceptance is ${targetAcceptance}; it must lie between 0 and 1.`,
      );
    }
    const path = new GeometricPath(this.#options, x, this.#initial, pilotChains);
    const transitions = this.#schedule.length - 2;
    const [keyStart] = key.split(1) as [RandomKey];
    let sizes = new Float64Array(path.examples).fill(stepSize);
    let state = path.stateAt(path.drawInitial(keyStart));
    const found: Float64Array[] = [];
    for (let t = 1 - settlingTransitions; t <= transitions; t++) {
      const beta = this.#schedule[Math.max(1, t)]!;
      const moved = hamiltonianTransition(path, state, beta, sizes, this.#leapfrogSteps, key.foldIn(t));
      state = moved.state;
      sizes = sizes.map(
        (size, b) => size * Math.exp(adaptationGain * (moved.acceptance[b]! - targetAcceptance)),
      );
      if (t >= 1) found.push(sizes);
      yield { done: part * transitions + Math.max(0, t), total: parts * transitions };
    }
    return found;
  }

  /** From draws of the initial density up to the joint: weights whose mean estimates p(x). */
  *lowerBound(stepSizes: StepSizes, key: RandomKey, part: number, parts: number): Work<AnnealedEstimate> {
    const start = this.#path.stateAt(this.#path.drawInitial(key.foldIn(0)));
    const { weights, acceptance } = yield* this.#travel(this.#schedule, stepSizes, start, key, part, parts);
    return { ...summarizeEvidence([weights], 'lower'), acceptance };
  }

  /** From exact posterior draws [B, latent] down to the initial density: weights whose mean estimates 1/p(x). */
  *upperBound(
    exact: Tensor,
    stepSizes: StepSizes,
    key: RandomKey,
    part: number,
    parts: number,
  ): Work<AnnealedEstimate> {
    const { chains, examples } = this.#path;
    if (exact.rank !== 2 || exact.shape[0] !== examples) {
      throw new ShapeError(
        this.#operation,
        `exact is ${formatShape(exact.shape)}, but x is ${formatShape(this.#options.x.shape)}: give one z for ` +
          `each example, [${examples}, latent].`,
        { exact: exact.shape, x: this.#options.x.shape },
      );
    }
    const start = this.#path.stateAt(exact.expand([chains, ...exact.shape]));
    const way = this.#schedule.toReversed();
    const travelled = yield* this.#travel(way, stepSizes.toReversed(), start, key, part, parts);
    const weights: PerExampleEvidence = {
      ...travelled.weights,
      logLikelihood: travelled.weights.logLikelihood.map((value) => -value),
    };
    return { ...summarizeEvidence([weights], 'upper'), acceptance: travelled.acceptance };
  }

  /** ln w = Σ_t (β_t − β_{t−1}) (ln f₁ − ln f₀)(z_{t−1}), with a transition at each β_t on the way. */
  *#travel(
    way: readonly number[],
    stepSizes: StepSizes,
    start: ChainState,
    key: RandomKey,
    part: number,
    parts: number,
  ): Work<{ weights: PerExampleEvidence; acceptance: number }> {
    const transitions = way.length - 2;
    const logWeights = new Float64Array(start.initial.length);
    let state = start;
    let acceptance = 0;
    for (let t = 1; t < way.length; t++) {
      const step = way[t]! - way[t - 1]!;
      for (let i = 0; i < logWeights.length; i++) {
        logWeights[i]! += step * (state.target[i]! - state.initial[i]!);
      }
      if (t > transitions) break;
      const sizes = stepSizes[t - 1]!;
      const moved = hamiltonianTransition(
        this.#path,
        state,
        way[t]!,
        sizes,
        this.#leapfrogSteps,
        key.foldIn(t),
      );
      state = moved.state;
      acceptance += moved.acceptance.reduce((sum, value) => sum + value, 0) / sizes.length / transitions;
      yield { done: part * transitions + t, total: parts * transitions };
    }
    const weights = new LogWeights(this.#operation, this.#path.examples);
    weights.add(logWeights);
    return { weights: weights.summary(), acceptance };
  }
}

function requireSchedule(operation: string, schedule: readonly number[]): void {
  const rising = schedule.every((beta, t) => t === 0 || beta > schedule[t - 1]!);
  if (schedule[0] === 0 && schedule.at(-1) === 1 && rising) return;
  throw new ArgumentError(
    operation,
    'schedule',
    schedule,
    `schedule has ${schedule.length} inverse temperatures from ${schedule[0]} to ${schedule.at(-1)}; they must ` +
      'rise from 0 to 1, as those of sigmoidalSchedule(steps) do.',
  );
}
