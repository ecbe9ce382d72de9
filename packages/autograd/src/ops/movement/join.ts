import { concat as concatTensors, liftToStack, normalizeAxis } from '@reparam/tensor';
import { shiftAxis, spread } from '../../batching.ts';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, toVariables, type Variable } from '../../variable.ts';
import { matrix, sample, vector } from '../samples.ts';
import { movement } from './record.ts';
import { expand, reshape } from './shape.ts';
import { slice } from './slice.ts';

const concatRules: Rules<number> = {
  name: 'concat',
  forward: concatTensors,
  batch: (inputs, axis, length) =>
    concat(
      inputs.map((input) => spread(input, length)),
      shiftAxis(axis),
    ),
  derivative: 'ȳ, cut apart',
  vjp: (index, cotangent, { inputs, parameters }) => {
    const axis = normalizeAxis('concat', parameters, cotangent.shape);
    const start = inputs.slice(0, index).reduce((sum, x) => sum + x.shape[axis]!, 0);
    const stop = start + inputs[index]!.shape[axis]!;
    return slice(
      cotangent,
      cotangent.shape.map((_, k) => (k === axis ? [start, stop] : null)),
    );
  },
  jvp: (tangents, { inputs, parameters: axis }) =>
    concat(
      tangents.map((tangent, i) => tangent ?? expand(toVariable(0, inputs[i]!.dtype), inputs[i]!.shape)),
      axis,
    ),
};

/** Joins along an axis that all have. */
export const concat = documented(
  (operands: readonly Operand[], axis = 0): Variable => apply(concatRules, operands, axis),
  (f) =>
    movement(concatRules, 'y = [x₀, x₁, …]', [
      sample((a, b, c) => f([a!, b!, c!], 1), matrix, [[0.2], [-0.6]], matrix),
      sample((a) => f([a!, a!]), vector),
    ]),
);

/** Joins variables of one shape along a new axis. */
export const stack = documented(
  (operands: readonly Operand[], axis = 0): Variable => {
    const variables = toVariables(operands);
    const { lifted, axis: position } = liftToStack(
      variables.map((x) => x.shape),
      axis,
    );
    return concat(
      variables.map((x) => reshape(x, lifted)),
      position,
    );
  },
  (f) => movement('stack', 'y[i] = xᵢ', [sample((a, b) => f([a!, b!], -1), matrix, matrix)]),
);
