import { concat, type Operand, toVariable, type Variable } from '@reparam/autograd';
import type { Bijector, Transformed } from './bijector.ts';
import {
  type ElementwiseTransform,
  type ElementwiseTransformed,
  sumOfLogSlopes,
} from './elementwise-transform.ts';
import { type ParametricFunction, spreadOver } from './parametric-function.ts';

export interface CouplingParameters {
  /** How the moving coordinates are mapped. */
  readonly transform: ElementwiseTransform;
  /** Of the resting coordinates [..., n] to raw numbers [..., moving · width]. */
  readonly conditioner: ParametricFunction;
  /** How many coordinates rest. */
  readonly resting: number;
  /** Whether those that move come first. */
  readonly movesFirst: boolean;
}

/**
 * A coupling layer (Dinh et al. 2015, 2017): some coordinates rest, and say how each of the others is mapped. The
 * inverse takes one pass too.
 */
export class Coupling implements Bijector {
  readonly #parameters: CouplingParameters;

  constructor(parameters: CouplingParameters) {
    this.#parameters = parameters;
  }

  forwardAndLogDet(z: Operand): Transformed {
    return this.#move(toVariable(z), (x, raw) => this.#parameters.transform.forward(x, raw));
  }

  inverseAndLogDet(y: Operand): Transformed {
    return this.#move(toVariable(y), (x, raw) => this.#parameters.transform.inverse(x, raw));
  }

  detach(): Coupling {
    return new Coupling({ ...this.#parameters, conditioner: this.#parameters.conditioner.detach() });
  }

  #move(point: Variable, map: (x: Variable, raw: Variable) => ElementwiseTransformed): Transformed {
    const { transform, conditioner, resting, movesFirst } = this.#parameters;
    const whole = spreadOver(point, conditioner);
    const moving = whole.shape.at(-1)! - resting;
    const parts = whole.split(movesFirst ? [moving, resting] : [resting, moving], -1);
    const [mover, rest] = (movesFirst ? parts : parts.toReversed()) as [Variable, Variable];
    const raw = conditioner.apply(rest).reshape([...mover.shape, transform.width]);
    const moved = map(mover, raw);
    const value = concat(movesFirst ? [moved.value, rest] : [rest, moved.value], -1);
    return { value, logDet: sumOfLogSlopes(moved) };
  }
}
