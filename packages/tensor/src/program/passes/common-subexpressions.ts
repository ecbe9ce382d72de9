import type { Pass } from '../optimize.ts';
import type { Instruction, Operation, Program, Value, View } from '../program.ts';
import { rewrite, Substitution, wholeView } from './rewrite.ts';

/**
 * Computes once what is computed more than once: the same operation on the same views. Draws are the same where their
 * keys, shapes and types are.
 */
export const commonSubexpressions: Pass = {
  name: 'common subexpressions',
  rewrite: (program) => {
    const first = new Map<string, Instruction>();
    return rewrite(program, {
      substitution: withoutEqualVarying(program),
      visit: (instruction, substitution) => {
        const key = keyOf(instruction, program);
        const known = first.get(key);
        if (known === undefined) first.set(key, instruction);
        else {
          instruction.results.forEach((result, i) => {
            substitution.replace(result, wholeView(known.results[i]!));
          });
        }
        return instruction;
      },
    });
  },
};

/** Numbers that are worked out anew for every run, by the same function: the first stands for all. */
function withoutEqualVarying({ sources }: Program): Substitution {
  const substitution = new Substitution();
  const first = new Map<() => number, Value[]>();
  for (const { value, source } of sources) {
    if (source.kind !== 'varying') continue;
    const known = first.get(source.compute) ?? [];
    const same = known.find(({ dtype }) => dtype === value.dtype);
    if (same) substitution.replace(value, wholeView(same));
    else first.set(source.compute, [...known, value]);
  }
  return substitution;
}

/** Equal for instructions that give the same. */
function keyOf({ operation, operands, results }: Instruction, program: Program): string {
  const types = results.map(({ dtype, shape }) => `${dtype} ${shape.join()}`);
  return [describe(operation, program), ...types, ...operands.map(describeView)].join(' | ');
}

function describe(operation: Operation, { keys }: Program): string {
  if (operation.kind === 'random') return `random ${operation.random} ${keys.indexOf(keys[operation.key]!)}`;
  // Formulas are interned, so their numbers tell them apart.
  return JSON.stringify(operation, (_, value: unknown) =>
    isExpression(value)
      ? `formula ${value.id}`
      : Object.is(value, -0)
        ? '-0'
        : typeof value === 'number'
          ? String(value)
          : value,
  );
}

function isExpression(value: unknown): value is { readonly id: number } {
  return typeof value === 'object' && value !== null && 'id' in value;
}

function describeView({ value, shape, strides, offset }: View): string {
  return `${value.id} ${offset} ${shape.join()} ${strides.join()}`;
}
