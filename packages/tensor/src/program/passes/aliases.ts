import { input } from '../../expression/expression.ts';
import type { Pass } from '../optimize.ts';
import { foldsSingleElements, ofSingleElement } from '../single-elements.ts';
import { rewrite } from './rewrite.ts';

/**
 * Reads what an instruction was given where it gives just that: a map whose formula is one of its inputs, and the
 * maximum, minimum or product over axes of length 1. A sum over such axes becomes a map, since that of −0 is 0.
 */
export const aliases: Pass = {
  name: 'aliases',
  rewrite: (program) =>
    rewrite(program, {
      visit: (instruction, substitution) => {
        const { operation, operands, results } = instruction;
        const [result, operand] = [results[0]!, operands[0]!];
        if (operation.kind === 'map') {
          operation.outputs.forEach(({ expression, reduction }, i) => {
            if (expression.kind !== 'input' || reduction) return;
            substitution.replace(results[i]!, operands[expression.index]!);
          });
        } else if (operation.kind === 'reduce' && foldsSingleElements(operand.shape, operation.axes)) {
          const expression = ofSingleElement(operation.reduction, input(0));
          if (expression === input(0)) substitution.replace(result, operand);
          return {
            ...instruction,
            operation: { kind: 'map', shape: result.shape, outputs: [{ expression }] },
          };
        }
        return instruction;
      },
    }),
};
