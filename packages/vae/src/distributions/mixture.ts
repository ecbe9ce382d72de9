import { logSoftmax, type Operand, softmax, takeAlongAxis, toVariable, Variable } from '@reparam/autograd';
import { broadcastShapes, formatShape, type RandomKey, type Shape, ShapeError } from '@reparam/tensor';
import { drawChoices } from './choices.ts';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';
import { expandTo, type FloatingType, toPoint } from './event.ts';
import type { StratifiedDistribution, StratifiedSample } from './stratified.ts';

/** Σₖ πₖ pₖ(x) with π = softmax(logits); the components are the last batch axis of one distribution. */
export class Mixture<Component extends Distribution = Distribution> implements StratifiedDistribution {
  /** False: a draw carries the gradients of its component, but not those of the weights. */
  readonly reparameterized = false;
  /** [...batch, K] */
  readonly logits: Variable;
  /** A batch of [...batch, K]. */
  readonly components: Component;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly dtype: FloatingType;

  /** @throws ShapeError unless the logits [..., K] fit components with a batch of [..., K]. */
  constructor(logits: Operand, components: Component) {
    this.logits = toVariable(logits);
    this.components = components;
    const shapes = { logits: this.logits.shape, components: components.batchShape };
    if (shapes.logits.length === 0 || shapes.logits.at(-1) !== shapes.components.at(-1)) {
      throw new ShapeError(
        new.target.name,
        `logits are ${formatShape(shapes.logits)} but the components are a batch of ` +
          `${formatShape(shapes.components)}; the last axis of both must be the number of components K.`,
        shapes,
      );
    }
    this.batchShape = broadcastShapes(new.target.name, shapes).slice(0, -1);
    this.eventShape = components.eventShape;
    this.dtype = this.logits.dtype as FloatingType;
  }

  /** logsumexpₖ(ln πₖ + ln pₖ(x)) */
  logProb(x: Operand): Variable {
    const everyComponent = toPoint('Mixture', x, this).unsqueeze(-1 - this.eventShape.length);
    return this.components.logProb(everyComponent).add(logSoftmax(this.logits)).logsumexp({ axes: -1 });
  }

  /** A draw of every component, of which one is chosen: gradients flow to its parameters, not to the weights. */
  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    const [keyChoice, keyDraw] = key.split(2) as [RandomKey, RandomKey];
    const count = this.logits.shape.at(-1)!;
    const logits = expandTo(this.logits, [...this.batchShape, count]);
    const chosen = new Variable(drawChoices(keyChoice, logits, sampleShape));
    const ones = this.eventShape.map(() => 1);
    const positions = chosen.reshape([...chosen.shape, 1, ...ones]);
    return takeAlongAxis(this.#drawAll(keyDraw, sampleShape), positions, -1 - ones.length).squeeze(
      -1 - ones.length,
    );
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  stratified(key: RandomKey, sampleShape: Shape = []): StratifiedSample {
    const draws = this.#drawAll(key, sampleShape);
    const axis = draws.rank - this.eventShape.length - 1;
    const logWeights = expandTo(logSoftmax(this.logits), [...this.batchShape, this.logits.shape.at(-1)!]);
    const last = logWeights.rank - 1;
    const front = logWeights.permute([last, ...this.batchShape.keys()]);
    const order = [axis, ...Array.from({ length: draws.rank }, (_, i) => i).toSpliced(axis, 1)];
    const sample = draws.permute(order);
    return {
      sample,
      logProb: this.logProb(sample),
      logWeights: front.reshape([front.shape[0]!, ...sampleShape.map(() => 1), ...this.batchShape]),
    };
  }

  /** Σₖ πₖ E xₖ */
  mean(): Variable {
    const weights = softmax(this.logits);
    const spread = weights.reshape([...weights.shape, ...this.eventShape.map(() => 1)]);
    return this.components
      .mean()
      .mul(spread)
      .sum({ axes: -1 - this.eventShape.length });
  }

  detach(): Distribution {
    return new Mixture(this.logits.detach(), this.components.detach());
  }

  /** [...sampleShape, ...batch, K, ...event]; a batch that only the logits have gets draws of its own. */
  #drawAll(key: RandomKey, sampleShape: Shape): Variable {
    const missing = this.batchShape.length + 1 - this.components.batchShape.length;
    const lead = [...sampleShape, ...this.batchShape.slice(0, Math.max(missing, 0))];
    const all = [...sampleShape, ...this.batchShape, this.logits.shape.at(-1)!, ...this.eventShape];
    return expandTo(this.components.sample(key, lead), all);
  }
}
