import { backend } from '../../backend/backend.ts';
import { Tensor } from '../../tensor.ts';
import { compute } from '../interpret.ts';
import type { Pass } from '../optimize.ts';
import { bytesOf } from '../recording.ts';
import { Constants } from './constants.ts';
import { rewrite, wholeView } from './rewrite.ts';

/** What is larger is computed in every run, rather than kept from one to the next. */
const largestFolded = 64 * 1024;

/** Computes now, on the backend of the moment, what depends on constants alone. */
export const foldConstants: Pass = {
  name: 'constant folding',
  rewrite: (program) => {
    const constants = new Constants(program);
    const rewritten = rewrite(program, {
      visit: (instruction, substitution) => {
        const { operation, operands, results } = instruction;
        if (operation.kind === 'random') return instruction;
        if (results.some((result) => bytesOf(result) > largestFolded)) return instruction;
        const known = operands.map(({ value, ...layout }) => {
          const whole = constants.tensorOf(value);
          return whole && new Tensor(whole.elements, { ...layout, offset: whole.offset + layout.offset });
        });
        if (!known.every((tensor) => tensor !== undefined)) return instruction;
        compute(instruction, known, [], backend()).forEach((tensor, i) => {
          substitution.replace(results[i]!, wholeView(constants.add(tensor)));
        });
        return instruction;
      },
    });
    return { ...rewritten, sources: constants.sources };
  },
};
