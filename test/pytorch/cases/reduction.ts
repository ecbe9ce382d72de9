import * as ops from '@reparam/autograd';
import { at, between, type Case, compare, except, given, normals } from '../case.ts';

const matrix = normals(3, 5);
const cube = normals(2, 3, 4);
const ties = given([
  [1, 3, 3],
  [2, -1, -1],
]);
const withZeros = given([
  [0, 1.3, -0.4, 0.7, 2.1],
  [0.2, 0, 1.1, 0, -0.6],
  [0.9, 1.4, -2, 0.3, 0.5],
]);
const sparse = given([
  [0, 0, 0],
  [0, -2, NaN],
  [1, 1e-300, 3],
]);
/** Numbers whose exponentials overflow or vanish, and one that is far below the others. */
const extreme = given([
  [1000, 999, 1001.5],
  [-1000, -1002, -999],
  [3, -Infinity, 4],
]);

const sums: readonly Case[] = [
  compare(ops.sum, 'torch.sum(x0)', (x) => ops.sum(x), cube),
  compare(ops.sum, 'torch.sum(x0, dim=(0, -1))', (x) => ops.sum(x, { axes: [0, -1] }), cube),
  compare(
    ops.sum,
    'torch.sum(x0, dim=1, keepdim=True)',
    (x) => ops.sum(x, { axes: 1, keepDims: true }),
    cube,
  ),
  compare(ops.sum, 'torch.sum(x0, dim=0)', (x) => ops.sum(x, { axes: 0 }), normals(0, 3)),
  compare(ops.mean, 'torch.mean(x0)', (x) => ops.mean(x), cube),
  compare(ops.mean, 'torch.mean(x0, dim=(1, 2))', (x) => ops.mean(x, { axes: [1, 2] }), cube),
  compare(
    ops.mean,
    'torch.mean(x0, dim=-1, keepdim=True)',
    (x) => ops.mean(x, { axes: -1, keepDims: true }),
    cube,
  ),
  compare(ops.prod, 'torch.prod(x0)', (x) => ops.prod(x), cube),
  compare(ops.prod, 'torch.prod(x0, dim=1)', (x) => ops.prod(x, { axes: 1 }), withZeros),
  compare(
    ops.prod,
    'torch.prod(x0, dim=0, keepdim=True)',
    (x) => ops.prod(x, { axes: 0, keepDims: true }),
    matrix,
  ),
];

const extrema: readonly Case[] = [
  compare(ops.max, 'torch.amax(x0)', (x) => ops.max(x), cube),
  compare(ops.max, 'torch.amax(x0, dim=(0, 2))', (x) => ops.max(x, { axes: [0, 2] }), cube),
  compare(
    ops.max,
    'torch.amax(x0, dim=1, keepdim=True)',
    (x) => ops.max(x, { axes: 1, keepDims: true }),
    ties,
  ),
  compare(ops.min, 'torch.amin(x0)', (x) => ops.min(x), cube),
  compare(ops.min, 'torch.amin(x0, dim=-2)', (x) => ops.min(x, { axes: -2 }), cube),
  compare(
    ops.min,
    'torch.amin(x0, dim=1, keepdim=True)',
    (x) => ops.min(x, { axes: 1, keepDims: true }),
    ties,
  ),
  compare(ops.argmax, 'torch.argmax(x0)', (x) => ops.argmax(x), cube),
  compare(ops.argmax, 'torch.argmax(x0, dim=1)', (x) => ops.argmax(x, { axis: 1 }), cube),
  compare(
    ops.argmax,
    'torch.argmax(x0, dim=-1, keepdim=True)',
    (x) => ops.argmax(x, { axis: -1, keepDims: true }),
    cube,
  ),
  compare(ops.argmin, 'torch.argmin(x0)', (x) => ops.argmin(x), cube),
  compare(
    ops.argmin,
    'torch.argmin(x0, dim=0, keepdim=True)',
    (x) => ops.argmin(x, { axis: 0, keepDims: true }),
    cube,
  ),
  compare(ops.median, 'torch.quantile(x0, 0.5)', (x) => ops.median(x), matrix),
  compare(ops.median, 'torch.quantile(x0, 0.5, dim=-1)', (x) => ops.median(x, { axes: -1 }), cube),
  compare(
    ops.median,
    'torch.quantile(x0, 0.5, dim=1, keepdim=True)',
    (x) => ops.median(x, { axes: 1, keepDims: true }),
    cube,
  ),
];

