import { exp, log, logSoftmax, type Operand, softmax, toVariable, type Variable } from '@reparam/autograd';
import { broadcastShapes, formatShape, type RandomKey, type Shape, ShapeError } from '@reparam/tensor';
import type { Distribution, SampleWithLogProb } from './distribution.ts';
import { type EventOptions, expandTo, type FloatingType, splitShape, sumTrailing, toPoint } from './event.ts';
import { standardGumbel } from './noise.ts';
import { keepPositive } from './support.ts';

/**
 * The Concrete or Gumbel-softmax distribution (Maddison et al. 2017; Jang et al. 2017): x = softmax((logits + G)/τ)
 * along the last axis with Gumbel noise G lies in the simplex, near its corners for a low temperature τ, and its
 * largest entry is distributed as the category.
 */
export class RelaxedCategorical implements Distribution {
  readonly reparameterized = true;
  /** [...batch, ...event], the last axis over C classes. */
  readonly logits: Variable;
  /** τ, positive: a number, or one for every distribution [...batch, ...event without classes, 1]. */
  readonly temperature: Variable;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly dtype: FloatingType;

  /** @throws ShapeError for a temperature that varies with the class, or without classes. */
  constructor(logits: Operand, temperature: Operand, { eventAxes = 1 }: EventOptions = {}) {
    const values = toVariable(logits);
    const tau = toVariable(temperature, values.dtype);
    const shapes = { logits: values.shape, temperature: tau.shape };
    if (values.rank === 0 || eventAxes === 0 || (tau.shape.at(-1) ?? 1) !== 1) {
      throw new ShapeError(
        'RelaxedCategorical',
        `logits are ${formatShape(values.shape)}, the temperature is ${formatShape(tau.shape)} and eventAxes is ` +
          `${eventAxes}; the last axis of the logits is that of the classes, is part of the event, and has one ` +
          'temperature: [] or [..., 1].',
        shapes,
      );
    }
    const shape = broadcastShapes('RelaxedCategorical', shapes);
    const { batchShape, eventShape } = splitShape('RelaxedCategorical', shape, eventAxes);
    this.logits = expandTo(values, shape);
    this.temperature = tau.rank === 0 ? tau : tau.squeeze(-1);
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.dtype = values.dtype as FloatingType;
  }

  logProb(x: Operand): Variable {
    return this.#logDensityAt(log(toPoint('RelaxedCategorical', x, this)));
  }

  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    return keepPositive(exp(this.#drawLogarithms(key, sampleShape)));
  }

  /** The density is taken at the logarithms of the draw, which keep their precision where entries underflow. */
  sampleAndLogProb(key: RandomKey, sampleShape: Shape = []): SampleWithLogProb {
    const logarithms = this.#drawLogarithms(key, sampleShape);
    return { sample: keepPositive(exp(logarithms)), logProb: this.#logDensityAt(logarithms) };
  }

  /** The probabilities of the category that is relaxed; the expected value itself has no closed form. */
  mean(): Variable {
    return softmax(this.logits);
  }

  detach(): Distribution {
    const temperature = this.temperature.rank === 0 ? this.temperature : this.temperature.unsqueeze(-1);
    return new RelaxedCategorical(this.logits.detach(), temperature.detach(), {
      eventAxes: this.eventShape.length,
    });
  }

  #drawLogarithms(key: RandomKey, sampleShape: Shape): Variable {
    const noise = standardGumbel(key, [...sampleShape, ...this.logits.shape], this.dtype);
    return logSoftmax(this.logits.add(noise).div(this.#perClass()));
  }

  /** ln (C−1)! + (C−1) ln τ + Σ [l_c − (τ+1)y_c] − C·ln Σ e^(l_c − τy_c) at x = e^y (Maddison et al. 2017, eq. 10). */
  #logDensityAt(y: Variable): Variable {
    const classes = this.logits.shape.at(-1)!;
    const tau = this.temperature;
    const powers = this.logits.sub(y.mul(this.#perClass()));
    const perVariable = powers
      .sub(y)
      .sum({ axes: -1 })
      .sub(powers.logsumexp({ axes: -1 }).mul(classes))
      .add(log(tau).mul(classes - 1))
      .add(logFactorial(classes - 1));
    return sumTrailing(perVariable, this.eventShape.length - 1);
  }

  #perClass(): Variable {
    return this.temperature.rank === 0 ? this.temperature : this.temperature.unsqueeze(-1);
  }
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}
