import { Variable } from '@reparam/autograd';
import {
  ArgumentError,
  DTypeError,
  describeTensor,
  ShapeError,
  sameShape,
  type Tensor,
} from '@reparam/tensor';

/**
 * A part of a model that owns parameters. They are found by looking: every field that is a variable requiring
 * gradients, a module, or an array of modules counts, under its field's name.
 */
export abstract class Module {
  /** All parameters by dotted path (`encoder.layers.0.weight`), in order of construction. */
  namedParameters(): Record<string, Variable> {
    const found: Record<string, Variable> = {};
    collect(this, '', found);
    return found;
  }

  /** All parameters, in the order of {@link namedParameters}. */
  parameters(): Variable[] {
    return Object.values(this.namedParameters());
  }

  /**
   * Gives every parameter its value from `tensors`. Nothing is changed unless all fit.
   * @throws ArgumentError naming parameters that are missing or unknown, ShapeError, DTypeError.
   */
  loadParameters(tensors: Readonly<Record<string, Tensor>>): void {
    const parameters = this.namedParameters();
    requireSameNames('loadParameters', Object.keys(parameters), Object.keys(tensors));
    for (const [name, { value }] of Object.entries(parameters))
      requireSameForm('loadParameters', name, tensors[name]!, value);
    for (const [name, parameter] of Object.entries(parameters)) parameter.assign(tensors[name]!);
  }
}

function collect(owner: object, prefix: string, found: Record<string, Variable>): void {
  for (const [field, value] of Object.entries(owner)) {
    const path = `${prefix}${field}`;
    if (value instanceof Variable) {
      if (value.requiresGrad) found[path] = value;
    } else if (
      value instanceof Module ||
      (Array.isArray(value) && value.some((each) => each instanceof Module))
    ) {
      collect(value, `${path}.`, found);
    }
  }
}

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
