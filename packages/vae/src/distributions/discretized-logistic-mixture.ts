import {
  exp,
  expm1,
  log,
  logSoftmax,
  noGrad,
  type Operand,
  softmax,
  softplus,
  takeAlongAxis,
  Variable,
  where,
} from '@reparam/autograd';
import { ArgumentError, broadcastShapes, type RandomKey, type Shape, ShapeError } from '@reparam/tensor';
import { drawChoices } from './choices.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, expandTo } from './event.ts';
import { standardLogistic } from './noise.ts';

export interface DiscretizedLogisticOptions extends EventOptions {
  /** How many values an entry may take; 256 unless told. */
  readonly levels?: number;
}

/**
 * Entries 0, 1/(L − 1), …, 1, such as pixels of L = 256 greys, whose probabilities are those that a mixture of K
 * logistics gives to the bins around them; the first and the last bin are open (Salimans et al. 2017, PixelCNN++,
 * eq. 2). The parameters have the components along a last axis that is no part of the event.
 */
export class DiscretizedLogisticMixture extends ElementwiseDistribution {
  readonly reparameterized = false;
  readonly levels: number;
  /** [...batch, ...event, K], as are the others. */
  readonly logits: Variable;
  readonly locations: Variable;
  /** ln s */
  readonly logScales: Variable;

  /** @throws ArgumentError unless `levels` is a whole number ≥ 2, ShapeError unless there is an axis of components. */
  constructor(
    logits: Operand,
    locations: Operand,
    logScales: Operand,
    { levels = 256, ...options }: DiscretizedLogisticOptions = {},
  ) {
    const parameters = toParameters({ logits, locations, logScales });
    const shapes = {
      logits: parameters.logits.shape,
      locations: parameters.locations.shape,
      logScales: parameters.logScales.shape,
    };
    const shape = broadcastShapes('DiscretizedLogisticMixture', shapes);
    requireComponents(shape, levels);
    const logWeights = expandTo(parameters.logits, shape);
    super({ entries: logWeights.slice([...shape.slice(0, -1).map(() => null), 0]) }, options);
    this.levels = levels;
    this.logits = logWeights;
    this.locations = expandTo(parameters.locations, shape);
    this.logScales = expandTo(parameters.logScales, shape);
  }

  /**
   * ln Σ πₖ[σ(b) − σ(a)] over the bin from a to b in units of sₖ around μₖ. Every factor of
   * σ(b) − σ(a) = σ(b)·σ(−a)·(1 − e^(a−b)) has a safe logarithm; in the open bins one σ and the last factor are 1.
   */
  protected logDensity(x: Variable): Variable {
    const half = 0.5 / (this.levels - 1);
    const entry = x.unsqueeze(-1);
    const [isFirst, isLast] = [entry.less(half), entry.greater(1 - half)];
    const inverseScale = exp(this.logScales.neg());
    const centred = entry.sub(this.locations);
    const below = where(isLast, 0, softplus(centred.add(half).mul(inverseScale).neg()));
    const above = where(isFirst, 0, softplus(centred.sub(half).mul(inverseScale)));
    const width = log(expm1(inverseScale.mul(-2 * half)).neg());
    const mass = where(isFirst.logicalOr(isLast), 0, width).sub(below).sub(above);
    return mass.add(logSoftmax(this.logits)).logsumexp({ axes: -1 });
  }

  /** A draw of the mixture, rounded to the nearest entry; it carries no gradient. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const [keyComponent, keyNoise] = key.split(2) as [RandomKey, RandomKey];
    const sampleShape = shape.slice(0, shape.length - this.shape.length);
    const steps = this.levels - 1;
    return noGrad(() => {
      const chosen = new Variable(drawChoices(keyComponent, this.logits, sampleShape)).unsqueeze(-1);
      const ofChosen = (parameter: Variable): Variable =>
        takeAlongAxis(parameter.expand([...shape, parameter.shape.at(-1)!]), chosen, -1).squeeze(-1);
      const noise = standardLogistic(keyNoise, shape, this.dtype);
      const continuous = ofChosen(this.locations).add(exp(ofChosen(this.logScales)).mul(noise));
      return continuous.clamp(0, 1).mul(steps).round().div(steps);
    });
  }

  /**
   * That of the mixture clamped to [0, 1] before rounding, Σ πₖ sₖ[softplus(μₖ/sₖ) − softplus((μₖ − 1)/sₖ)], from
   * which the mean of the entries differs by less than half a bin.
   */
  mean(): Variable {
    const scale = exp(this.logScales);
    const from = softplus(this.locations.div(scale));
    const to = softplus(this.locations.sub(1).div(scale));
    return softmax(this.logits).mul(scale).mul(from.sub(to)).sum({ axes: -1 });
  }

  mapParameters(change: ParameterChange): DiscretizedLogisticMixture {
    const rank = this.eventShape.length + 1;
    return new DiscretizedLogisticMixture(
      change(this.logits, rank),
      change(this.locations, rank),
      change(this.logScales, rank),
      { ...this.eventOptions, levels: this.levels },
    );
  }
}

function requireComponents(shape: Shape, levels: number): void {
  const name = 'DiscretizedLogisticMixture';
  if (!(Number.isSafeInteger(levels) && levels >= 2)) {
    throw new ArgumentError(name, 'levels', levels, `levels is ${levels}; it must be a whole number ≥ 2.`);
  }
  if (shape.length === 0 || shape.at(-1) === 0) {
    throw new ShapeError(
      name,
      'the parameters have no components; give them a last axis of K ≥ 1, [..., K].',
      { parameters: shape },
    );
  }
}
