import * as reverse from './backward.ts';
import * as operations from './ops/all.ts';
import * as transforms from './transforms.ts';
import { Variable } from './variable.ts';

type Functions = typeof operations &
  Pick<typeof transforms, 'stopGradient'> &
  Pick<typeof reverse, 'backward'>;

const functions: Functions = {
  ...operations,
  stopGradient: transforms.stopGradient,
  backward: reverse.backward,
};

/** Functions that are also methods of Variable, with the variable as their first argument. */
// biome-ignore format: a list to be read by kind, one kind a line.
const fluentNames = [
  'add', 'sub', 'mul', 'div', 'neg', 'reciprocal', 'square', 'pow', 'hypot', 'lerp',
  'exp', 'expm1', 'log', 'log1p', 'sqrt', 'xlogy', 'logaddexp',
  'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh',
  'erf', 'erfc', 'lgamma', 'digamma',
  'tanh', 'sigmoid', 'logSigmoid', 'softplus', 'relu', 'leakyRelu', 'elu', 'selu', 'silu', 'gelu', 'mish', 'hardtanh',
  'abs', 'sign', 'floor', 'ceil', 'round', 'maximum', 'minimum', 'clamp',
  'less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual', 'isFinite', 'isNaN',
  'logicalAnd', 'logicalOr', 'logicalNot',
  'sum', 'prod', 'mean', 'variance', 'standardDeviation', 'norm', 'max', 'min', 'median',
  'cumsum', 'cumprod', 'logcumsumexp', 'any', 'all', 'countNonzero', 'argmax', 'argmin', 'sort', 'argsort', 'topK',
  'logsumexp', 'softmax', 'logSoftmax',
  'matmul', 'outer', 'kron', 'trace', 'diagonal', 'diagonalMatrix', 'cholesky', 'triangularSolve', 'qr', 'solve',
  'inverse', 'determinant', 'slogdet',
  'conv1d', 'conv2d', 'convTranspose1d', 'convTranspose2d', 'windows', 'maxPool1d', 'maxPool2d',
  'averagePool1d', 'averagePool2d', 'upsampleNearest', 'upsampleBilinear',
  'reshape', 'permute', 'transpose', 'expand', 'slice', 'pad', 'cast', 'squeeze', 'unsqueeze', 'flatten',
  'flip', 'roll', 'repeat', 'tile', 'split', 'chunk', 'unstack', 'tril', 'triu',
  'gather', 'scatterAdd', 'take', 'takeAlongAxis', 'index', 'maskedFill', 'oneHot',
  'stopGradient', 'backward',
] as const;

// The names are spelled out because Variable extends this: its keys must not depend on Variable's own type.
export type FluentMethods = {
  readonly [Name in (typeof fluentNames)[number]]: Functions[Name] extends (
    self: Variable,
    ...rest: infer Rest
  ) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

for (const name of fluentNames) {
  const implementation = functions[name] as (self: Variable, ...rest: unknown[]) => unknown;
  Object.defineProperty(Variable.prototype, name, {
    value(this: Variable, ...rest: unknown[]) {
      return implementation(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}
