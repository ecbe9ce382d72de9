import { wholeWindow } from '../layout.ts';
import { nextIdOf } from './passes/constants.ts';
import { wholeView } from './passes/rewrite.ts';
import type { Instruction, Program, View } from './program.ts';

/**
 * The same program with what it returns, and gives to other states, of the old value of a state that it changes copied
 * at its beginning: states can then be written over at any time after that, in any order.
 */
export function separateStates(program: Program): Program {
  const changed = new Set(program.updates.map(({ state }) => state));
  let nextId = nextIdOf(program);
  const copies: Instruction[] = [];
  const separated = (view: View): View => {
    if (!changed.has(view.value)) return view;
    const { shape } = view;
    const copy = { id: nextId++, shape, dtype: view.value.dtype };
    const operation = { kind: 'copy', windows: [wholeWindow(shape)], fill: 0 } as const;
    copies.push({ operation, operands: [view], results: [copy] });
    return wholeView(copy);
  };
  const outputs = program.outputs.map(separated);
  const updates = program.updates.map(({ state, next }) => ({ state, next: separated(next) }));
  return { ...program, instructions: [...copies, ...program.instructions], outputs, updates };
}
