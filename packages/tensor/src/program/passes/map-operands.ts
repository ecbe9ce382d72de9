import { type Expression, input, usedInputs } from '../../expression/expression.ts';
import type { Pass } from '../optimize.ts';
import type { View } from '../program.ts';
import { substituteExactly } from './exact-formulas.ts';
import { rewrite } from './rewrite.ts';

/** Gives maps every view once, and none that their formulas do not read: those of other parts of an update rule. */
export const mapOperands: Pass = {
  name: 'operands of maps',
  rewrite: (program) =>
    rewrite(program, {
      visit: (instruction) => {
        const { operation } = instruction;
        if (operation.kind !== 'map') return instruction;
        const operands: View[] = [];
        const inputs: Expression[] = [];
        const used = new Set(operation.outputs.flatMap(({ expression }) => usedInputs(expression)));
        instruction.operands.forEach((view, i) => {
          if (!used.has(i)) return;
          const known = operands.findIndex((other) => isSameView(other, view));
          inputs[i] = input(known >= 0 ? known : operands.push(view) - 1);
        });
        const outputs = operation.outputs.map((output) => ({
          ...output,
          expression: substituteExactly(output.expression, inputs),
        }));
        return { ...instruction, operands, operation: { ...operation, outputs } };
      },
    }),
};

function isSameView(a: View, b: View): boolean {
  return (
    a.value === b.value &&
    a.offset === b.offset &&
    a.shape.length === b.shape.length &&
    a.shape.every(
      (length, axis) => length === b.shape[axis] && (length === 1 || a.strides[axis] === b.strides[axis]),
    )
  );
}
