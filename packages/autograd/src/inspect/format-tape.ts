import { formatShape } from '@reparam/tensor';
import type { TapeNode } from '../tape.ts';
import type { Variable } from '../variable.ts';

/** How variables are called in pictures and listings of a tape: `%3`, a leaf's name, or what it is. */
export function nameOnTape(tape: readonly TapeNode[]): (variable: Variable) => string {
  const numbers = new Map(tape.map((node, position) => [node, position]));
  return (variable) => {
    if (variable.node && numbers.has(variable.node)) return `%${numbers.get(variable.node)}`;
    return variable.name ?? `${variable.requiresGrad ? 'leaf' : 'constant'} ${formatShape(variable.shape)}`;
  };
}

/** The tape as text, one operation a line: `%3 = mul(%2, sigma) [128, 20]`. */
export function formatTape(tape: readonly TapeNode[]): string {
  const show = nameOnTape(tape);
  return tape
    .map(
      (node) =>
        `${show(node.output)} = ${node.rules.name}(${node.inputs.map(show).join(', ')}) ${formatShape(node.output.shape)}`,
    )
    .join('\n');
}
