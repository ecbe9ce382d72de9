import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import {
  ArgumentError,
  broadcastShapes,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
} from '@reparam/tensor';

export type FloatingType = 'float32' | 'float64';

export interface EventOptions {
  /** How many trailing axes of the parameters are one event, and summed over by `logProb`; 1 unless told. */
  readonly eventAxes?: number;
}

/** Where the batch of a shape ends and the event begins. */
export function splitShape(
  name: string,
  shape: Shape,
  eventAxes: number,
): { readonly batchShape: Shape; readonly eventShape: Shape } {
  if (!(Number.isSafeInteger(eventAxes) && eventAxes >= 0)) {
    throw new ArgumentError(
      name,
      'eventAxes',
      eventAxes,
      `eventAxes is ${eventAxes}; it must be a whole number ≥ 0.`,
    );
  }
  if (eventAxes > shape.length) {
    throw new ShapeError(
      name,
      `the parameters are ${formatShape(shape)} together, but eventAxes is ${eventAxes}; give the event its axes, ` +
        `or { eventAxes: ${shape.length} }.`,
      { parameters: shape },
    );
  }
  const batchRank = shape.length - eventAxes;
  return { batchShape: shape.slice(0, batchRank), eventShape: shape.slice(batchRank) };
}

interface Target {
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly dtype: FloatingType;
}

/**
 * A point to evaluate a density at, as a variable whose last axes are the event and whose others broadcast against
 * the batch. A number stands for every element; whole numbers may be int32.
 * @throws ShapeError naming the fix when it is of another shape.
 */
export function toPoint(name: string, x: Operand, { batchShape, eventShape, dtype }: Target): Variable {
  if (typeof x === 'number') return toVariable(x, dtype).expand(eventShape);
  const point = toVariable(x);
  const { shape } = point;
  const batchRank = shape.length - eventShape.length;
  if (batchRank < 0 || !sameShape(shape.slice(batchRank), eventShape)) {
    throw new ShapeError(
      name,
      `logProb: x is ${formatShape(shape)} but the event is ${formatShape(eventShape)}; ${fixOf(shape, eventShape)}`,
      { x: shape, event: eventShape },
    );
  }
  broadcastShapes(`${name}: logProb`, { x: shape.slice(0, batchRank), batch: batchShape });
  return point.dtype === 'int32' ? point.cast(dtype) : point;
}

/** Trailing axes of as many elements as the event has are most likely the event in another shape. */
function fixOf(shape: Shape, event: Shape): string {
  const size = sizeOf(event);
  for (let axes = 1; axes <= shape.length; axes++) {
    const tail = shape.slice(-axes);
    if (sizeOf(tail) !== size || sameShape(tail, event)) continue;
    const reshaped = [...shape.slice(0, -axes), ...event];
    return (
      `reshape x to ${formatShape(reshaped)} or give { eventAxes: ${axes} } and ` +
      `parameters ${formatShape(tail).replace('[', '[.., ')}.`
    );
  }
  return `the last ${event.length === 1 ? 'axis' : `${event.length} axes`} of x must be ${formatShape(event)}.`;
}

/** The sum over the last axes of a variable; of none of them it is the variable itself. */
export function sumTrailing(x: Variable, axes: number): Variable {
  return axes === 0 ? x : x.sum({ axes: Array.from({ length: axes }, (_, i) => -1 - i) });
}

/** The variable itself where it has the shape already. */
export function expandTo(x: Variable, shape: Shape): Variable {
  return sameShape(x.shape, shape) ? x : x.expand(shape);
}
