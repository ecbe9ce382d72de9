import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { broadcastShapes, type RandomKey, requireFloating, type Shape } from '@reparam/tensor';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';
import { type EventOptions, expandTo, type FloatingType, splitShape, sumTrailing, toPoint } from './event.ts';

/**
 * What becomes of a parameter. `eventRank` counts its axes from the end that belong to one event; the axes before
 * them are the batch.
 */
export type ParameterChange = (parameter: Variable, eventRank: number) => Variable;

/**
 * Independent variables of one family, one for each element of the parameters' common shape. A family says what
 * its density is, how it is drawn, and how it looks with other parameters.
 */
export abstract class ElementwiseDistribution implements Distribution {
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly dtype: FloatingType;
  abstract readonly reparameterized: boolean;

  /** @throws ShapeError unless the parameters broadcast and have `eventAxes` axes, DTypeError unless they are floating. */
  protected constructor(
    parameters: Readonly<Record<string, Variable>>,
    { eventAxes = 1 }: EventOptions = {},
  ) {
    const name = new.target.name;
    const shapes = Object.entries(parameters).map(([key, { shape }]) => [key, shape] as const);
    const shape = broadcastShapes(name, Object.fromEntries(shapes));
    const { dtype } = Object.values(parameters)[0]!;
    requireFloating(name, Object.keys(parameters)[0]!, dtype);
    const { batchShape, eventShape } = splitShape(name, shape, eventAxes);
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.dtype = dtype as FloatingType;
  }

  abstract mean(): Variable;

  /** The family with changed parameters. */
  abstract mapParameters(change: ParameterChange): Distribution;

  /** ln p(x) in nats of each element, which broadcasts to the shape of x and the parameters. */
  protected abstract logDensity(x: Variable): Variable;

  /** Draws of a shape that ends with that of the parameters. */
  protected abstract draw(key: RandomKey, shape: Shape): Variable;

  /** [...batch, ...event] */
  get shape(): Shape {
    return [...this.batchShape, ...this.eventShape];
  }

  /** What the constructors of the same family are given. */
  get eventOptions(): Required<EventOptions> {
    return { eventAxes: this.eventShape.length };
  }

  /** ln p(x) of each element before the sum over the event: [..., ...event]. */
  logProbPerDimension(x: Operand): Variable {
    return this.logDensity(toPoint(this.constructor.name, x, this));
  }

  /** Σ ln p(x) over the event. @throws ShapeError when x does not end with the event's axes. */
  logProb(x: Operand): Variable {
    return sumTrailing(this.logProbPerDimension(x), this.eventShape.length);
  }

  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    return this.draw(key, [...sampleShape, ...this.shape]);
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  detach(): Distribution {
    return this.mapParameters((parameter) => parameter.detach());
  }

  /** A number for each element, in full: [...batch, ...event]. */
  protected spread(perElement: Operand): Variable {
    return expandTo(toVariable(perElement, this.dtype), this.shape);
  }

  /** The sum over the event of what broadcasts to the parameters' shape: [...batch]. */
  protected total(perElement: Variable): Variable {
    return sumTrailing(this.spread(perElement), this.eventShape.length);
  }
}

/** Operands as variables of one type, that of the first which is no number. */
export function toParameters<Name extends string>(
  operands: Readonly<Record<Name, Operand>>,
): Record<Name, Variable> {
  const values: Operand[] = Object.values(operands);
  const dtype = values.find((each) => typeof each !== 'number')?.dtype;
  const entries = Object.entries<Operand>(operands).map(([name, each]) => [name, toVariable(each, dtype)]);
  return Object.fromEntries(entries) as Record<Name, Variable>;
}
