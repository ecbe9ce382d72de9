import type { Shape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { forEachRow } from './iterate.ts';

/** Calls `visit` once for each matrix of a batch with the position of its first entry in every view. */
export function forEachMatrix(
  batch: Shape,
  views: readonly Tensor[],
  visit: (starts: readonly number[]) => void,
): void {
  // A trailing axis of length 1 makes every matrix of the batch a row of the walk.
  const strides = views.map((view) => [...view.strides.slice(0, -2), 0]);
  forEachRow(
    { shape: [...batch, 1], strides },
    views.map(({ offset }) => offset),
    visit,
  );
}
