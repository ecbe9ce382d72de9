import type { Reduction } from '../backend/backend.ts';
import { constant, type Expression, input } from '../expression/expression.ts';
import { add } from '../expression/functions/arithmetic.ts';
import type { Shape } from '../shape.ts';
import { substituteExactly } from './passes/exact-formulas.ts';

const sum = add(input(0), input(1));

/** Whether a reduction over these axes folds single elements: they all have length 1. */
export function foldsSingleElements(shape: Shape, axes: readonly number[]): boolean {
  return axes.every((axis) => shape[axis] === 1);
}

/** What a reduction gives of a single element: the element, but the sum of −0 is 0. */
export function ofSingleElement(kind: Reduction, element: Expression): Expression {
  return kind === 'sum' ? substituteExactly(sum, [element, constant(0)]) : element;
}
