import { ArgumentError, type Shape } from '@reparam/tensor';
import type { BatchInput, Rules } from './operation.ts';
import { stack } from './ops/movement/join.ts';
import { expand, permute, reshape } from './ops/movement/shape.ts';
import { slice } from './ops/movement/slice.ts';
import { apply } from './tape.ts';
import type { Variable } from './variable.ts';

/** The shape of one example. */
export function exampleShape({ variable, batched }: BatchInput): Shape {
  return batched ? variable.shape.slice(1) : variable.shape;
}

/**
 * Inputs whose examples broadcast against each other, with axes of length 1 between the batch and shorter examples,
 * so that the batches broadcast too. `rank` is that of the longest example unless told.
 */
export function alignBatches(
  inputs: readonly BatchInput[],
  rank = Math.max(...inputs.map((input) => exampleShape(input).length)),
): Variable[] {
  return inputs.map((input) => {
    const { variable, batched } = input;
    const missing = rank - exampleShape(input).length;
    if (!batched || missing === 0) return variable;
    const [length, ...example] = variable.shape as [number, ...number[]];
    return reshape(variable, [length, ...new Array<number>(missing).fill(1), ...example]);
  });
}

/** An input with all examples along its first axis, repeated where it is the same for all. */
export function spread({ variable, batched }: BatchInput, length: number): Variable {
  return batched ? variable : expand(variable, [length, ...variable.shape]);
}

/** The same axis of an example, counted in the batch. */
export function shiftAxis(axis: number): number {
  return axis < 0 ? axis : axis + 1;
}

/** The same with one axis before all others. */
export function moveToFront(x: Variable, axis: number): Variable {
  if (axis === 0) return x;
  return permute(x, [axis, ...x.shape.flatMap((_, k) => (k === axis ? [] : [k]))]);
}

/** An operation for many examples, the outputs stacked along a new first axis. */
export function applyToBatch<P>(
  rules: Rules<P>,
  inputs: readonly BatchInput[],
  parameters: P,
  length: number,
): Variable {
  if (rules.batch) return rules.batch(inputs, parameters, length);
  if (rules.broadcasts) return apply(rules, alignBatches(inputs), parameters);
  return batchOneByOne(rules, inputs, parameters, length);
}

/** Any operation for many examples: one after the other. */
export function batchOneByOne<P>(
  rules: Rules<P>,
  inputs: readonly BatchInput[],
  parameters: P,
  length: number,
): Variable {
  if (length === 0) {
    throw new ArgumentError(
      'vmap',
      'inputs',
      inputs,
      `${rules.name} is computed example by example, and the batch has none.`,
    );
  }
  const example = (index: number): Variable =>
    apply(
      rules,
      inputs.map(({ variable, batched }) => (batched ? slice(variable, [index]) : variable)),
      parameters,
    );
  return stack(Array.from({ length }, (_, index) => example(index)));
}
