import { describe, expect, test } from 'vitest';
import { concat, pad, stack } from './assemble.ts';
import { arange, fromTypedArray, linspace, tensor, zeros } from './create.ts';
import {
  ArgumentError,
  AxisError,
  DTypeError,
  FileFormatError,
  IndexError,
  ReparamError,
  ShapeError,
} from './errors.ts';
import { constant, input } from './expression/expression.ts';
import { add, exp } from './expression/functions.ts';
import { decodeNpy } from './files/npy.ts';
import { cast, gather, map, matmul, place, reduce, scatterAdd } from './primitives.ts';

const indices = tensor([0, 3], { dtype: 'int32' });
const [x, y] = [input(0), input(1)];

type ErrorClass = { readonly name: string; readonly prototype: ReparamError };

/** Who refuses what, in which words. What is said has to be enough to mend the call without reading our source. */
const refusals: readonly (readonly [ErrorClass, () => unknown, string])[] = [
  [
    ShapeError,
    () => matmul(zeros([128, 784]), zeros([400, 784])),
    'matmul: inner dimensions differ: a is [128, 784] (axis 1 = 784) but b is [400, 784] (axis 0 = 400). ' +
      'Did you mean matmul(a, b, { transposeB: true })?',
  ],
  [
    ShapeError,
    () => matmul(zeros([784, 128]), zeros([784, 400])),
    'matmul: inner dimensions differ: a is [784, 128] (axis 1 = 128) but b is [784, 400] (axis 0 = 784). ' +
      'Did you mean matmul(a, b, { transposeA: true })?',
  ],
  [
    ShapeError,
    () => matmul(zeros([3, 2]), zeros([5, 3]), { transposeA: true }),
    'matmul: inner dimensions differ: a is [3, 2] (axis 0 = 3) but b is [5, 3] (axis 0 = 5). ' +
      'Did you mean matmul(a, b, { transposeA: true, transposeB: true })?',
  ],
  [
    ShapeError,
    () => matmul(zeros([9, 2, 3]), zeros([3, 5]), { transposeB: true }),
    'matmul: inner dimensions differ: a is [9, 2, 3] (axis 2 = 3) but b is [3, 5] (axis 1 = 5). ' +
      'Did you mean matmul(a, b)?',
  ],
  [
    ShapeError,
    () => matmul(zeros([2, 3]), zeros([4, 5])),
    'matmul: inner dimensions differ: a is [2, 3] (axis 1 = 3) but b is [4, 5] (axis 0 = 4). ' +
      'The two lengths must be equal.',
  ],
  [
    ShapeError,
    () => matmul(zeros([2, 4, 3]), zeros([5, 3, 6])),
    'matmul: the axes before the last 2 do not broadcast: a is [2, 4, 3] (axis -3 = 2), b is [5, 3, 6] ' +
      '(axis -3 = 5). Aligned at the last axis, lengths must be equal or 1; reshape or slice one of them so that they are.',
  ],
  [
    ShapeError,
    () => matmul(zeros([3]), zeros([3, 2])),
    'matmul: a is [3], but needs at least two axes. For a vector use reshape([1, -1]) (a row) or reshape([-1, 1]) ' +
      '(a column). The operands are a [3] and b [3, 2].',
  ],
  [
    ShapeError,
    () => map(add(x, y), [zeros([128, 20]), zeros([20, 128])], 'add'),
    'add: shapes do not broadcast: a is [128, 20] (axis -2 = 128), b is [20, 128] (axis -2 = 20). ' +
      'Aligned at the last axis, lengths must be equal or 1; reshape or slice one of them so that they are.',
  ],
  [
    ShapeError,
    () => reduce('maximum', zeros([8, 0]), { axes: -1 }, 'max'),
    'max: x is [8, 0], and the maximum over axis 1 of length 0 does not exist.',
  ],
  [
    ShapeError,
    () => scatterAdd(zeros([5, 2]), indices, zeros([2, 3])),
    'scatterAdd: updates is [2, 3], but base [5, 2] with indices [2] at axis 0 needs [2, 2].',
  ],
  [
    ShapeError,
    () => zeros([2, 3]).reshape([4, 2]),
    'reshape: [2, 3] has 6 elements, which do not fill [4, 2]. The product of the lengths has to stay the same; ' +
      'one length may be -1 to be worked out.',
  ],
  [
    ShapeError,
    () => zeros([2, 3]).expand([2, 6]),
    'expand: [2, 3] cannot be expanded to [2, 6] (axis 1 of the target): only axes of length 1 are repeated, ' +
      'and new axes come first.',
  ],
  [
    ShapeError,
    () => zeros([2]).item(),
    'item: a tensor of shape [2] has 2 elements, not one. Reduce it first (a sum or mean), or pick one with slice.',
  ],
  [
    ShapeError,
    () => tensor([[1, 2], [3]]),
    'tensor: nested arrays are ragged: the first entries suggest [2, 2], but an entry at depth 1 has length 1.',
  ],
  [
    ShapeError,
    () => fromTypedArray(new Int32Array(7), [2, 3]),
    'fromTypedArray: 7 elements (int32) do not fill shape [2, 3], which needs 6.',
  ],
  [
    ShapeError,
    () => concat([zeros([2, 3]), zeros([2, 4])], 0),
    'concat: tensors[1] is [2, 4] but tensors[0] is [2, 3]; all lengths except that of axis 0 must agree.',
  ],
  [
    ShapeError,
    () => stack([zeros([2]), zeros([2]), zeros([3])]),
    'stack: tensors[2] is [3] but tensors[0] is [2]; all shapes must be equal. ' +
      'To join along an axis they have, use concat.',
  ],
  [
    ShapeError,
    () => place([{ source: zeros([2]), start: [0] }], [2, 2], { dtype: 'float32' }),
    'place: a source is [2], but needs as many axes as the result [2, 2]. Reshape it first.',
  ],
  [
    AxisError,
    () => reduce('sum', zeros([2, 3]), { axes: 2 }),
    'sum: no axis 2 in shape [2, 3]: axes run from -2 to 1.',
  ],
  [
    AxisError,
    () => reduce('sum', zeros([2, 3]), { axes: [0, -2] }),
    'sum: axis 0 is listed twice for shape [2, 3].',
  ],
  [AxisError, () => zeros([]).transpose(), 'transpose: no axis -2 in shape []: a scalar has no axes.'],
  [
    AxisError,
    () => zeros([2, 3]).permute([0]),
    'permute: axes [0] must name each of the 2 axes of [2, 3] once.',
  ],
  [
    AxisError,
    () => zeros([2]).slice([0, 0]),
    'slice: there are 2 ranges, but the rank of [2] is 1. Give at most one an axis.',
  ],
  [
    IndexError,
    () => gather(zeros([4, 3]), indices, 1),
    'gather: index 3 is outside axis 1 of [4, 3]: indices run from 0 to 2.',
  ],
  [
    IndexError,
    () => zeros([4, 3]).slice([null, 5]),
    'slice: 5 is outside axis 1 of [4, 3]: positions run from -3 to 2.',
  ],
  [
    DTypeError,
    () => map(add(x, y), [zeros([2]), zeros([2], { dtype: 'float64' })], 'add'),
    'add: element types differ: a is float32 but b is float64. Convert one of them, for example ' +
      "b.cast('float32').",
  ],
  [
    DTypeError,
    () => map(exp(x), [indices], 'exp'),
    "exp: x is int32, but needs to be float32 or float64. Use x.cast('float32').",
  ],
  [
    DTypeError,
    () => gather(zeros([4]), zeros([2])),
    "gather: indices are float32, but need to be int32. Use indices.cast('int32').",
  ],
  [
    ArgumentError,
    () => zeros([3, -2]),
    'zeros: shape [3, -2] has the length -2; lengths are whole numbers ≥ 0.',
  ],
  [
    ArgumentError,
    () => zeros([6]).reshape([-1, 2, -1]),
    'reshape: shape [-1, 2, -1] leaves more than one length to be worked out; only one may be -1.',
  ],
  [
    ArgumentError,
    () => arange(0, 1, 0),
    'arange: start 0, stop 1 and step 0 must be finite, and step not 0.',
  ],
  [
    ArgumentError,
    () => linspace(0, Infinity, 3),
    'linspace: start 0 and stop Infinity must be finite, and so must their distance.',
  ],
  [
    ArgumentError,
    () => zeros([4]).slice([[0, 4, 0]]),
    'slice: the step of axis 0 is 0; use a whole number ≠ 0.',
  ],
  [
    ArgumentError,
    () => pad(zeros([2, 2]), [[0, -1]]),
    'pad: widths [[0,-1]] must give [before, after], both ≥ 0, for each axis of [2, 2].',
  ],
  [ArgumentError, () => stack([]), 'stack: needs at least one tensor.'],
  [
    ArgumentError,
    () => place([{ source: zeros([2]), start: [2] }], [3], { dtype: 'float32' }),
    'place: a source [2] reaches position 3 on axis 0 of [3].',
  ],
  [
    ArgumentError,
    () => map(add(x, input(2)), [zeros([2])]),
    'map: the formula reads 3 inputs, but is given 1.',
  ],
  [
    FileFormatError,
    () => decodeNpy(new Uint8Array(20)),
    'npy: the file does not begin with \\x93NUMPY, so it is no .npy file.',
  ],
];

