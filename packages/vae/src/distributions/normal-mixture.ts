import {
  gather,
  logSoftmax,
  noGrad,
  type Operand,
  softmax,
  toVariable,
  type Variable,
} from '@reparam/autograd';
import {
  formatShape,
  fromTypedArray,
  type RandomKey,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
  uniform,
} from '@reparam/tensor';
import { DiagonalNormal } from './diagonal-normal.ts';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';

/** Σₖ πₖ N(μₖ, diag σₖ²) over D dimensions, without batch axes; π = softmax(logits). */
export class NormalMixture implements Distribution {
  /** [K] */
  readonly logits: Variable;
  /** K normals over D dimensions: a batch of [K]. */
  readonly components: DiagonalNormal;

  /** @throws ShapeError unless the logits are [K] for components of batch shape [K]. */
  constructor(logits: Operand, components: DiagonalNormal) {
    this.logits = toVariable(logits);
    this.components = components;
    if (!sameShape(this.logits.shape, components.batchShape) || this.logits.rank !== 1) {
      throw new ShapeError(
        'NormalMixture',
        `logits are ${formatShape(this.logits.shape)} but the components are a batch of ` +
          `${formatShape(components.batchShape)}; both must be [K].`,
        { logits: this.logits.shape, components: components.batchShape },
      );
    }
  }

  get batchShape(): Shape {
    return [];
  }

  get eventShape(): Shape {
    return this.components.eventShape;
  }

  /** logsumexpₖ(ln πₖ + ln Nₖ(x)): [..., D] → [...] */
  logProb(x: Operand): Variable {
    const point = toVariable(x, this.logits.dtype);
    const everyComponent = point.reshape([...point.shape.slice(0, -1), 1, ...this.eventShape]);
    return this.components.logProb(everyComponent).add(logSoftmax(this.logits)).logsumexp({ axes: -1 });
  }

  /** Draws components, then from them; gradients flow to their means and scales, not to the weights. */
  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    const [keyComponent, keyNoise] = key.split(2) as [RandomKey, RandomKey];
    const chosen = this.#drawComponents(keyComponent, sampleShape);
    const { location, scale } = this.components;
    const scales = gather(scale.expand(location.shape), chosen);
    return DiagonalNormal.fromScale(gather(location, chosen), scales).sample(keyNoise);
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  /** Σₖ πₖ μₖ */
  mean(): Variable {
    const weights = softmax(this.logits).reshape([-1, 1]);
    return this.components.location.mul(weights).sum({ axes: 0 });
  }

  /** Component numbers by inversion of the cumulative weights. */
  #drawComponents(key: RandomKey, shape: Shape): Tensor {
    const weights = noGrad(() => softmax(this.logits)).value.toTypedArray();
    const thresholds = uniform(key, shape, { dtype: 'float64' }).toTypedArray();
    const chosen = Int32Array.from(thresholds, (threshold) => {
      let remaining = threshold;
      for (let k = 0; k < weights.length - 1; k++) {
        remaining -= weights[k]!;
        if (remaining < 0) return k;
      }
      return weights.length - 1;
    });
    return fromTypedArray(chosen, shape);
  }
}
