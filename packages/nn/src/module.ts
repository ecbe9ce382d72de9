import { Variable } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';
import { requireSameState } from './saved-state.ts';

/**
 * A tensor that belongs to a module and is saved with it, but is not trained: running statistics, for example.
 * `assign` gives it another value.
 */
export class ModuleBuffer extends Variable {
  constructor(value: Tensor, name?: string) {
    super(value, name === undefined ? {} : { name });
  }

  protected override get keepsState(): boolean {
    return true;
  }
}

/**
 * A part of a model that owns parameters, and perhaps buffers. They are found by looking: every field that is a
 * variable requiring gradients, a buffer, a module, or an array of modules counts, under its field's name.
 */
export abstract class Module {
  /** All parameters by dotted path (`encoder.layers.0.weight`), in order of construction. */
  namedParameters(): Record<string, Variable> {
    return pick(collect(this), (found) => found.requiresGrad);
  }

  /** All parameters, in the order of {@link namedParameters}. */
  parameters(): Variable[] {
    return Object.values(this.namedParameters());
  }

  /** All buffers by dotted path, in order of construction. */
  namedBuffers(): Record<string, ModuleBuffer> {
    return pick(collect(this), (found) => found instanceof ModuleBuffer) as Record<string, ModuleBuffer>;
  }

  /**
   * Gives every parameter its value from `tensors`; buffers keep theirs. Nothing is changed unless all fit.
   * @throws ArgumentError naming parameters that are missing or unknown, ShapeError, DTypeError.
   */
  loadParameters(tensors: Readonly<Record<string, Tensor>>): void {
    load('loadParameters', this.namedParameters(), tensors);
  }

  /** The values of all parameters and buffers by dotted path: all that a saved model needs. */
  state(): Record<string, Tensor> {
    return valuesOf(collect(this));
  }

  /**
   * Takes up what {@link state} gave. Nothing is changed unless all of it fits.
   * @throws ArgumentError naming tensors that are missing or unknown, ShapeError, DTypeError.
   */
  restore(state: Readonly<Record<string, Tensor>>): void {
    load('restore', collect(this), state);
  }
}

/** Parameters and buffers by dotted path, in order of construction. */
function collect(owner: object, prefix = '', found: Record<string, Variable> = {}): Record<string, Variable> {
  for (const [field, value] of Object.entries(owner)) {
    const path = `${prefix}${field}`;
    if (value instanceof Variable) {
      if (value.requiresGrad || value instanceof ModuleBuffer) found[path] = value;
    } else if (
      value instanceof Module ||
      (Array.isArray(value) && value.some((each) => each instanceof Module))
    ) {
      collect(value, `${path}.`, found);
    }
  }
  return found;
}

function pick(
  found: Readonly<Record<string, Variable>>,
  wanted: (each: Variable) => boolean,
): Record<string, Variable> {
  return Object.fromEntries(Object.entries(found).filter(([, each]) => wanted(each)));
}

/** The tensors that named variables hold just now. */
export function valuesOf(variables: Readonly<Record<string, Variable>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]));
}

function load(
  operation: string,
  targets: Readonly<Record<string, Variable>>,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  requireSameState(operation, tensors, valuesOf(targets));
  for (const [path, target] of Object.entries(targets)) target.assign(tensors[path]!);
}
