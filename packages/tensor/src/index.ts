// Tensors

export { concat, concatShape, liftToStack, pad, padShape, stack } from './assemble.ts';
export {
  type Backend,
  backend,
  type Placement,
  type RandomKind,
  type Reduction,
  useBackend,
} from './backend/backend.ts';
export { referenceBackend } from './backend/reference/reference.ts';
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
export type { DType, NumericArray } from './dtype.ts';
export { allocate, dtypes, requireFloating, requireSameDType } from './dtype.ts';
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
export { compactInputs, differentiate, substitute, tangent } from './expression/differentiate.ts';
export { constant, type Expression, input, usedInputs } from './expression/expression.ts';
export { formatExpression } from './expression/format.ts';
export type { ScalarFunction } from './expression/functions.ts';
// Expressions
export * as scalarFunctions from './expression/functions.ts';
// Files
export { decodeNpy, encodeNpy } from './files/npy.ts';
export { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from './files/safetensors.ts';
export type { Layout, SliceRange, SliceWindow } from './layout.ts';
export {
  contiguousLayout,
  expandLayout,
  permuteLayout,
  resolveReshape,
  resolveSlice,
  sliceLayout,
} from './layout.ts';
export { describeTensor } from './print.ts';

// Primitives
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
// Random numbers
export type { DrawOptions, NormalOptions, UniformOptions } from './random/distributions.ts';
export { bernoulli, integers, normal, permutation, uniform } from './random/distributions.ts';
export { RandomKey } from './random/key.ts';
export type { Shape } from './shape.ts';
export {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  requireShape,
  sameShape,
  sizeOf,
} from './shape.ts';
export { type NestedArray, Tensor } from './tensor.ts';