const moments: readonly Case[] = [
  compare(ops.variance, 'torch.var(x0, unbiased=False)', (x) => ops.variance(x), cube),
  compare(
    ops.variance,
    'torch.var(x0, dim=(0, 2), correction=1)',
    (x) => ops.variance(x, { axes: [0, 2], correction: 1 }),
    cube,
  ),
  compare(
    ops.variance,
    'torch.var(x0, dim=1, correction=0, keepdim=True)',
    (x) => ops.variance(x, { axes: 1, keepDims: true }),
    cube,
  ),
  compare(ops.standardDeviation, 'torch.std(x0, unbiased=False)', (x) => ops.standardDeviation(x), cube),
  compare(
    ops.standardDeviation,
    'torch.std(x0, dim=-1, correction=1)',
    (x) => ops.standardDeviation(x, { axes: -1, correction: 1 }),
    cube,
  ),
  compare(
    ops.standardDeviation,
    'torch.std(x0, dim=(0, 1), correction=0, keepdim=True)',
    (x) => ops.standardDeviation(x, { axes: [0, 1], keepDims: true }),
    cube,
  ),
  compare(ops.norm, 'torch.linalg.vector_norm(x0)', (x) => ops.norm(x), cube),
  compare(ops.norm, 'torch.linalg.vector_norm(x0, dim=(0, -1))', (x) => ops.norm(x, { axes: [0, -1] }), cube),
  compare(
    ops.norm,
    'torch.linalg.vector_norm(x0, ord=1, dim=1, keepdim=True)',
    (x) => ops.norm(x, { p: 1, axes: 1, keepDims: true }),
    cube,
  ),
  compare(
    ops.norm,
    "torch.linalg.vector_norm(x0, ord=float('inf'), dim=1)",
    (x) => ops.norm(x, { p: Infinity, axes: 1 }),
    cube,
  ),
  compare(
    ops.norm,
    'torch.linalg.vector_norm(x0, ord=3.5, dim=2)',
    (x) => ops.norm(x, { p: 3.5, axes: 2 }),
    cube,
  ),
  except(
    'the length has no second derivative at 0.',
    { 'second order': Infinity },
    compare(ops.norm, 'torch.linalg.vector_norm(x0)', (x) => ops.norm(x), at(0, 0, 0)),
  ),
];

const softened: readonly Case[] = [
  compare(ops.logsumexp, 'torch.logsumexp(x0, dim=(0, 1, 2))', (x) => ops.logsumexp(x), cube),
  compare(
    ops.logsumexp,
    'torch.logsumexp(x0, dim=(0, 2), keepdim=True)',
    (x) => ops.logsumexp(x, { axes: [0, 2], keepDims: true }),
    cube,
  ),
  compare(ops.logsumexp, 'torch.logsumexp(x0, dim=1)', (x) => ops.logsumexp(x, { axes: 1 }), extreme),
  compare(ops.softmax, 'torch.softmax(x0, dim=-1)', (x) => ops.softmax(x), cube),
  compare(ops.softmax, 'torch.softmax(x0, dim=1)', (x) => ops.softmax(x, 1), cube),
  compare(ops.softmax, 'torch.softmax(x0, dim=-1)', (x) => ops.softmax(x), extreme),
  compare(ops.logSoftmax, 'torch.log_softmax(x0, dim=-1)', (x) => ops.logSoftmax(x), cube),
  compare(ops.logSoftmax, 'torch.log_softmax(x0, dim=0)', (x) => ops.logSoftmax(x, 0), cube),
  compare(ops.logSoftmax, 'torch.log_softmax(x0, dim=1)', (x) => ops.logSoftmax(x), extreme),
];

const counts: readonly Case[] = [
  compare(ops.any, 'torch.any(x0)', (x) => ops.any(x), sparse),
  compare(
    ops.any,
    'torch.any(x0, dim=1, keepdim=True)',
    (x) => ops.any(x, { axes: 1, keepDims: true }),
    sparse,
  ),
  compare(ops.all, 'torch.all(x0)', (x) => ops.all(x), sparse),
  compare(ops.all, 'torch.all(x0, dim=1)', (x) => ops.all(x, { axes: 1 }), sparse),
  compare(ops.countNonzero, 'torch.count_nonzero(x0)', (x) => ops.countNonzero(x), sparse),
  compare(
    ops.countNonzero,
    'torch.count_nonzero(x0, dim=0)',
    (x) => ops.countNonzero(x, { axes: 0 }),
    sparse,
  ),
];

const cumulative: readonly Case[] = [
  compare(ops.cumsum, 'torch.cumsum(x0, dim=-1)', (x) => ops.cumsum(x), normals(3, 9)),
  compare(
    ops.cumsum,
    'torch.cumsum(x0.flip(1), dim=1).flip(1)',
    (x) => ops.cumsum(x, { axis: 1, reverse: true }),
    cube,
  ),
  compare(
    ops.cumsum,
    'torch.cumsum(x0, dim=0) - x0',
    (x) => ops.cumsum(x, { axis: 0, exclusive: true }),
    matrix,
  ),
  compare(ops.cumprod, 'torch.cumprod(x0, dim=-1)', (x) => ops.cumprod(x), normals(3, 9)),
  compare(ops.cumprod, 'torch.cumprod(x0, dim=1)', (x) => ops.cumprod(x, { axis: 1 }), withZeros),
  compare(
    ops.cumprod,
    'torch.cumprod(x0.flip(0), dim=0).flip(0)',
    (x) => ops.cumprod(x, { axis: 0, reverse: true }),
    withZeros,
  ),
  compare(
    ops.cumprod,
    'torch.cumprod(F.pad(x0, (1, 0), value=1), dim=1)[:, :-1]',
    (x) => ops.cumprod(x, { exclusive: true }),
    matrix,
  ),
  compare(
    ops.logcumsumexp,
    'torch.logcumsumexp(x0, dim=-1)',
    (x) => ops.logcumsumexp(x),
    between(-5, 5, 3, 9),
  ),
  compare(
    ops.logcumsumexp,
    'torch.logcumsumexp(x0.flip(1), dim=1).flip(1)',
    (x) => ops.logcumsumexp(x, { axis: 1, reverse: true }),
    cube,
  ),
];

export const reduction = [sums, extrema, moments, softened, counts, cumulative].flat();
