import { aliases } from './passes/aliases.ts';
import { commonSubexpressions } from './passes/common-subexpressions.ts';
import { copies } from './passes/copies.ts';
import { deadCode } from './passes/dead-code.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { inlineConstants } from './passes/inline-constants.ts';
import { mapOperands } from './passes/map-operands.ts';
import { uniformConstants } from './passes/uniform-constants.ts';
import type { Program } from './program.ts';

/** A rewrite that leaves what a program computes as it is. */
export interface Pass {
  readonly name: string;
  readonly rewrite: (program: Program) => Program;
}

/** All rewrites, in the order in which they help each other. */
export const passes: readonly Pass[] = [
  uniformConstants,
  foldConstants,
  inlineConstants,
  aliases,
  copies,
  mapOperands,
  commonSubexpressions,
  deadCode,
];

export function optimize(program: Program, rewrites: readonly Pass[] = passes): Program {
  return rewrites.reduce((current, { rewrite }) => rewrite(current), program);
}
