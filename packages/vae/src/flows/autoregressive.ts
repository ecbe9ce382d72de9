import { concat, type Operand, toVariable, Variable } from '@reparam/autograd';
import { zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';
import {
  type ElementwiseTransform,
  type ElementwiseTransformed,
  sumOfLogSlopes,
} from './elementwise-transform.ts';
import { type ParametricFunction, spreadOver } from './parametric-function.ts';

export interface AutoregressiveParameters {
  readonly transform: ElementwiseTransform;
  /** [..., D] → [..., D · width], the numbers of coordinate i from the coordinates before it alone. */
  readonly conditioner: ParametricFunction;
  /** Whether the order is from the last coordinate to the first. */
  readonly reversed: boolean;
}

/**
 * Every coordinate is mapped as those before it say (Papamakarios et al. 2017; Kingma et al. 2016). The Jacobian is
 * triangular. Forward takes one pass of the network, for all coordinates at once; the inverse takes D, one for each
 * coordinate, since each needs the ones before it. Derivatives go through all passes and are exact.
 */
export class Autoregressive implements Bijector {
  readonly #parameters: AutoregressiveParameters;

  constructor(parameters: AutoregressiveParameters) {
    this.#parameters = parameters;
  }

  forwardAndLogDet(z: Operand): Transformed {
    const point = spreadOver(toVariable(z), this.#parameters.conditioner);
    const moved = this.#parameters.transform.forward(point, this.#rawNumbers(point));
    return { value: moved.value, logDet: sumOfLogSlopes(moved) };
  }

  inverseAndLogDet(y: Operand): Transformed {
    const { conditioner, transform, reversed } = this.#parameters;
    const image = spreadOver(toVariable(y), conditioner);
    const dimensions = image.shape.at(-1)!;
    const leading = image.shape.slice(0, -1);
    const columns = image.split(1, -1);
    const unknown = new Variable(zeros([...leading, 1], { dtype: image.dtype }));
    const found: (ElementwiseTransformed | undefined)[] = columns.map(() => undefined);
    for (let step = 0; step < dimensions; step++) {
      const i = reversed ? dimensions - 1 - step : step;
      const soFar = concat(
        found.map((each) => each?.value ?? unknown),
        -1,
      );
      const raw = this.#rawNumbers(soFar).slice([...leading.map(() => null), [i, i + 1]]);
      found[i] = transform.inverse(columns[i]!, raw);
    }
    const joined = (name: keyof ElementwiseTransformed): Variable =>
      concat(
        found.map((each) => each![name]),
        -1,
      );
    return { value: joined('value'), logDet: joined('logSlope').sum({ axes: -1 }) };
  }

  detach(): Autoregressive {
    return new Autoregressive({ ...this.#parameters, conditioner: this.#parameters.conditioner.detach() });
  }

  /** [..., D] → [..., D, width] */
  #rawNumbers(point: Variable): Variable {
    const { conditioner, transform } = this.#parameters;
    return conditioner.apply(point).reshape([...point.shape, transform.width]);
  }
}
