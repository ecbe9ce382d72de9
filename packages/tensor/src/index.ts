import './default-backend.ts';
// Tensors
export { type NestedArray, Tensor } from './tensor.ts';
export {
  arange,
  type CreateOptions,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  scalar,
  tensor,
  zeros,
} from './create.ts';
export { concat, concatShape, liftToStack, pad, padShape, stack } from './assemble.ts';
export { describeTensor } from './print.ts';

// Shapes, views and element types
export {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  requireShape,
  type Shape,
  sameShape,
  sizeOf,
} from './shape.ts';
export {
  contiguousLayout,
  expandLayout,
  type Layout,
  permuteLayout,
  resolveReshape,
  resolveSlice,
  type SliceRange,
  type SliceWindow,
  sliceLayout,
} from './layout.ts';
export {
  allocate,
  type DType,
  dtypes,
  type NumericArray,
  requireFloating,
  requireSameDType,
} from './dtype.ts';

// Primitives and backends
export {
  cast,
  contiguous,
  gather,
  type MatmulOptions,
  map,
  matmul,
  matmulShape,
  operandNames,
  place,
  type ReduceOptions,
  reduce,
  scatterAdd,
} from './primitives.ts';
export {
  type Backend,
  backend,
  type Placement,
  type RandomKind,
  type Reduction,
  type Triangle,
  useBackend,
} from './backend/backend.ts';
export { referenceBackend } from './backend/reference/reference.ts';

export {
  cholesky,
  diagonalView,
  findPivot,
  NotPositiveDefiniteError,
  type Pivot,
  requireSquare,
  requireSystem,
  SingularMatrixError,
  type TriangularSolveOptions,
  triangularSolve,
} from './linear-algebra.ts';
export { argsort, type SortOptions } from './order.ts';

// Windows: convolution, pooling, interpolation
export { elementsOfWindows, overlapAdd, type Windows, windowView } from './windows.ts';
export {
  type PaddedWindows,
  type Padding,
  type PerAxis,
  resolvePerAxis,
  resolveWindows,
  type WindowOptions,
} from './window-options.ts';
export {
  type ConvolutionGeometry,
  type ConvolutionOptions,
  resolveConvolution,
  resolveTransposedConvolution,
  type TransposedConvolutionOptions,
} from './convolution-geometry.ts';
export { convolutionInput, convolutionOutput, convolutionWeight } from './convolution.ts';
export { pickMaxima, spreadMaxima, windowMaximum } from './pooling.ts';
export { interpolate, interpolateAdjoint, type LinearGrid, linearGrid } from './interpolation.ts';

// Expressions
export { constant, type Expression, input, usedInputs } from './expression/expression.ts';
export type { ScalarFunction } from './expression/functions.ts';
export * as scalarFunctions from './expression/functions.ts';
export { compactInputs, differentiate, substitute, tangent } from './expression/differentiate.ts';
export { formatExpression } from './expression/format.ts';

// Random numbers
export { RandomKey } from './random/key.ts';
export {
  bernoulli,
  type DrawOptions,
  integers,
  type NormalOptions,
  normal,
  permutation,
  type UniformOptions,
  uniform,
} from './random/distributions.ts';

// Files
export { decodeNpy, encodeNpy } from './files/npy.ts';
export { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from './files/safetensors.ts';

// Errors
export {
  ArgumentError,
  AxisError,
  DTypeError,
  FileFormatError,
  IndexError,
  ReparamError,
  ShapeError,
} from './errors.ts';

// Kernels
export { WasmBackend, type WasmOptions, wasmAvailable } from './wasm/backend.ts';
export { useThreads } from './threads.ts';
export type { ThreadsInUse } from './wasm/threads/kernel-runner.ts';
export { DeviceLostError } from './gpu/errors.ts';
export { KernelError } from './wasm/threads/kernel-error.ts';

// Programs
export { type Compiled, type CompileOptions, compile } from './program/compile.ts';
export type { Executable, ExecutionOptions } from './program/executable.ts';
export type { Instruction, Operation, Program, Source, Value, View } from './program/program.ts';
export { programToMermaid } from './program/mermaid.ts';
export { formatProgram } from './program/print.ts';
export { type Pass, passes } from './program/optimize.ts';
export {
  activeRecording,
  assignWhere,
  effect,
  isRecorded,
  type Recording,
  varying,
} from './program/recording.ts';
export { RecordedReadError } from './program/recorded-read-error.ts';
export type { StateCell, StateHolder } from './program/state.ts';
export type { LeafWrapper } from './program/structure.ts';

// Where an error comes from
export { type CallSite, callSiteOf, captureStack, formatCallSite } from './call-site.ts';
export { type Elements, Storage } from './storage.ts';
