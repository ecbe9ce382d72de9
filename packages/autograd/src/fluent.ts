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
  'add', 'sub', 'mul', 'div', 'neg', 'square', 'pow', 'exp', 'expm1', 'log', 'log1p', 'sqrt',
  'tanh', 'sigmoid', 'softplus', 'relu', 'leakyRelu', 'silu', 'gelu', 'abs', 'maximum', 'minimum', 'clamp',
  'less', 'lessEqual', 'greater', 'greaterEqual', 'equal',
  'sum', 'mean', 'max', 'min', 'logsumexp', 'softmax', 'logSoftmax', 'matmul',
  'reshape', 'permute', 'transpose', 'expand', 'slice', 'pad', 'gather', 'scatterAdd', 'cast',
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
