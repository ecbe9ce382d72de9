import { ArgumentError, formatShape, ShapeError, type Tensor } from '@reparam/tensor';

/** @throws ArgumentError unless the value is a finite number above 0. */
export function requirePositive(operation: string, argument: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new ArgumentError(
    operation,
    argument,
    value,
    `${argument} is ${value}; it must be a number above 0.`,
  );
}

/** The number of examples in x [B, …]. @throws ShapeError when there is none. */
export function requireExamples(operation: string, x: Tensor): number {
  const count = x.shape[0] ?? 0;
  if (count > 0) return count;
  throw new ShapeError(operation, `x is ${formatShape(x.shape)}; give [B, …] with at least one example.`, {
    x: x.shape,
  });
}
