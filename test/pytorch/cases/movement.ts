import * as ops from '@reparam/autograd';
import { type Case, compare, normals } from '../case.ts';

const vector = normals(4);
const matrix = normals(3, 5);
const cube = normals(2, 3, 4);

const shapes: readonly Case[] = [
  compare(ops.reshape, 'x0.reshape(4, -1)', (x) => ops.reshape(x, [4, -1]), cube),
  compare(ops.flatten, 'torch.flatten(x0)', (x) => ops.flatten(x), cube),
  compare(ops.flatten, 'torch.flatten(x0, 1, -1)', (x) => ops.flatten(x, 1), cube),
  compare(ops.flatten, 'torch.flatten(x0, 0, -2)', (x) => ops.flatten(x, 0, -2), cube),
  compare(ops.squeeze, 'torch.squeeze(x0)', (x) => ops.squeeze(x), normals(1, 3, 1, 2)),
  compare(ops.squeeze, 'torch.squeeze(x0, -2)', (x) => ops.squeeze(x, -2), normals(1, 3, 1, 2)),
  compare(ops.unsqueeze, 'torch.unsqueeze(x0, -1)', (x) => ops.unsqueeze(x, -1), matrix),
  compare(ops.unsqueeze, 'x0[None, :, None]', (x) => ops.unsqueeze(x, [0, 2]), matrix),
  compare(ops.expand, 'x0.expand(2, 3, 4)', (x) => ops.expand(x, [2, 3, 4]), normals(3, 1)),
  compare(ops.cast, 'x0.float().double()', (x) => ops.cast(ops.cast(x, 'float32'), 'float64'), matrix),
];

const order: readonly Case[] = [
  compare(ops.permute, 'x0.permute(2, 0, 1)', (x) => ops.permute(x, [2, 0, 1]), cube),
  compare(ops.permute, 'x0.permute(-1, 0, -2)', (x) => ops.permute(x, [-1, 0, -2]), cube),
  compare(ops.transpose, 'x0.mT', (x) => ops.transpose(x), cube),
  compare(ops.transpose, 'x0.transpose(0, -1)', (x) => ops.transpose(x, 0, -1), cube),
  compare(ops.flip, 'torch.flip(x0, (0, 1, 2))', (x) => ops.flip(x), cube),
  compare(ops.flip, 'torch.flip(x0, (-1,))', (x) => ops.flip(x, -1), cube),
  compare(ops.roll, 'torch.roll(x0, 4)', (x) => ops.roll(x, 4), matrix),
  compare(ops.roll, 'torch.roll(x0, (2, -1), (1, -1))', (x) => ops.roll(x, [2, -1], [1, -1]), cube),
  compare(ops.roll, 'torch.roll(x0, -7, 0)', (x) => ops.roll(x, -7, 0), matrix),
];

const parts: readonly Case[] = [
  compare(ops.slice, 'x0[:, 1:3]', (x) => ops.slice(x, [null, [1, 3]]), matrix),
  compare(ops.slice, 'x0[1, 0:3:2, -1]', (x) => ops.slice(x, [1, [0, 3, 2], -1]), cube),
  compare(
    ops.slice,
    'x0[:, :1].flip(0)',
    (x) =>
      ops.slice(x, [
        [null, null, -1],
        [0, 1],
      ]),
    matrix,
  ),
  compare(
    ops.pad,
    'F.pad(x0, (1, 2))',
    (x) =>
      ops.pad(x, [
        [0, 0],
        [1, 2],
      ]),
    matrix,
  ),
  compare(
    ops.pad,
    'F.pad(x0, (0, 1, 2, 0), value=-1.5)',
    (x) =>
      ops.pad(
        x,
        [
          [2, 0],
          [0, 1],
        ],
        -1.5,
      ),
    matrix,
  ),
  compare(ops.split, 'torch.split(x0, 2, dim=1)', (x) => ops.split(x, 2, 1), matrix),
  compare(ops.split, 'torch.split(x0, [1, 3], dim=-1)', (x) => ops.split(x, [1, 3], -1), cube),
  // PyTorch's chunk leaves fewer parts where the lengths do not go in evenly.
  compare(ops.chunk, 'torch.tensor_split(x0, 3, dim=1)', (x) => ops.chunk(x, 3, 1), matrix),
  compare(ops.chunk, 'torch.chunk(x0, 2, dim=-1)', (x) => ops.chunk(x, 2, -1), cube),
  compare(ops.unstack, 'torch.unbind(x0)', (x) => ops.unstack(x), cube),
  compare(ops.unstack, 'torch.unbind(x0, -1)', (x) => ops.unstack(x, -1), cube),
  compare(ops.tril, 'torch.tril(x0)', (x) => ops.tril(x), cube),
  compare(ops.tril, 'torch.tril(x0, 1)', (x) => ops.tril(x, 1), cube),
  compare(ops.triu, 'torch.triu(x0)', (x) => ops.triu(x), cube),
  compare(ops.triu, 'torch.triu(x0, -1)', (x) => ops.triu(x, -1), cube),
];

const joins: readonly Case[] = [
  compare(ops.concat, 'torch.cat([x0, x1])', (a, b) => ops.concat([a, b]), vector, normals(2)),
  compare(
    ops.concat,
    'torch.cat([x0, x1, x0], dim=-1)',
    (a, b) => ops.concat([a, b, a], -1),
    matrix,
    normals(3, 2),
  ),
  compare(ops.stack, 'torch.stack([x0, x1])', (a, b) => ops.stack([a, b]), matrix, matrix),
  compare(ops.stack, 'torch.stack([x0, x1], dim=-1)', (a, b) => ops.stack([a, b], -1), matrix, matrix),
  compare(ops.repeat, 'torch.repeat_interleave(x0, 2)', (x) => ops.repeat(x, 2), matrix),
  compare(
    ops.repeat,
    'torch.repeat_interleave(x0, torch.tensor([2, 0, 3]), dim=1)',
    (x) => ops.repeat(x, [2, 0, 3], 1),
    cube,
  ),
  compare(ops.tile, 'torch.tile(x0, (2,))', (x) => ops.tile(x, 2), matrix),
  compare(ops.tile, 'torch.tile(x0, (2, 1, 3))', (x) => ops.tile(x, [2, 1, 3]), matrix),
  compare(ops.tile, 'torch.tile(x0, (3, 2))', (x) => ops.tile(x, [3, 2]), cube),
  compare(
    ops.meshgrid,
    "torch.meshgrid(x0, x1, x2, indexing='ij')",
    (a, b, c) => ops.meshgrid([a, b, c]),
    vector,
    normals(2),
    normals(3),
  ),
  compare(
    ops.meshgrid,
    "torch.meshgrid(x0, x1, indexing='xy')",
    (a, b) => ops.meshgrid([a, b], 'xy'),
    vector,
    normals(2),
  ),
];

export const movement = [shapes, order, parts, joins].flat();
