import * as ops from '@reparam/autograd';
import { type Case, compare, given, normals, positions } from '../case.ts';

const vector = normals(4);
const matrix = normals(3, 5);
const cube = normals(2, 3, 4);
const repeated = positions([2, 0, 2]);
const fromTheEnd = positions([-1, 0, -3, 2]);
const mask = [
  [true, false, true],
  [false, true, true],
];

const picks: readonly Case[] = [
  compare(ops.gather, 'x0[x1]', (x, i) => ops.gather(x, i), vector, repeated),
  compare(
    ops.gather,
    'x0[:, x1]',
    (x, i) => ops.gather(x, i, 1),
    cube,
    positions([
      [2, 0],
      [1, 2],
    ]),
  ),
  compare(
    ops.take,
    'torch.take(x0, x1)',
    (x, i) => ops.take(x, i),
    matrix,
    positions([
      [-1, 0],
      [7, 7],
    ]),
  ),
  compare(ops.take, 'x0[:, x1]', (x, i) => ops.take(x, i, -1), matrix, fromTheEnd),
  compare(ops.take, 'x0[:, -2]', (x) => ops.take(x, -2, 1), cube),
  compare(
    ops.takeAlongAxis,
    'torch.take_along_dim(x0, x1, dim=1)',
    (x, i) => ops.takeAlongAxis(x, i, 1),
    matrix,
    positions([
      [2, 0],
      [1, 1],
      [4, 0],
    ]),
  ),
  compare(
    ops.takeAlongAxis,
    'torch.take_along_dim(x0, x1, dim=-2)',
    (x, i) => ops.takeAlongAxis(x, i, -2),
    cube,
    positions([[[0], [2]]]),
  ),
  compare(ops.index, 'x0[-1, ::2]', (x) => ops.index(x, -1, [null, null, 2]), matrix),
  compare(ops.index, 'x0[:, x1]', (x, i) => ops.index(x, null, i), matrix, fromTheEnd),
  compare(
    ops.index,
    'x0[x1, x2]',
    (x, i, j) => ops.index(x, i, j),
    matrix,
    positions([[1], [0]]),
    fromTheEnd,
  ),
  compare(
    ops.index,
    'x0[x1, 1:, x2]',
    (x, i, j) => ops.index(x, i, [1, null], j),
    cube,
    positions([0, 1, 0]),
    repeated,
  ),
  compare(ops.index, 'x0[:, x1, 2]', (x, i) => ops.index(x, null, i, 2), cube, repeated),
  compare(ops.index, 'x0[torch.tensor([[1, 0, 1], [0, 1, 1]]) != 0]', (x) => ops.index(x, mask), cube),
  compare(ops.index, 'x0[x0 > 0]', (x) => ops.index(x, ops.greater(x, 0)), cube),
];

const scatters: readonly Case[] = [
  compare(
    ops.scatterAdd,
    'torch.index_add(x0, 0, x1, x2)',
    (x, i, u) => ops.scatterAdd(x, i, u),
    vector,
    repeated,
    normals(3),
  ),
  compare(
    ops.scatterAdd,
    'torch.index_add(x0, 1, x1, x2)',
    (x, i, u) => ops.scatterAdd(x, i, u, 1),
    cube,
    positions([1, 1]),
    normals(2, 2, 4),
  ),
  compare(
    ops.maskedFill,
    'x0.masked_fill(torch.tensor([[1, 0, 1], [0, 1, 1]]).unsqueeze(-1) != 0, -2)',
    (x) =>
      ops.maskedFill(
        x,
        mask.map((row) => row.map((each) => [each])),
        -2,
      ),
    cube,
  ),
  compare(
    ops.maskedFill,
    'torch.where(x0 > 0, x1, x0)',
    (x, value) => ops.maskedFill(x, ops.greater(x, 0), value),
    matrix,
    normals(5),
  ),
  compare(
    ops.oneHot,
    'F.one_hot(x0, 4)',
    (i) => ops.oneHot(i, 4),
    positions([
      [3, 0],
      [1, 1],
    ]),
  ),
];

const sorts: readonly Case[] = [
  compare(ops.sort, 'torch.sort(x0, dim=-1).values', (x) => ops.sort(x), cube),
  compare(
    ops.sort,
    'torch.sort(x0, dim=1, descending=True).values',
    (x) => ops.sort(x, { axis: 1, descending: true }),
    cube,
  ),
  compare(
    ops.sort,
    'torch.sort(x0, dim=1, stable=True).values',
    (x) => ops.sort(x),
    given([
      [2, 1, 2, 1],
      [NaN, 3, -Infinity, 3],
    ]),
  ),
  compare(ops.argsort, 'torch.sort(x0, dim=-1).indices', (x) => ops.argsort(x), cube),
  compare(
    ops.argsort,
    'torch.sort(x0, dim=0, descending=True).indices',
    (x) => ops.argsort(x, { axis: 0, descending: true }),
    cube,
  ),
  compare(
    ops.argsort,
    'torch.sort(x0, dim=1, stable=True).indices',
    (x) => ops.argsort(x),
    given([
      [2, 1, 2, 1],
      [NaN, 3, -Infinity, 3],
    ]),
  ),
  compare(ops.topK, 'torch.topk(x0, 3)', (x) => Object.values(ops.topK(x, 3)), matrix),
  compare(
    ops.topK,
    'torch.topk(x0, 2, dim=1, largest=False)',
    (x) => Object.values(ops.topK(x, 2, { axis: 1, largest: false })),
    cube,
  ),
];

export const indexing = [picks, scatters, sorts].flat();
