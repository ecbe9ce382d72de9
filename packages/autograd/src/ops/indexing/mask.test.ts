import { DTypeError, ShapeError, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  broadcastableShapes,
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { log } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { maskedFill } from './mask.ts';

const x = tensor([
  [1, 2],
  [3, 4],
]);

test('by hand: booleans, numbers, tensors of any type, a value with axes', () => {
  const filled = [
    [-1, 2],
    [-1, 4],
  ];
  expect(maskedFill(x, [true, false], -1).toArray()).toEqual(filled);
  expect(maskedFill(x, [[1, 0]], -1).toArray()).toEqual(filled);
  expect(maskedFill(x, tensor([1, 0], { dtype: 'int32' }), -1).toArray()).toEqual(filled);
  expect(maskedFill(x.cast('int32'), tensor([0.5, 0]), -1).toArray()).toEqual(filled);
  expect(maskedFill(x, [[true], [false]], tensor([7, 8])).toArray()).toEqual([
    [7, 8],
    [3, 4],
  ]);
  expect(maskedFill(x, true, 0).toArray()).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('equals choosing entry by entry', () => {
  const cases = broadcastableShapes(2).chain(([a, b]) => {
    const rank = Math.max(a!.length, b!.length);
    const lengths = (shape: readonly number[]) => [
      ...new Array<number>(rank - shape.length).fill(1),
      ...shape,
    ];
    const shape = lengths(a!).map((length, axis) => (length === 1 ? lengths(b!)[axis]! : length));
    return fc.record({
      x: stridedView(shape),
      mask: stridedView(a!).map((view) =>
        tensor(elementsOf(view).map((value) => (value > 0 ? 1 : 0))).reshape(a!),
      ),
      value: stridedView(b!),
    });
  });
  fc.assert(
    fc.property(cases, ({ x, mask, value }) => {
      const expected = positionsOf(x.shape).map((position) =>
        elementAt(elementAt(mask, position) === 1 ? value : x, position),
      );
      expect(elementsOf(maskedFill(x, mask, value).value)).toEqual(expected);
    }),
  );
});

test('what is replaced gets a cotangent of 0, also where it is NaN', () => {
  const values = tensor([2, Number.NaN, -1]);
  const [dx, dvalue] = grad((v, value) => sum(maskedFill(v!, [false, true, true], value!)))(
    values,
    tensor(0.5),
  );
  expect(dx?.toArray()).toEqual([1, 0, 0]);
  expect(dvalue?.item()).toBe(2);
  const [inside] = grad((v) => sum(log(maskedFill(v!, [false, true, true], 1))))(values);
  expect(inside?.toArray()).toEqual([0.5, 0, 0]);
});

test('refuses what would enlarge x, and values of another type', () => {
  expect(() => maskedFill(zeros([2]), zeros([3, 2]), 0)).toThrow(
    'maskedFill: mask [3, 2] and value [] must broadcast to x [2], not enlarge it to [3, 2]. Expand x first.',
  );
  expect(() => maskedFill(zeros([2]), [true], zeros([1, 2]))).toThrow(ShapeError);
  expect(() => maskedFill(zeros([2]), zeros([3]), 0)).toThrow(
    'maskedFill: shapes do not broadcast: x is [2]',
  );
  expect(() => maskedFill(zeros([2]), [true], zeros([2], { dtype: 'float64' }))).toThrow(
    'maskedFill: element types differ: x is float32 but value is float64.',
  );
  expect(() => maskedFill(zeros([2]), [true], zeros([2], { dtype: 'int32' }))).toThrow(DTypeError);
});
