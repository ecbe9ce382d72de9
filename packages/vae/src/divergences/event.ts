import { formatShape, ShapeError, sameShape } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';

/** @throws ShapeError unless both distributions are over the same event. */
export function requireSameEvent(operation: string, q: Distribution, p: Distribution): void {
  if (sameShape(q.eventShape, p.eventShape)) return;
  throw new ShapeError(
    operation,
    `q is over ${formatShape(q.eventShape)} but p is over ${formatShape(p.eventShape)}; their events must be the same.`,
    { q: q.eventShape, p: p.eventShape },
  );
}
