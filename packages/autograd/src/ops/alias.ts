import type { Rules } from '../operation.ts';
import { apply } from '../tape.ts';
import type { Operand, Variable } from '../variable.ts';
import { linearRules } from './linear.ts';

const aliasRules: Rules<undefined> = linearRules({
  name: 'alias',
  forward: ([x]) => x!,
  batch: ([x]) => alias(x!.variable),
  adjoint: (cotangent) => cotangent,
});

/** The same value under another name on the tape. */
export function alias(x: Operand): Variable {
  return apply(aliasRules, [x], undefined);
}
