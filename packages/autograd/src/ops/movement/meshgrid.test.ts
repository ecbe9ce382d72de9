import { ArgumentError, ShapeError, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { meshgrid } from './meshgrid.ts';

const a = tensor([0, 1, 2]);
const b = tensor([10, 20]);

test('the coordinates of every point, the first vector along the first axis', () => {
  expect(meshgrid([a, b]).map((grid) => grid.toArray())).toEqual([
    [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
    [
      [10, 20],
      [10, 20],
      [10, 20],
    ],
  ]);
});

// NumPy's manual: meshgrid of nx = 3 and ny = 2 points gives grids of shape (2, 3).
test('in the order xy the first two axes change places', () => {
  expect(meshgrid([a, b], 'xy').map((grid) => grid.toArray())).toEqual([
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
    [
      [10, 10, 10],
      [20, 20, 20],
    ],
  ]);
});

test('of one vector, of three and of none', () => {
  expect(meshgrid([a], 'xy').map((grid) => grid.toArray())).toEqual([[0, 1, 2]]);
  const four = zeros([4]);
  expect(meshgrid([a, b, four]).map(({ shape }) => shape)).toEqual(Array(3).fill([3, 2, 4]));
  expect(meshgrid([a, b, four], 'xy').map(({ shape }) => shape)).toEqual(Array(3).fill([2, 3, 4]));
  expect(meshgrid([a, zeros([0])]).map(({ shape }) => shape)).toEqual(Array(2).fill([3, 0]));
  expect(meshgrid([])).toEqual([]);
});

test('refuses what is no vector, and other orders', () => {
  expect(() => meshgrid([a, zeros([2, 2])])).toThrow(
    'meshgrid: vectors[1] is [2, 2], not a vector. Flatten it first.',
  );
  expect(() => meshgrid([a, zeros([2, 2])])).toThrow(ShapeError);
  expect(() => meshgrid([a], 'yx' as 'xy')).toThrow(ArgumentError);
});