function caught(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

test.each(refusals.map(([type, call, message]) => [message, type, call] as const))(
  '%s',
  (message, type, call) => {
    const error = caught(call);
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(ReparamError);
    expect(error).toMatchObject({
      name: type.name,
      message,
      operation: message.slice(0, message.indexOf(':')),
    });
  },
);

test('no refused call changes what it was given', () => {
  const base = zeros([5, 2]);
  caught(() => scatterAdd(base, indices, zeros([2, 3])));
  caught(() => map(constant(1), []));
  expect(cast(base, 'int32').toArray()).toEqual(Array(5).fill([0, 0]));
});

describe('the facts are fields', () => {
  test.each([
    [() => matmul(zeros([2, 3]), zeros([4, 5])), { shapes: { a: [2, 3], b: [4, 5] } }],
    [() => reduce('sum', zeros([2, 3]), { axes: 7 }), { axis: 7, shape: [2, 3] }],
    [() => gather(zeros([4, 3]), indices, 1), { index: 3, axis: 1, shape: [4, 3] }],
    [() => gather(zeros([4]), zeros([2])), { dtypes: { indices: 'float32' } }],
    [() => zeros([2, 0.5]), { argument: 'shape', value: [2, 0.5] }],
    [() => decodeNpy(new Uint8Array(20)), { format: 'npy', byteOffset: 0 }],
  ])('%s', (call, facts) => {
    expect(caught(call)).toMatchObject(facts);
  });

  test('a cause is kept', () => {
    const cause = new Error('below');
    expect(new ReparamError('f', 'did not work', { cause })).toMatchObject({
      message: 'f: did not work',
      cause,
    });
  });
});
