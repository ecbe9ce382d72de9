import { gradients, sum, type Variable } from '@reparam/autograd';
import { adam, type Optimizer, type Parameters } from '@reparam/nn';
import { ArgumentError, formatShape, RandomKey, ShapeError, sameShape, type Tensor } from '@reparam/tensor';
import { requireCount, requireNonNegative } from '../objectives/arguments.ts';
import { ParameterPosterior, type ParameterPosteriorOptions } from './parameter-posterior.ts';
import { requireSynchronous } from './with-parameters.ts';

/** What training asks of an optimiser. */
export type ParameterOptimizer = Pick<
  Optimizer,
  'name' | 'learningRate' | 'steps' | 'step' | 'state' | 'restore'
>;

export interface VariationalInferenceOptions extends ParameterPosteriorOptions {
  /** Examples in the whole data set, over which the KL is shared out. */
  readonly dataCount: number;
  /** All draws are derived from it and the number of the step. */
  readonly key: RandomKey;
  /** 0.001 unless told. */
  readonly learningRate?: number;
  /** What the KL counts for; 1 unless told. */
  readonly klWeight?: number;
  /** What moves the means and scales; Adam unless told. */
  readonly optimizer?: (parameters: Parameters, options: { readonly learningRate: number }) => Optimizer;
}

/**
 * Variational inference over parameters as an optimiser, in the place of SGD or Adam: the parameters are a draw
 * w = μ + σε from a Gaussian posterior q(w), and a step takes the gradient of the loss at that draw, −∂ln p(y|x, w)/∂w
 * per example, for the gradient by means and scales (Graves 2011; Blundell et al. 2015, section 3.2), moves those, and
 * leaves the next draw in the parameters. Before the first step they are the means.
 */
export class VariationalOptimizer implements ParameterOptimizer {
  readonly name = 'variational';
  readonly posterior: ParameterPosterior;
  /** What the KL counts for; may be changed between steps, by a schedule for example. */
  klWeight: number;
  /** Examples in the whole data set; may be set when they are known. */
  dataCount: number;
  readonly #parameters: Parameters;
  readonly #optimizer: Optimizer;
  #key: RandomKey;

  /** @throws ArgumentError on options out of range, and what {@link ParameterPosterior} throws. */
  constructor(
    parameters: Parameters,
    {
      dataCount,
      key,
      learningRate = 0.001,
      klWeight = 1,
      optimizer = adam,
      ...options
    }: VariationalInferenceOptions,
  ) {
    requireCount('variationalInference', 'dataCount', dataCount);
    requireNonNegative('variationalInference', 'klWeight', klWeight);
    this.posterior = new ParameterPosterior(parameters, options);
    this.#parameters = parameters;
    this.#optimizer = optimizer(this.posterior.namedParameters(), { learningRate });
    this.dataCount = dataCount;
    this.klWeight = klWeight;
    this.#key = key;
  }

  get learningRate(): number {
    return this.#optimizer.learningRate;
  }

  set learningRate(learningRate: number) {
    this.#optimizer.learningRate = learningRate;
  }

  get steps(): number {
    return this.#optimizer.steps;
  }

  /**
   * One step, by the gradients of the loss per example at the draw that the parameters hold.
   * @throws ArgumentError, ShapeError, DTypeError as an optimiser does when the gradients do not fit the parameters.
   */
  step(slopes: readonly Tensor[]): void {
    const byParameter = this.#gradientsByParameter(slopes);
    const { values, kl } = this.#current();
    // ⟨g, w(μ, σ)⟩ has the gradient of the loss: what is differentiated is how the draw depends on μ and σ.
    const terms = [...values].map(([parameter, value]) => sum(value.mul(byParameter.get(parameter)!)));
    const surrogate = terms.reduce((total, term) => total.add(term), kl.mul(this.klWeight / this.dataCount));
    const moved = this.posterior.parameters();
    this.#optimizer.step(gradients(surrogate, moved).map(({ value }) => value));
    this.#assign(this.#current().values);
  }

  /** Runs `fn` while the parameters are at the means, as for an evaluation, and puts the draw back. */
  withMeans<T>(fn: () => T): T {
    this.#assign(this.posterior.means());
    try {
      return requireSynchronous(this.name, fn());
    } finally {
      this.#assign(this.#current().values);
    }
  }

  /** Means, scales, the state of what moves them, and the key. */
  state(): Record<string, Tensor> {
    return { ...this.posterior.state(), ...this.#optimizer.state(), key: this.#key.toTensor() };
  }

  /**
   * Takes up a saved state, and leaves its draw in the parameters. Nothing is changed unless all of it fits.
   * @throws ArgumentError when names are missing or unknown, ShapeError, DTypeError.
   */
  restore(state: Readonly<Record<string, Tensor>>): void {
    const { key, ...others } = state;
    if (key === undefined) {
      throw new ArgumentError(
        `${this.name}.restore`,
        'key',
        key,
        'the random key is missing from the saved state.',
      );
    }
    const restoredKey = RandomKey.fromTensor(key);
    const before = this.posterior.state();
    const [ofPosterior, ofOptimizer] = partition(others, (name) => name in before);
    this.posterior.restore(ofPosterior);
    try {
      this.#optimizer.restore(ofOptimizer);
    } catch (error) {
      this.posterior.restore(before);
      throw error;
    }
    this.#key = restoredKey;
    this.#assign(this.#current().values);
  }

  /** A parameter that is listed twice has its whole gradient in both places. */
  #gradientsByParameter(slopes: readonly Tensor[]): ReadonlyMap<Variable, Tensor> {
    const parameters = Object.entries(this.#parameters);
    if (slopes.length !== parameters.length) {
      throw new ArgumentError(
        this.name,
        'gradients',
        slopes,
        `${parameters.length} parameters need as many gradients, not ${slopes.length}.`,
      );
    }
    return new Map(
      parameters.map(([name, parameter], i) => {
        const gradient = slopes[i]!;
        if (sameShape(gradient.shape, parameter.shape)) return [parameter, gradient];
        throw new ShapeError(
          this.name,
          `the gradient of ${name} is ${formatShape(gradient.shape)}, the parameter ${formatShape(parameter.shape)}.`,
          { gradient: gradient.shape, parameter: parameter.shape },
        );
      }),
    );
  }

  /** The draw that the parameters hold, as a function of means and scales: the means themselves before the first step. */
  #current(): { readonly values: ReadonlyMap<Variable, Variable>; readonly kl: Variable } {
    const { values, kl } = this.posterior.draw(this.#key.foldIn(this.steps));
    return { values: this.steps === 0 ? this.posterior.means() : values, kl: kl.value };
  }

  #assign(values: ReadonlyMap<Variable, Variable>): void {
    for (const [parameter, { value }] of values) parameter.assign(value);
  }
}

function partition(
  state: Readonly<Record<string, Tensor>>,
  isFirst: (name: string) => boolean,
): [Record<string, Tensor>, Record<string, Tensor>] {
  const entries = Object.entries(state);
  return [
    Object.fromEntries(entries.filter(([name]) => isFirst(name))),
    Object.fromEntries(entries.filter(([name]) => !isFirst(name))),
  ];
}

/** Variational inference as an optimiser of a model's `namedParameters()`. */
export function variationalInference(
  parameters: Parameters,
  options: VariationalInferenceOptions,
): VariationalOptimizer {
  return new VariationalOptimizer(parameters, options);
}
