import { parameter, type Variable } from '@reparam/autograd';
import { Module, type Parameters } from '@reparam/nn';
import {
  ArgumentError,
  concat,
  DTypeError,
  formatShape,
  full,
  type RandomKey,
  ShapeError,
  sameShape,
  zeros,
} from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import type { FloatingType } from '../distributions/event.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { requirePositive } from '../objectives/arguments.ts';
import { drawWithKl, type KlDivergence } from '../objectives/kl.ts';

const operation = 'ParameterPosterior';

export interface ParameterPosteriorOptions {
  /** p(w): the standard deviation of N(0, σ²I), or a distribution over all P parameters in a row; 1 unless told. */
  readonly prior?: number | Distribution;
  /** The standard deviation of every parameter at the beginning; 0.05 unless told. */
  readonly initialScale?: number;
  /** `full` has P² numbers, and is for small models; `diagonal` unless told. */
  readonly covariance?: 'diagonal' | 'full';
}

/** Beyond it a full covariance takes more memory than a process has. */
const mostForFullCovariance = 4096;

/**
 * q(w), a Gaussian over all parameters of a model in a row (Blundell et al. 2015), around the values that they have
 * when it is made. Its own parameters are the means and scales: those are what variational inference trains.
 */
export class ParameterPosterior extends Module {
  /** The means: [P] */
  readonly location: Variable;
  /** ln σ; of the diagonal of L, where the covariance L·Lᵀ is full: [P] */
  readonly logScale: Variable;
  /** L below its diagonal, of a full covariance: [P, P], the rest of which is not read. */
  readonly lower: Variable | undefined;
  readonly prior: Distribution;
  readonly #parameters: readonly Variable[];

  /**
   * @throws ArgumentError on options out of range, DTypeError unless all parameters are of one type, ShapeError for a
   * prior over another event.
   */
  constructor(
    parameters: Parameters,
    { prior = 1, initialScale = 0.05, covariance = 'diagonal' }: ParameterPosteriorOptions = {},
  ) {
    super();
    const dtype = commonType(parameters);
    // A parameter that the model holds twice is one parameter.
    this.#parameters = [...new Set(Object.values(parameters))];
    const means = concat(this.#parameters.map(({ value, size }) => value.reshape([size])));
    const count = means.size;
    requirePositive(operation, 'initialScale', initialScale);
    this.location = parameter(means, 'location');
    this.logScale = parameter(full([count], Math.log(initialScale), { dtype }), 'logScale');
    if (covariance === 'full') {
      requireRoom(count);
      this.lower = parameter(zeros([count, count], { dtype }), 'lower');
    }
    this.prior = priorOver(count, prior, dtype);
  }

  /** q(w), over [P]. */
  distribution(): Distribution {
    if (!this.lower) return DiagonalNormal.fromLogScale(this.location, this.logScale);
    const factor = this.lower.tril(-1).add(this.logScale.exp().diagonalMatrix());
    return new FullNormal(this.location, factor);
  }

  /** A draw of every parameter, and KL(q ‖ p) in nats: from the same draw where it has no closed form. */
  draw(key: RandomKey): { readonly values: ReadonlyMap<Variable, Variable>; readonly kl: KlDivergence } {
    const { z, kl } = drawWithKl(this.distribution(), this.prior, key);
    return { values: this.#split(z), kl };
  }

  /** Every parameter at its mean. */
  means(): ReadonlyMap<Variable, Variable> {
    return this.#split(this.location);
  }

  /** [P] cut into the parameters. */
  #split(row: Variable): ReadonlyMap<Variable, Variable> {
    let from = 0;
    return new Map(
      this.#parameters.map((each) => {
        const part = row.slice([[from, from + each.size]]).reshape(each.shape);
        from += each.size;
        return [each, part];
      }),
    );
  }
}

/** @throws ArgumentError when there are none, DTypeError when they differ. */
function commonType(parameters: Parameters): FloatingType {
  const [first, ...others] = Object.entries(parameters);
  if (first === undefined) {
    throw new ArgumentError(operation, 'parameters', parameters, 'there are no parameters to infer.');
  }
  const [name, { dtype }] = first;
  const other = others.find(([, each]) => each.dtype !== dtype);
  if (!other) return dtype as FloatingType;
  const [otherName, { dtype: otherType }] = other;
  throw new DTypeError(
    operation,
    `${name} is ${dtype} but ${otherName} is ${otherType}; one Gaussian over all parameters needs one type.`,
    { [name]: dtype, [otherName]: otherType },
  );
}

function requireRoom(count: number): void {
  if (count <= mostForFullCovariance) return;
  throw new ArgumentError(
    operation,
    'covariance',
    'full',
    `a full covariance of ${count} parameters has ${count}² numbers; that is for models of up to ` +
      `${mostForFullCovariance}. Use { covariance: 'diagonal' }.`,
  );
}

function priorOver(count: number, prior: number | Distribution, dtype: FloatingType): Distribution {
  if (typeof prior === 'number') {
    requirePositive(operation, 'prior', prior);
    return DiagonalNormal.fromScale(zeros([count], { dtype }), prior);
  }
  const { batchShape, eventShape } = prior;
  if (sameShape(eventShape, [count]) && batchShape.length === 0) return prior;
  throw new ShapeError(
    operation,
    `the prior is a batch of ${formatShape(batchShape)} over events ${formatShape(eventShape)}, but the model has ` +
      `${count} parameters; give one distribution over [${count}].`,
    { batch: batchShape, event: eventShape },
  );
}
