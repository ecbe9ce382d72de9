import { contiguousStrides } from '../../shape.ts';
import type { Instruction, Program, Value, View } from '../program.ts';
import { composeLayouts } from './compose-layouts.ts';

/** A value as it lies. */
export function wholeView(value: Value): View {
  return { value, shape: value.shape, strides: contiguousStrides(value.shape), offset: 0 };
}

/** Whether all places of a view are one element. */
export function isRepeated({ shape, strides }: View): boolean {
  return shape.every((length, axis) => length === 1 || strides[axis] === 0);
}

/** What is read in place of what. */
export class Substitution {
  readonly #replacements = new Map<Value, View>();

  /** From here on views of `value` are views of what `instead` shows, in the same order. */
  replace(value: Value, instead: View): void {
    this.#replacements.set(value, instead);
  }

  /** The view through the replacement of its value; unchanged without one, or where no strides can say it. */
  apply(view: View): View {
    const instead = this.#replacements.get(view.value);
    const layout = instead && composeLayouts(instead, view);
    return layout ? { ...layout, value: instead.value } : view;
  }
}

export interface Rewrite {
  /** What is replaced from the beginning. */
  readonly substitution?: Substitution;
  /** What becomes of an instruction, whose operands have been replaced already; it may have its results replaced. */
  readonly visit?: (instruction: Instruction, substitution: Substitution) => Instruction;
  /** Whether a reader (none: the results of the program) takes `after` for `before`; all do unless told. */
  readonly accepts?: (after: View, reader: Instruction | undefined) => boolean;
}

/**
 * Goes through the instructions in their order and puts replacements in the place of what they read. Instructions stay
 * even if nothing reads them any more: that is left to {@link deadCode}.
 */
export function rewrite(
  program: Program,
  { substitution = new Substitution(), visit = (instruction) => instruction, accepts = () => true }: Rewrite,
): Program {
  const replaced = (view: View, reader?: Instruction): View => {
    const after = substitution.apply(view);
    return after === view || accepts(after, reader) ? after : view;
  };
  const instructions = program.instructions.map((instruction) => {
    const operands = instruction.operands.map((view) => replaced(view, instruction));
    return visit({ ...instruction, operands }, substitution);
  });
  return {
    ...program,
    instructions,
    outputs: program.outputs.map((view) => replaced(view)),
    updates: program.updates.map(({ state, next }) => ({ state, next: replaced(next) })),
  };
}
