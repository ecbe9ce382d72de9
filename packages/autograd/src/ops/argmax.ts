import {
  arange,
  constant,
  scalarFunctions as f,
  input,
  map,
  normalizeAxis,
  reduce,
  scalar,
} from '@reparam/tensor';
import { shiftAxis } from '../batching.ts';
import { documented, type Rules, type Sample, withoutGradient } from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, type Variable } from '../variable.ts';
import { reshape } from './movement.ts';
import { reduction, weigh } from './reductions/reduced.ts';
import { cube, matrix, sample } from './samples.ts';

export interface PositionOptions {
  /** The axis to look along, negative from the end; all elements in row-major order unless told. */
  readonly axis?: number;
  /** Whether the axis (all axes, if none is named) stays with length 1. */
  readonly keepDims?: boolean;
}

const [x, y, z] = [input(0), input(1), input(2)];
// An extremum of NaN equals nothing: then the NaN are what is looked for.
const attains = f.select(f.equal(x, y), constant(1), f.select(f.equal(x, x), constant(0), constant(1)));
const chosen = f.select(x, y, z);

/** The first position, counted along one axis that stays with length 1, at which the extremum is attained. */
function positionRules(name: string, kind: 'maximum' | 'minimum'): Rules<number> {
  const rules: Rules<number> = {
    name,
    forward: ([x], axis) => {
      const length = x!.shape[axis]!;
      const extremum = reduce(kind, x!, { axes: axis, keepDims: true }, name);
      const found = map(attains, [x!, extremum], name).cast('int32');
      const positions = arange(0, length, 1, { dtype: 'int32' }).reshape(
        x!.shape.map((_, k) => (k === axis ? length : 1)),
      );
      const candidates = map(chosen, [found, positions, scalar(length, { dtype: 'int32' })]);
      return reduce('minimum', candidates, { axes: axis, keepDims: true });
    },
    batch: ([x], axis) => apply(rules, [x!.variable], shiftAxis(axis)),
    ...withoutGradient,
  };
  return rules;
}

function position(rules: Rules<number>, x: Operand, { axis, keepDims = false }: PositionOptions): Variable {
  const operand = toVariable(x);
  if (axis === undefined) {
    const found = apply(rules, [reshape(operand, [operand.size])], 0);
    return reshape(found, keepDims ? operand.shape.map(() => 1) : []);
  }
  const along = normalizeAxis(rules.name, axis, operand.shape);
  const found = apply(rules, [operand], along);
  return keepDims ? found : reshape(found, operand.shape.toSpliced(along, 1));
}

function positionSamples(run: (x: Variable, options: PositionOptions) => Variable): Sample[] {
  return [
    sample((x) => weigh(x!, run(x!, {})), matrix),
    sample((x) => weigh(x!, run(x!, { axis: 0 })), matrix),
    sample((x) => weigh(x!, run(x!, { axis: -2, keepDims: true })), cube),
  ];
}

const argmaxRules = positionRules('argmax', 'maximum');

/**
 * The int32 position of the largest element along an axis, or without one that among all elements in row-major order.
 * Of equal ones it is the first; NaN counts as the largest. It carries no gradient.
 * @throws ShapeError for that of no elements, AxisError.
 */
export const argmax = documented(
  (x: Operand, options: PositionOptions = {}): Variable => position(argmaxRules, x, options),
  (f) =>
    reduction(
      argmaxRules,
      'min { i : xᵢ = maxⱼ xⱼ }',
      positionSamples((x, options) => f(x, options)),
    ),
);

const argminRules = positionRules('argmin', 'minimum');

/**
 * The int32 position of the smallest element along an axis, or without one that among all elements in row-major
 * order. Of equal ones it is the first; NaN, if there is one, counts as the smallest. It carries no gradient.
 * @throws ShapeError for that of no elements, AxisError.
 */
export const argmin = documented(
  (x: Operand, options: PositionOptions = {}): Variable => position(argminRules, x, options),
  (f) =>
    reduction(
      argminRules,
      'min { i : xᵢ = minⱼ xⱼ }',
      positionSamples((x, options) => f(x, options)),
    ),
);
