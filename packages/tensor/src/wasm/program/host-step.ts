import { referenceBackend } from '../../backend/reference/reference.ts';
import { compute } from '../../program/interpret.ts';
import type { Instruction, Value } from '../../program/program.ts';
import type { RandomKey } from '../../random/key.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Lowering, Step } from './lowering.ts';
import { typedView } from './typed-view.ts';

/** An instruction on the reference backend, over arrays that lie in the arena. */
export function hostStep(
  instruction: Instruction,
  { kernels, addressOf }: Lowering,
  keys: () => readonly RandomKey[],
): Step {
  const viewOf = (value: Value) =>
    typedView(kernels.memory, addressOf(value), value.dtype, sizeOf(value.shape));
  return {
    kind: 'host',
    run: () => {
      const operands = instruction.operands.map(
        ({ value, shape, strides, offset }) => new Tensor(viewOf(value), { shape, strides, offset }),
      );
      const results = compute(instruction, operands, keys(), referenceBackend);
      instruction.results.forEach((value, i) => {
        viewOf(value).set(results[i]!.toTypedArray());
      });
    },
  };
}
