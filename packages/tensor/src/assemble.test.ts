import { describe, expect, test } from 'vitest';
import { concat, pad, stack } from './assemble.ts';
import { arange, ones, tensor, zeros } from './create.ts';
import { ArgumentError, AxisError, DTypeError, ShapeError } from './errors.ts';
import { place } from './primitives.ts';

const a = tensor([
  [1, 2],
  [3, 4],
]);
const b = tensor([[5, 6]]);

describe('concat', () => {
  test('joins along an axis that all have', () => {
    expect(concat([a, b]).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(concat([a, b.transpose(), a], -1).toArray()).toEqual([
      [1, 2, 5, 1, 2],
      [3, 4, 6, 3, 4],
    ]);
    expect(concat([a]).toArray()).toEqual(a.toArray());
  });

  test('takes parts of length 0, and views', () => {
    expect(concat([zeros([0, 2]), b, zeros([0, 2])]).toArray()).toEqual([[5, 6]]);
    const reversed = a.transpose().slice([[null, null, -1]]);
    expect(concat([reversed, b.expand([2, 2])], 1).toArray()).toEqual([
      [2, 4, 5, 6],
      [1, 3, 5, 6],
    ]);
  });

  test('never shares data with its parts', () => {
    expect(concat([a]).data).not.toBe(a.data);
  });

  test('refuses other shapes, types and axes', () => {
    expect(() => concat([a, ones([1, 3])])).toThrow(
      'concat: tensors[1] is [1, 3] but tensors[0] is [2, 2]; all lengths except that of axis 0 must agree.',
    );
    expect(() => concat([a, ones([2])])).toThrow(ShapeError);
    expect(() => concat([a, a.cast('int32')])).toThrow(
      'concat: element types differ: tensors[0] is float32 but tensors[1] is int32. ' +
        "Convert one of them, for example tensors[1].cast('float32').",
    );
    expect(() => concat([a, a], 2)).toThrow(AxisError);
    expect(() => concat([])).toThrow('concat: needs at least one tensor.');
  });
});

describe('stack', () => {
  const rows = [tensor([1, 2]), tensor([3, 4]), tensor([5, 6])];

  test.each([
    [
      0,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [
      1,
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    ],
    [
      -1,
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    ],
    [
      -2,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
  ])('adds axis %d', (axis, expected) => {
    expect(stack(rows, axis).toArray()).toEqual(expected);
  });

  test('of scalars is a vector', () => {
    expect(stack([tensor(1), tensor(2)]).toArray()).toEqual([1, 2]);
  });

  test('refuses other shapes, types and axes', () => {
    expect(() => stack([a, b])).toThrow(
      'stack: tensors[1] is [1, 2] but tensors[0] is [2, 2]; all shapes must be equal. ' +
        'To join along an axis they have, use concat.',
    );
    expect(() => stack([a, a.cast('float64')])).toThrow(DTypeError);
    expect(() => stack(rows, 2)).toThrow(AxisError);
    expect(() => stack([])).toThrow('stack: needs at least one tensor.');
  });
});

describe('pad', () => {
  test('surrounds with a value, on each side its own width', () => {
    const widths = [
      [1, 0],
      [0, 2],
    ] as const;
    expect(pad(a, widths, 9).toArray()).toEqual([
      [9, 9, 9, 9],
      [1, 2, 9, 9],
      [3, 4, 9, 9],
    ]);
    expect(
      pad(a, [
        [0, 0],
        [0, 1],
      ]).toArray(),
    ).toEqual([
      [1, 2, 0],
      [3, 4, 0],
    ]);
    expect(pad(zeros([0]), [[1, 1]], 3).toArray()).toEqual([3, 3]);
  });

  test.each([
    [[[1, 1]]],
    [
      [
        [1, -1],
        [0, 0],
      ],
    ],
    [
      [
        [1, 0.5],
        [0, 0],
      ],
    ],
  ])('refuses the widths %j', (widths) => {
    const pairs = widths as [number, number][];
    expect(() => pad(a, pairs)).toThrow(
      `pad: widths ${JSON.stringify(widths)} must give [before, after], both ≥ 0, for each axis of [2, 2].`,
    );
  });
});

describe('place', () => {
  test('writes sources over the fill, later ones over earlier ones', () => {
    const placements = [
      { source: ones([2, 2]), start: [0, 0] },
      { source: a, start: [1, 1] },
    ];
    expect(place(placements, [3, 3], { dtype: 'float32', fill: -1 }).toArray()).toEqual([
      [1, 1, -1],
      [1, 1, 2],
      [-1, 3, 4],
    ]);
  });

  test('steps through the result, also backwards: the adjoint of a slice', () => {
    const source = arange(1, 4);
    expect(place([{ source, start: [5], step: [-2] }], [6], { dtype: 'float32' }).toArray()).toEqual([
      0, 3, 0, 2, 0, 1,
    ]);
    expect(place([{ source, start: [0], step: [2] }], [6], { dtype: 'int32' }).data).toEqual(
      new Int32Array([1, 0, 2, 0, 3, 0]),
    );
  });

  test('refuses windows that leave the result and sources with other axes', () => {
    expect(() => place([{ source: a, start: [0, 2] }], [3, 3], { dtype: 'float32' })).toThrow(
      'place: a source [2, 2] reaches position 3 on axis 1 of [3, 3].',
    );
    expect(() => place([{ source: a, start: [0, 0], step: [1, -1] }], [3, 3], { dtype: 'float32' })).toThrow(
      'reaches position -1 on axis 1',
    );
    expect(() => place([{ source: ones([2]), start: [0] }], [2, 2], { dtype: 'float32' })).toThrow(
      'place: a source is [2], but needs as many axes as the result [2, 2]. Reshape it first.',
    );
    expect(() => place([], [-1], { dtype: 'float32' })).toThrow(ArgumentError);
  });
});
