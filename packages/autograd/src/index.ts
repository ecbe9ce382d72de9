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
export { type GraphEdge, type GraphNode, type TapeGraph, tapeGraph } from './inspect/graph.ts';
export { derivativeOf } from './inspect/describe-rules.ts';
export { toDot, toMermaid } from './inspect/draw-tape.ts';
export {
  type BackwardStep,
  type BackwardTrace,
  type TracedOperand,
  type TraceOptions,
  traceBackward,
} from './inspect/trace-backward.ts';
export type { InputVerdict, Verdict } from './inspect/verify-node.ts';
export { type AnomalyOptions, detectAnomalies } from './inspect/anomalies.ts';
export { type AnomalousInput, type Anomaly, NonFiniteError } from './inspect/non-finite-error.ts';
export { type CallSite, formatCallSite } from '@reparam/tensor';
export { type ProfileReport, type ProfileRow, profile } from './inspect/profile.ts';
export { formatProfile } from './inspect/format-profile.ts';
export { formatBytes } from './inspect/format-bytes.ts';
export { summarize, type TensorSummary } from './inspect/summarize.ts';
export { type ForwardCall, type Observer, withObserver } from './observe.ts';

// Operations
export * from './ops/all.ts';
export { operationTable } from './ops/table.ts';
export type { Documented, Kink, OperationKind, OperationRecord, Sample } from './operation.ts';

export { compile } from './compile.ts';
// Checks
export {
  type CheckOptions,
  type Comparison,
  checkGradients,
  GradientCheckError,
  type GradientReport,
} from './check/check-gradients.ts';
export { checkOperation, type OperationCheck } from './check/check-operation.ts';
