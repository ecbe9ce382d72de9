import { type DType, type Tensor, varying } from '@reparam/tensor';

/**
 * Numbers that may be others in every run of a compiled program, such as those of an optimiser's step, as scalars of
 * any type: each is one tensor of the program, however often it is asked for.
 */
export function varyingNumbers(compute: () => readonly number[]): (dtype: DType) => readonly Tensor[] {
  const byType = new Map<DType, readonly Tensor[]>();
  return (dtype) => {
    const scalars = byType.get(dtype) ?? compute().map((_, k) => varying(() => compute()[k]!, dtype));
    byType.set(dtype, scalars);
    return scalars;
  };
}
