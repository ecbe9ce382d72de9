import './fluent.ts';

// Variables and the tape
export {
  type Operand,
  type GradientHook,
  parameter,
  toVariable,
  Variable,
  type VariableOptions,
  variable,
} from './variable.ts';
export { FreedTapeError, noGrad, type TapeNode, tapeOf } from './tape.ts';
export { type BackwardOptions, backward, StaleTapeError } from './backward.ts';

// Transforms
export * from './transforms.ts';

// Operations of one's own
export { type ElementwiseFunction, elementwise, type Formula } from './custom-elementwise.ts';

// Looking inside
export { formatTape } from './inspect/format-tape.ts';
export { type ForwardCall, type Observer, withObserver } from './observe.ts';

// Operations
export * from './ops/all.ts';
export { operationTable } from './ops/table.ts';
export type { Documented, Kink, OperationKind, OperationRecord, Sample } from './operation.ts';

// Checks
export {
  type CheckOptions,
  type Comparison,
  checkGradients,
  GradientCheckError,
  type GradientReport,
} from './check/check-gradients.ts';
export { checkOperation, type OperationCheck } from './check/check-operation.ts';
