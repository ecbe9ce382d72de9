import type { Pass } from '../optimize.ts';
import { type Instruction, type Program, resultsOf, type Value } from '../program.ts';

/**
 * Takes away what nothing reads: instructions, single formulas of maps, sources and keys. Effects stay, and so do
 * states that the program gives a new value.
 */
export const deadCode: Pass = {
  name: 'dead code',
  rewrite: (program) => {
    const { sources, updates } = program;
    const read = new Set<Value>(resultsOf(program).map(({ value }) => value));
    const kept: Instruction[] = [];
    for (const instruction of program.instructions.toReversed()) {
      if (!instruction.results.some((result) => read.has(result))) continue;
      kept.push(withoutUnread(instruction, read));
      for (const { value } of instruction.operands) read.add(value);
    }
    for (const { state } of updates) read.add(state);
    return renumberKeys({
      ...program,
      sources: sources.filter(({ value }) => read.has(value)),
      instructions: kept.toReversed(),
    });
  },
};

function withoutUnread(instruction: Instruction, read: ReadonlySet<Value>): Instruction {
  const { results, operation } = instruction;
  if (operation.kind !== 'map' || results.every((result) => read.has(result))) return instruction;
  const outputs = operation.outputs.filter((_, i) => read.has(results[i]!));
  return {
    ...instruction,
    results: results.filter((result) => read.has(result)),
    operation: { ...operation, outputs },
  };
}

/** Keys that are drawn from, in the order in which they are. */
function renumberKeys(program: Program): Program {
  const numbers = new Map<number, number>();
  const instructions = program.instructions.map((instruction) => {
    const { operation } = instruction;
    if (operation.kind !== 'random') return instruction;
    const key = numbers.get(operation.key) ?? numbers.size;
    numbers.set(operation.key, key);
    return { ...instruction, operation: { ...operation, key } };
  });
  return { ...program, instructions, keys: [...numbers.keys()].map((number) => program.keys[number]!) };
}
