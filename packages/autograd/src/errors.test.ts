import {
  ArgumentError,
  AxisError,
  DTypeError,
  IndexError,
  ones,
  ReparamError,
  ShapeError,
  tensor,
  zeros,
} from '@reparam/tensor';
import { expect, test } from 'vitest';
import { StaleTapeError } from './backward.ts';
import { GradientCheckError } from './check/check-gradients.ts';
import * as autograd from './index.ts';
import { FreedTapeError } from './tape.ts';
import { parameter, variable } from './variable.ts';

type ErrorClass = { readonly name: string; readonly prototype: ReparamError };

const indices = tensor([0, 3], { dtype: 'int32' });
const broadcasting =
  'Aligned at the last axis, lengths must be equal or 1; reshape or slice one of them so that they are.';

/** The same words whether an operation is called on tensors or on variables, as a function or as a method. */
const refusals: readonly (readonly [ErrorClass, () => unknown, string])[] = [
  [
    ShapeError,
    () => variable(zeros([128, 784])).matmul(zeros([400, 784])),
    'matmul: inner dimensions differ: a is [128, 784] (axis 1 = 784) but b is [400, 784] (axis 0 = 400). ' +
      'Did you mean matmul(a, b, { transposeB: true })?',
  ],
  [
    ShapeError,
    () => autograd.add(zeros([2, 3]), zeros([4])),
    `add: shapes do not broadcast: a is [2, 3] (axis -1 = 3), b is [4] (axis -1 = 4). ${broadcasting}`,
  ],
  [
    ShapeError,
    () => autograd.clamp(zeros([2]), 0, zeros([3])),
    `clamp: shapes do not broadcast: a is [2] (axis -1 = 2), b is [], c is [3] (axis -1 = 3). ${broadcasting}`,
  ],
  [
    ShapeError,
    () => parameter([1, 2]).exp().backward(),
    'backward: the output is [2], not a scalar. Reduce it first (sum or mean), or pass the cotangent to start from.',
  ],
  [
    ShapeError,
    () => autograd.stack([zeros([2]), zeros([3])]),
    'stack: tensors[1] is [3] but tensors[0] is [2]; all shapes must be equal. To join along an axis they have, use concat.',
  ],
  [
    ShapeError,
    () => autograd.concat([zeros([2, 3]), zeros([2, 4])]),
    'concat: tensors[1] is [2, 4] but tensors[0] is [2, 3]; all lengths except that of axis 0 must agree.',
  ],
  [
    ShapeError,
    () => autograd.mean(zeros([0])),
    'mean: x is [0], and the mean over axis 0 of length 0 does not exist.',
  ],
  [
    ShapeError,
    () => autograd.reshape(zeros([2, 3]), [4, -1]),
    'reshape: [2, 3] has 6 elements, which do not fill [4, -1]. The product of the lengths has to stay the same; ' +
      'one length may be -1 to be worked out.',
  ],
  [
    ShapeError,
    () => parameter([1, 2], 'weight').assign(zeros([3])),
    'assign: the new value is [3] but the variable weight is [2].',
  ],
  [
    AxisError,
    () => autograd.softmax(zeros([2, 3]), 2),
    'softmax: no axis 2 in shape [2, 3]: axes run from -2 to 1.',
  ],
  [
    AxisError,
    () => autograd.sum(zeros([]), { axes: 0 }),
    'sum: no axis 0 in shape []: a scalar has no axes.',
  ],
  [
    IndexError,
    () => autograd.gather(zeros([3]), indices),
    'gather: index 3 is outside axis 0 of [3]: indices run from 0 to 2.',
  ],
  [
    DTypeError,
    () => autograd.mul(zeros([2]), ones([2], { dtype: 'float64' })),
    "mul: element types differ: a is float32 but b is float64. Convert one of them, for example b.cast('float32').",
  ],
  [DTypeError, () => parameter(indices), "variable: int32 has no gradients: use value.cast('float32')."],
  [
    DTypeError,
    () => autograd.exp(indices),
    "exp: x is int32, but needs to be float32 or float64. Use x.cast('float32').",
  ],
  [
    ArgumentError,
    () => variable([1, 2]).sum().backward(),
    'backward: no gradient flows to any leaf: the output was computed from constants, under noGrad, or after ' +
      'stopGradient. Mark leaves with variable(…, { requiresGrad: true }) or parameter(…).',
  ],
  [ArgumentError, () => autograd.stack([]), 'stack: needs at least one tensor.'],
  [ArgumentError, () => autograd.concat([]), 'concat: needs at least one tensor.'],
  [
    StaleTapeError,
    () => {
      const weight = parameter([1, 2], 'weight');
      const loss = weight.square().sum();
      weight.assign(zeros([2]));
      loss.backward();
    },
    'square: input 0 (weight) was assigned a new value after this was computed, so its gradient would be wrong. ' +
      'Run the forward pass again before the backward pass.',
  ],
  [
    FreedTapeError,
    () => {
      const loss = parameter([1, 2]).square().sum();
      loss.backward();
      loss.backward();
    },
    'sum: a backward pass has freed the tape that this [] was recorded on. Run the forward pass again, or keep the ' +
      'tape in the first backward pass: loss.backward(undefined, { retainTape: true }).',
  ],
  [
    GradientCheckError,
    () => autograd.checkGradients((x) => x!.log(), [[-1]]),
    'checkGradients: order 1: the reverse derivative at entry 0, entry 0 is -1, but differences give NaN ' +
      '(error NaN, allowed 1e-9; forward against reverse 0.00e+0).',
  ],
];

test('every error class of this package is thrown', () => {
  const own = Object.values(autograd).filter(
    (each) => typeof each === 'function' && each.prototype instanceof ReparamError,
  );
  // The message of one names the caller's file and line; it is tested in inspect/anomalies.test.ts.
  const thrown = new Set<unknown>([autograd.NonFiniteError, ...refusals.map(([type]) => type)]);
  expect(own.filter((type) => !thrown.has(type))).toEqual([]);
});

test.each(refusals.map(([type, call, message]) => [message, type, call] as const))(
  '%s',
  (message, type, call) => {
    const operation = message.slice(0, message.indexOf(':'));
    let error: unknown = 'nothing was thrown';
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ name: type.name, message, operation });
  },
);
