import type { Expression } from '../../expression/expression.ts';
import type { Layout } from '../../layout.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { type Kernel, kernelFunction, operandName } from '../kernel.ts';
import { writeFormula } from '../source/formula.ts';
import { positionTexts } from '../source/positions.ts';

/** A view of the operand with this number. */
export interface OperandView extends Layout {
  readonly operand: number;
}

/** A formula at every element of `shape`; input k of it is view k. */
export function mapKernel(
  expression: Expression,
  shape: Shape,
  views: readonly OperandView[],
  operands: number,
): Kernel {
  const positions = positionTexts(shape, views, 'this.thread.x');
  const { statements, result } = writeFormula(
    expression,
    (index) => `${operandName(views[index]!.operand)}[${positions[index]!}]`,
  );
  const body = [...statements, `return ${result};`].join('\n');
  return { name: 'map', source: kernelFunction(operands, body), size: sizeOf(shape), operands };
}
