import type { DType, NumericArray } from '../../dtype.ts';
import type { KernelMemory } from '../memory.ts';

/** `size` elements of a memory, as it is until it grows. */
export function typedView(memory: KernelMemory, address: number, dtype: DType, size: number): NumericArray {
  const whole = dtype === 'float32' ? memory.float32 : dtype === 'float64' ? memory.float64 : memory.int32;
  const first = address / whole.BYTES_PER_ELEMENT;
  return whole.subarray(first, first + size);
}
