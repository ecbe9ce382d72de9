import type { SliceRange } from '@reparam/tensor';
import type { Variable } from '../variable.ts';
import { slice } from './movement.ts';

/** One range of one axis (already counted from the start), and all of the others. */
export function sliceAxis(x: Variable, axis: number, range: SliceRange): Variable {
  return slice(
    x,
    x.shape.map((_, k) => (k === axis ? range : null)),
  );
}
