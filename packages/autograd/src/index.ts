import './fluent.ts';

export { backward, StaleTapeError } from './backward.ts';
// Checks
export {
  type CheckOptions,
  type Comparison,
  checkGradients,
  GradientCheckError,
  type GradientReport,
} from './check/check-gradients.ts';
export { checkOperation, type OperationCheck } from './check/check-operation.ts';
export type { Documented, Kink, OperationKind, OperationRecord, Sample } from './operation.ts';
// Operations
export * from './ops/elementwise.ts';
export { gather, scatterAdd } from './ops/indexing.ts';
export { matmul } from './ops/matmul.ts';
export { concat, expand, pad, permute, reshape, slice, stack, transpose } from './ops/movement.ts';
export * from './ops/reductions.ts';
export { operationTable } from './ops/table.ts';
export { formatTape, noGrad, type TapeNode, tapeOf } from './tape.ts';
// Transforms
export {
  type Differentiable,
  type GradientOptions,
  grad,
  gradients,
  jvp,
  stopGradient,
  valueAndGrad,
  vjp,
} from './transforms.ts';
// Variables and the tape
export { type Operand, parameter, toVariable, Variable, type VariableOptions, variable } from './variable.ts';
