import { describe, expect, test } from 'vitest';
import { arange, eye, fromTypedArray, full, linspace, ones, scalar, tensor, zeros } from './create.ts';
import type { DType } from './dtype.ts';
import { ArgumentError, ShapeError } from './errors.ts';

describe('tensor', () => {
  test('takes the shape of nested arrays', () => {
    expect(tensor(5).shape).toEqual([]);
    expect(tensor([1, 2, 3]).shape).toEqual([3]);
    const x = tensor([[[1, 2]], [[3, 4]], [[5, 6]]]);
    expect(x.shape).toEqual([3, 1, 2]);
    expect(x.toArray()).toEqual([[[1, 2]], [[3, 4]], [[5, 6]]]);
  });

  test.each([
    [[], [0]],
    [
      [[], []],
      [2, 0],
    ],
    [
      [[[]], [[]]],
      [2, 1, 0],
    ],
  ])('keeps axes of length 0: %j is %j', (values, shape) => {
    expect(tensor(values).shape).toEqual(shape);
    expect(tensor(values).toArray()).toEqual(values);
  });

  test('rounds to float32 unless told', () => {
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
    expect(tensor([0.1], { dtype: 'float64' }).item()).toBe(0.1);
  });

  test('truncates to int32', () => {
    expect(tensor([1.7, -1.7], { dtype: 'int32' }).toArray()).toEqual([1, -1]);
  });

  test.each([
    [[[1, 2], [3]], 'the first entries suggest [2, 2], but an entry at depth 1 has length 1.'],
    [[[1, 2], 3], 'the first entries suggest [2, 2], but an entry at depth 1 is a number.'],
    [[1, [2]], 'the first entries suggest [2], but an entry at depth 1 has length 1.'],
    [[[], [1]], 'the first entries suggest [2, 0], but an entry at depth 1 has length 1.'],
  ])('refuses the ragged %j', (values, explanation) => {
    expect(() => tensor(values)).toThrow(ShapeError);
    expect(() => tensor(values)).toThrow(`tensor: nested arrays are ragged: ${explanation}`);
  });
});

describe('fromTypedArray', () => {
  test('wraps without copying and takes the type of the array', () => {
    const data = new Float64Array([1, 2, 3, 4, 5, 6]);
    const x = fromTypedArray(data, [2, 3]);
    expect(x.data).toBe(data);
    expect(x.dtype).toBe('float64');
    data[5] = 60;
    expect(x.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 60],
    ]);
    expect(fromTypedArray(new Int32Array(2)).dtype).toBe('int32');
    expect(fromTypedArray(new Float32Array(2)).shape).toEqual([2]);
  });

  test('refuses a shape that the elements do not fill', () => {
    expect(() => fromTypedArray(new Float32Array(5), [2, 3])).toThrow(
      'fromTypedArray: 5 elements (float32) do not fill shape [2, 3], which needs 6.',
    );
  });
});

describe.each<DType>(['float32', 'float64', 'int32'])('constant tensors of %s', (dtype) => {
  test('full, zeros, ones, scalar, eye', () => {
    const options = { dtype };
    const made = [
      full([2, 2], 7, options),
      zeros([2], options),
      ones([1, 2], options),
      scalar(3, options),
      eye(2, 3, options),
    ];
    expect(made.map((x) => x.dtype)).toEqual(Array(5).fill(dtype));
    expect(made.map((x) => x.toArray())).toEqual([
      [
        [7, 7],
        [7, 7],
      ],
      [0, 0],
      [[1, 1]],
      3,
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ]);
  });
});

