import {
  type CheckOptions,
  checkGradients,
  type Differentiable,
  type GradientReport,
  type Variable,
} from '@reparam/autograd';
import type { Module } from '@reparam/nn';
import type { NestedArray, Tensor } from '@reparam/tensor';

/**
 * Checks `fn` by its inputs and by every parameter of the module that it calls: the parameters are given to
 * the check as further inputs, and put in the module's fields for the time of each call.
 */
export function checkModuleGradients(
  module: Module,
  fn: Differentiable,
  inputs: readonly (NestedArray | Tensor)[],
  options?: CheckOptions,
): GradientReport {
  const parameters = Object.entries(module.namedParameters());
  return checkGradients(
    (...all) => {
      parameters.forEach(([path], k) => {
        setField(module, path, all[inputs.length + k]!);
      });
      try {
        return fn(...all.slice(0, inputs.length));
      } finally {
        for (const [path, parameter] of parameters) setField(module, path, parameter);
      }
    },
    [...inputs, ...parameters.map(([, parameter]) => parameter.value)],
    options,
  );
}

/** Sets the field at a dotted path, as `namedParameters` writes it. */
function setField(module: Module, path: string, value: Variable): void {
  const fields = path.split('.');
  let owner = module as unknown as Record<string, unknown>;
  for (const field of fields.slice(0, -1)) owner = owner[field] as Record<string, unknown>;
  owner[fields.at(-1)!] = value;
}
