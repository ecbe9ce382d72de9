import { constant, type Expression, input } from '../../expression/expression.ts';
import type { Pass } from '../optimize.ts';
import { Constants } from './constants.ts';
import { substituteExactly } from './exact-formulas.ts';
import { rewrite } from './rewrite.ts';

/**
 * Takes constants that a map reads as one number into its formulas, and makes these simpler. A formula of numbers alone
 * becomes a constant itself.
 */
export const inlineConstants: Pass = {
  name: 'constants in formulas',
  rewrite: (program) => {
    const constants = new Constants(program);
    const rewritten = rewrite(program, {
      visit: (instruction, substitution) => {
        const { operation, operands, results } = instruction;
        if (operation.kind !== 'map') return instruction;
        const inputs = operands.map((view, i): Expression => {
          const number = constants.numberOf(view);
          return number === undefined ? input(i) : constant(number);
        });
        const outputs = operation.outputs.map((output) => ({
          ...output,
          expression: substituteExactly(output.expression, inputs),
        }));
        outputs.forEach(({ expression, reduction }, i) => {
          if (expression.kind !== 'constant' || reduction) return;
          const { dtype, shape } = results[i]!;
          substitution.replace(results[i]!, constants.repeated(expression.value, dtype, shape));
        });
        return { ...instruction, operation: { ...operation, outputs } };
      },
    });
    return { ...rewritten, sources: constants.sources };
  },
};