test('eye is square unless told, and may have no columns', () => {
  expect(eye(2).toArray()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(eye(3, 1).toArray()).toEqual([[1], [0], [0]]);
  expect(eye(2, 0).shape).toEqual([2, 0]);
});

test('later changes to the array that gave a shape do not reach the tensor', () => {
  const shape = [2, 3];
  const made = [full(shape, 1), zeros(shape), fromTypedArray(new Float32Array(6), shape)];
  const expanded = zeros([1, 3]).expand(shape);
  shape[0] = 9;
  for (const x of [...made, expanded]) expect(x.shape).toEqual([2, 3]);
});

test.each([
  ['zeros', () => zeros([2, -1])],
  ['ones', () => ones([2, -1])],
  ['full', () => full([2, -1], 5)],
  ['fromTypedArray', () => fromTypedArray(new Float32Array(2), [2, -1])],
])('%s names itself when it refuses a length', (name, create) => {
  expect(create).toThrow(ArgumentError);
  expect(create).toThrow(`${name}: shape [2, -1] has the length -1; lengths are whole numbers ≥ 0.`);
});

test.each([1.5, Number.NaN, Infinity])('a length of %d is refused', (length) => {
  expect(() => zeros([length])).toThrow(`has the length ${length}; lengths are whole numbers ≥ 0.`);
  expect(() => eye(length)).toThrow(ArgumentError);
});

describe('arange', () => {
  test.each([
    [[5], [0, 1, 2, 3, 4]],
    [
      [2, 5],
      [2, 3, 4],
    ],
    [
      [0, 1, 0.25],
      [0, 0.25, 0.5, 0.75],
    ],
    [
      [5, 0, -2],
      [5, 3, 1],
    ],
    [[3, 3], []],
    [[5, 2], []],
    [[-3], []],
  ])('arange(...%j) is %j', (args, expected) => {
    const [start, stop, step] = args as [number, number?, number?];
    expect(arange(start, stop, step).toArray()).toEqual(expected);
  });

  // (1.3 − 1)/0.1 and (1 − 1.3)/−0.1 round to a little more than 3.
  test.each([
    [1, 1.3, 0.1],
    [1.3, 1, -0.1],
  ])('stays inside [%d, %d) with step %d, though the quotient rounds up', (start, stop, step) => {
    const values = arange(start, stop, step, { dtype: 'float64' }).toArray() as number[];
    expect(values).toEqual([start, start + step, start + 2 * step]);
  });

  test('counts in the type asked for', () => {
    expect(arange(0, 3, 1, { dtype: 'int32' }).data).toEqual(new Int32Array([0, 1, 2]));
  });

  test.each([
    [0, 5, 0],
    [0, 5, Number.NaN],
    [0, Infinity, 1],
    [Number.NaN, 5, 1],
  ])('refuses %d, %d, %d', (start, stop, step) => {
    expect(() => arange(start, stop, step)).toThrow(
      `arange: start ${start}, stop ${stop} and step ${step} must be finite, and step not 0.`,
    );
  });
});

describe('linspace', () => {
  test('includes both ends, exactly', () => {
    expect(linspace(-1, 1, 5).toArray()).toEqual([-1, -0.5, 0, 0.5, 1]);
    // 0.1 plus 37 steps of 0.6/37 would be a little more than 0.7.
    const values = linspace(0.1, 0.7, 38, { dtype: 'float64' }).toArray() as number[];
    expect([values[0], values[37]]).toEqual([0.1, 0.7]);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(0.1 + (0.6 * i) / 37, 15);
    });
  });

  test('one number is the start, none is empty', () => {
    expect(linspace(3, 9, 1).toArray()).toEqual([3]);
    expect(linspace(3, 9, 0).toArray()).toEqual([]);
  });

  test('refuses a bad count and ends that are not finite', () => {
    expect(() => linspace(0, 1, 2.5)).toThrow('linspace: shape [2.5] has the length 2.5');
    expect(() => linspace(0, Infinity, 3)).toThrow(
      'linspace: start 0 and stop Infinity must be finite, and so must their distance.',
    );
    expect(() => linspace(-1e308, 1e308, 3)).toThrow(ArgumentError);
  });
});
