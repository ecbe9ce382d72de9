import { noGrad, type Operand, parameter, toVariable, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import { formatShape, ShapeError, zeros } from '@reparam/tensor';
import { ActNorm } from './act-norm.ts';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { ContextNetwork } from './context-network.ts';
import { Coupling } from './coupling.ts';
import { scaleAndShift } from './elementwise-transform.ts';
import { defaultHidden, Flow, type FlowOptions } from './flow.ts';
import { InvertibleLinear } from './invertible-linear.ts';

/** Below it a coordinate counts as constant, and is not blown up. */
const smallestDeviation = 1e-6;

/**
 * One step of Glow on vectors (Kingma & Dhariwal 2018, figure 2): from data to noise an actnorm, an invertible linear
 * map and a coupling.
 */
class GlowStep extends Module {
  /** [D] */
  readonly logScale: Variable;
  /** [D] */
  readonly shift: Variable;
  /** [D, D] */
  readonly factors: Variable;
  readonly conditioner: ContextNetwork;
  readonly #resting: number;
  readonly #reverses: boolean;

  constructor(
    { dimensions, context, key, dtype = 'float32', hidden = defaultHidden }: FlowOptions,
    reverses: boolean,
  ) {
    super();
    this.#resting = Math.ceil(dimensions / 2);
    this.#reverses = reverses;
    this.logScale = parameter(zeros([dimensions], { dtype }), 'logScale');
    this.shift = parameter(zeros([dimensions], { dtype }), 'shift');
    this.factors = parameter(zeros([dimensions, dimensions], { dtype }), 'factors');
    const outputs = (dimensions - this.#resting) * scaleAndShift.width;
    this.conditioner = new ContextNetwork({ inputs: this.#resting, outputs, hidden, context, key, dtype });
  }

  at(context: Variable | undefined): Bijector {
    const conditioner = this.conditioner.at(context);
    return new Composition([
      new Coupling({ transform: scaleAndShift, conditioner, resting: this.#resting, movesFirst: false }),
      new InvertibleLinear(this.factors, this.#reverses),
      new ActNorm(this.logScale, this.shift),
    ]);
  }
}

/** Steps of Glow. The linear maps turn the order of the coordinates round between couplings, so that all get to move. */
export class GlowFlow extends Flow {
  readonly steps: readonly GlowStep[];

  /** @throws ArgumentError for fewer than two dimensions, of which one rests. */
  constructor(options: FlowOptions) {
    super('GlowFlow', 2, options);
    const { layers, key } = options;
    this.steps = Array.from({ length: layers }, (_, step) => {
      // An even number of turns in all: with everything else at its start, the flow is the identity.
      const reverses = step > 0 || layers % 2 === 0;
      return new GlowStep({ ...options, key: key.foldIn(step) }, reverses);
    });
  }

  /**
   * Sets each actnorm so that what it makes of this batch has mean 0 and variance 1 in every coordinate: what
   * training on data [N, D], N ≥ 2, begins with. Scales and shifts are parameters, and saved as such.
   * @throws ShapeError when the batch is not [N, D].
   */
  initialize(data: Operand, context?: Operand): void {
    const batch = toVariable(data);
    if (batch.rank !== 2 || batch.shape[1] !== this.dimensions || batch.shape[0]! < 2) {
      throw new ShapeError(
        'GlowFlow.initialize',
        `data is ${formatShape(batch.shape)}; it must be [N, ${this.dimensions}] with N ≥ 2 examples.`,
        { data: batch.shape },
      );
    }
    noGrad(() => {
      let value = batch;
      for (const step of this.steps.toReversed()) {
        step.shift.assign(value.mean({ axes: 0 }).value);
        const deviation = value.standardDeviation({ axes: 0 }).maximum(smallestDeviation);
        step.logScale.assign(deviation.log().value);
        value = step
          .at(context === undefined ? undefined : toVariable(context))
          .inverseAndLogDet(value).value;
      }
    });
  }

  protected override build(context: Variable | undefined): Bijector {
    return new Composition(this.steps.map((step) => step.at(context)));
  }
}
