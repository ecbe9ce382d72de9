import { isContiguous } from '../../layout.ts';
import { sameShape } from '../../shape.ts';
import type { Pass } from '../optimize.ts';
import type { Instruction, View } from '../program.ts';
import { rewrite } from './rewrite.ts';

/**
 * Reads the original in place of a copy: a transposed matrix that was made row-major for nothing is again a view of a
 * product's operand. Copies stay for readers that would have to walk the original against its grain, and for those
 * whose view of the copy is none of the original.
 */
export const copies: Pass = {
  name: 'copies',
  rewrite: (program) =>
    rewrite(program, {
      visit: (instruction, substitution) => {
        if (isWholeCopy(instruction)) substitution.replace(instruction.results[0]!, instruction.operands[0]!);
        return instruction;
      },
      accepts: (view, reader) => {
        if (reader === undefined) return isContiguous(view);
        return isAlongGrain(view) || (reader.operation.kind === 'matmul' && isAlongGrain(transposed(view)));
      },
    }),
};

function isWholeCopy({ operation, operands, results }: Instruction): boolean {
  if (operation.kind !== 'copy' || operands.length !== 1) return false;
  const [source, result, window] = [operands[0]!, results[0]!, operation.windows[0]!];
  return (
    source.value.dtype === result.dtype &&
    sameShape(source.shape, result.shape) &&
    window.start.every((start) => start === 0) &&
    window.step.every((step, axis) => step === 1 || result.shape[axis]! <= 1)
  );
}

/** Whether neighbours along the last axis that has any lie beside each other, or are the same element. */
function isAlongGrain({ shape, strides }: View): boolean {
  const last = shape.findLastIndex((length) => length !== 1);
  return last < 0 || strides[last] === 1 || strides[last] === 0;
}

function transposed(view: View): View {
  const swap = (axes: readonly number[]): number[] => [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return { ...view, shape: swap(view.shape), strides: swap(view.strides) };
}
