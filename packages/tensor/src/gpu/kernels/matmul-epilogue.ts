import type { Expression } from '../../expression/expression.ts';
import type { Shape } from '../../shape.ts';
import { operandName } from '../kernel.ts';
import { writeFormula } from '../source/formula.ts';
import { positionTexts } from '../source/positions.ts';
import type { OperandView } from './map.ts';

/** What is done with each element of a product before it is written: a bias added, an activation taken. */
export interface Epilogue {
  /** Input 0 is the element; input k is view k − 1, which has been expanded to the product's shape. */
  readonly expression: Expression;
  readonly shape: Shape;
  readonly views: readonly OperandView[];
}

/** Statements that return the element that is in `sum`. */
export function returnText(epilogue: Epilogue | undefined): string {
  if (epilogue === undefined) return 'return sum;';
  const { expression, shape, views } = epilogue;
  const positions = positionTexts(shape, views, 'this.thread.x');
  const { statements, result } = writeFormula(expression, (index) =>
    index === 0 ? 'sum' : `${operandName(views[index - 1]!.operand)}[${positions[index - 1]!}]`,
  );
  return [...statements, `return ${result};`].join('\n');
}
