import type { Tensor } from '../../tensor.ts';
import type { Pass } from '../optimize.ts';
import { Constants } from './constants.ts';
import { rewrite, Substitution } from './rewrite.ts';

/**
 * Reads constants that are one number all over, such as zeros and ones, from a constant without axes. Equal numbers
 * become one constant, which maps can take into their formulas.
 */
export const uniformConstants: Pass = {
  name: 'uniform constants',
  rewrite: (program) => {
    const constants = new Constants(program);
    const substitution = new Substitution();
    for (const { value, source } of program.sources) {
      if (source.kind !== 'constant') continue;
      const number = uniformNumber(source.tensor.contiguous());
      if (number === undefined) continue;
      const repeated = constants.repeated(number, value.dtype, value.shape);
      if (repeated.value !== value) substitution.replace(value, repeated);
    }
    return { ...rewrite(program, { substitution }), sources: constants.sources };
  },
};

/** The number that all elements are; undefined where they differ, or there are none. */
function uniformNumber({ data, offset, size }: Tensor): number | undefined {
  const first = data[offset];
  for (let i = 1; i < size; i++) if (!Object.is(data[offset + i], first)) return undefined;
  return size > 0 ? first : undefined;
}
