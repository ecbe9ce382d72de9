import {
  ArgumentError,
  DTypeError,
  describeTensor,
  ShapeError,
  sameShape,
  type Tensor,
} from '@reparam/tensor';

/** @throws ShapeError, DTypeError when a saved tensor is not of the shape and type of the one it is to replace. */
export function requireSameForm(operation: string, name: string, saved: Tensor, needed: Tensor): void {
  const explanation = `${name} was saved as ${describeTensor(saved)}, but this model needs ${describeTensor(needed)}.`;
  if (!sameShape(saved.shape, needed.shape))
    throw new ShapeError(operation, explanation, { saved: saved.shape, needed: needed.shape });
  if (saved.dtype !== needed.dtype)
    throw new DTypeError(operation, explanation, { saved: saved.dtype, needed: needed.dtype });
}

/** @throws ArgumentError listing what is missing from, and what is unknown in, `given`. */
export function requireSameNames(
  operation: string,
  expected: readonly string[],
  given: readonly string[],
): void {
  const missing = expected.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !expected.includes(name));
  if (missing.length + unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
  ];
  throw new ArgumentError(
    operation,
    'tensors',
    given,
    `the names do not fit this model (${parts.join('; ')}). They were saved from a model of another structure.`,
  );
}

/** Both for a whole state: its names, then each tensor's shape and type. @throws ArgumentError, ShapeError, DTypeError */
export function requireSameState(
  operation: string,
  saved: Readonly<Record<string, Tensor>>,
  needed: Readonly<Record<string, Tensor>>,
): void {
  requireSameNames(operation, Object.keys(needed), Object.keys(saved));
  for (const [name, tensor] of Object.entries(needed)) requireSameForm(operation, name, saved[name]!, tensor);
}
