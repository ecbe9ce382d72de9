import { formatShape, ShapeError, type Tensor } from '@reparam/tensor';

/** The number of examples in x [B, …]. @throws ShapeError when there is none. */
export function requireExamples(operation: string, x: Tensor): number {
  const count = x.shape[0] ?? 0;
  if (count > 0) return count;
  throw new ShapeError(operation, `x is ${formatShape(x.shape)}; give [B, …] with at least one example.`, {
    x: x.shape,
  });
}
