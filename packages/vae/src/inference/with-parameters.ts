import type { Variable } from '@reparam/autograd';
import type { Module } from '@reparam/nn';
import { ArgumentError, describeTensor, formatShape, ShapeError, sameShape } from '@reparam/tensor';

/**
 * Runs `fn` while a module computes with other variables in the place of some of its parameters, wherever it holds
 * them, and puts the parameters back. Gradients flow to the variables that stand in, and to what they were computed
 * from.
 * @throws ArgumentError when one of them is no parameter of the module, and when `fn` returns a promise, which would go
 * on after the parameters are back; ShapeError when a shape differs.
 */
export function withParameters<T>(
  module: Module,
  replacements: ReadonlyMap<Variable, Variable>,
  fn: () => T,
): T {
  const held = Object.entries(module.namedParameters());
  requireHeld(replacements, new Set(held.map(([, parameter]) => parameter)));
  const places = held.flatMap(([path, parameter]) => {
    const replacement = replacements.get(parameter);
    if (replacement === undefined) return [];
    requireFitting(path, parameter, replacement);
    return [{ ...placeOf(module, path), parameter, replacement }];
  });
  for (const { owner, field, replacement } of places) owner[field] = replacement;
  try {
    return requireSynchronous('withParameters', fn());
  } finally {
    for (const { owner, field, parameter } of places) owner[field] = parameter;
  }
}

/** @throws ArgumentError for a promise: what it waits for would run after everything was put back. */
export function requireSynchronous<T>(operation: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  throw new ArgumentError(
    operation,
    'fn',
    result,
    'fn returned a promise, but the parameters are put back as soon as it returns. Compute inside without waiting, and ' +
      'wait outside.',
  );
}

/** The object, and its field, at a dotted path as `namedParameters` writes it. */
function placeOf(module: Module, path: string): { owner: Record<string, unknown>; field: string } {
  const fields = path.split('.');
  const field = fields.pop()!;
  const owner = fields.reduce(
    (object, each) => object[each] as Record<string, unknown>,
    module as unknown as Record<string, unknown>,
  );
  return { owner, field };
}

function requireHeld(replacements: ReadonlyMap<Variable, Variable>, held: ReadonlySet<Variable>): void {
  for (const parameter of replacements.keys()) {
    if (held.has(parameter)) continue;
    throw new ArgumentError(
      'withParameters',
      'replacements',
      parameter,
      `${parameter.name ?? 'a variable'}, ${describeTensor(parameter.value)}, is no parameter of this module. Give ` +
        'parameters that module.namedParameters() lists, and none that another withParameters has replaced.',
    );
  }
}

function requireFitting(path: string, parameter: Variable, replacement: Variable): void {
  if (sameShape(parameter.shape, replacement.shape)) return;
  throw new ShapeError(
    'withParameters',
    `${path} is ${formatShape(parameter.shape)}, but what is to replace it is ${formatShape(replacement.shape)}.`,
    { parameter: parameter.shape, replacement: replacement.shape },
  );
}
