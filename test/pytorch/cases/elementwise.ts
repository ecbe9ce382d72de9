import * as ops from '@reparam/autograd';
import { at, between, type Case, compare, except, normals } from '../case.ts';

const signs = at(-3.2, -1, -0.4, 0.3, 1, 2.6);
/** Far out on both sides, where naive formulas overflow or lose all digits. */
const tails = at(-800, -60, -1e-9, 0, 1e-9, 60, 800);
/** The same but for 0. */
const tailsBesideZero = at(-800, -60, -1e-9, 1e-9, 60, 800);
const values = normals(3, 4);

const arithmetic: readonly Case[] = [
  compare(ops.add, 'x0 + x1', ops.add, normals(2, 3), normals(3)),
  compare(ops.sub, 'x0 - x1', ops.sub, normals(2, 1, 3), normals(4, 1)),
  compare(ops.mul, 'x0 * x1', ops.mul, normals(2, 3), normals(2, 1)),
  compare(ops.mul, 'x0 * x0', (x) => ops.mul(x, x), values),
  compare(ops.div, 'x0 / x1', ops.div, normals(3), between(0.5, 3, 2, 3)),
  compare(ops.div, 'x0 / x1', ops.div, at(3, -2, 0), at(-1e150, 0.02, 7)),
  compare(ops.neg, '-x0', ops.neg, values),
  compare(ops.reciprocal, 'torch.reciprocal(x0)', ops.reciprocal, at(-3, -0.1, 0.2, 1e9)),
  compare(ops.square, 'torch.square(x0)', ops.square, values),
  compare(ops.pow, 'torch.pow(x0, x1)', ops.pow, between(0.1, 3, 2, 3), normals(3)),
  compare(ops.pow, 'x0 ** 3', (x) => ops.pow(x, 3), signs),
  compare(ops.pow, 'x0 ** -2', (x) => ops.pow(x, -2), signs),
  compare(ops.pow, '2 ** x0', (x) => ops.pow(2, x), signs),
  compare(ops.hypot, 'torch.hypot(x0, x1)', ops.hypot, normals(3, 1), normals(4)),
  compare(ops.lerp, 'torch.lerp(x0, x1, x2)', ops.lerp, normals(2, 3), normals(3), normals(2, 1)),
];

const exponential: readonly Case[] = [
  compare(ops.exp, 'torch.exp(x0)', ops.exp, at(-800, -2, 0, 1e-9, 3, 20)),
  compare(ops.expm1, 'torch.expm1(x0)', ops.expm1, at(-800, -2, 0, 3)),
  compare(ops.expm1, 'torch.expm1(x0) * 1e9', (x) => ops.mul(ops.expm1(x), 1e9), at(-1e-9, 3e-10)),
  compare(ops.log, 'torch.log(x0)', ops.log, at(1e-3, 0.5, 1, 7, 1e100)),
  compare(ops.log1p, 'torch.log1p(x0)', ops.log1p, at(-0.9, -0.1, 0, 5, 1e20)),
  compare(ops.log1p, 'torch.log1p(x0) * 1e9', (x) => ops.mul(ops.log1p(x), 1e9), at(-1e-9, 3e-10)),
  compare(ops.sqrt, 'torch.sqrt(x0)', ops.sqrt, at(0.03, 1, 7, 1e100)),
  compare(ops.xlogy, 'torch.xlogy(x0, x1)', ops.xlogy, normals(2, 3), between(0.1, 4, 3)),
  compare(ops.xlogy, 'torch.xlogy(x0, x1)', ops.xlogy, at(0, 0), at(0.4, 3)),
  compare(ops.logaddexp, 'torch.logaddexp(x0, x1)', ops.logaddexp, normals(2, 3), normals(3)),
  except(
    'its second derivative overflows to NaN where the arguments are far apart.',
    { 'second order': Infinity },
    compare(ops.logaddexp, 'torch.logaddexp(x0, x1)', ops.logaddexp, at(900, -900, 3), at(901, 5, -900)),
  ),
  compare(ops.logaddexp, 'torch.logaddexp(x0, x1)', ops.logaddexp, at(900, -900, 2), at(901, -905, 2)),
];

const trigonometric: readonly Case[] = [
  compare(ops.sin, 'torch.sin(x0)', ops.sin, tails),
  compare(ops.cos, 'torch.cos(x0)', ops.cos, tails),
  compare(ops.tan, 'torch.tan(x0)', ops.tan, signs),
  compare(ops.asin, 'torch.asin(x0)', ops.asin, at(-0.95, -0.2, 0, 0.6)),
  compare(ops.acos, 'torch.acos(x0)', ops.acos, at(-0.95, -0.2, 0, 0.6)),
  compare(ops.atan, 'torch.atan(x0)', ops.atan, tails),
  compare(ops.atan2, 'torch.atan2(x0, x1)', ops.atan2, normals(3, 1), normals(4)),
  compare(ops.atan2, 'torch.atan2(x0, x1)', ops.atan2, at(0, 0, 2, -3), at(2, -3, 0, 0)),
  compare(ops.sinh, 'torch.sinh(x0)', ops.sinh, signs),
  compare(ops.cosh, 'torch.cosh(x0)', ops.cosh, signs),
  compare(ops.tanh, 'torch.tanh(x0)', ops.tanh, tails),
  compare(ops.asinh, 'torch.asinh(x0)', ops.asinh, at(-1e5, -2, -1e-9, 0, 0.5, 1e5)),
  compare(ops.acosh, 'torch.acosh(x0)', ops.acosh, at(1.2, 2, 30, 1e5)),
  compare(ops.atanh, 'torch.atanh(x0)', ops.atanh, at(-0.95, -0.2, 0, 0.6)),
];

const activations: readonly Case[] = [
  compare(ops.sigmoid, 'torch.sigmoid(x0)', ops.sigmoid, tails),
  compare(ops.sigmoid, 'torch.sigmoid(x0)', ops.sigmoid, signs),
  // PyTorch replaces softplus(x) by x above a threshold.
  compare(ops.softplus, 'F.softplus(x0, threshold=50)', ops.softplus, tails),
  compare(ops.softplus, 'F.softplus(x0, threshold=50)', ops.softplus, signs),
  compare(ops.logSigmoid, 'F.logsigmoid(x0)', ops.logSigmoid, tails),
  compare(ops.logSigmoid, 'F.logsigmoid(x0)', ops.logSigmoid, signs),
  compare(ops.relu, 'F.relu(x0)', ops.relu, tails),
  compare(ops.leakyRelu, 'F.leaky_relu(x0)', (x) => ops.leakyRelu(x), tails),
  compare(ops.leakyRelu, 'torch.where(x0 > 0, x0, x1 * x0)', ops.leakyRelu, values, normals(4)),
  compare(ops.elu, 'F.elu(x0)', (x) => ops.elu(x), signs),
  // At 0 the second derivative does not exist.
  compare(ops.elu, 'F.elu(x0, alpha=0.7)', (x) => ops.elu(x, 0.7), tailsBesideZero),
  compare(ops.selu, 'F.selu(x0)', ops.selu, tailsBesideZero),
  compare(ops.silu, 'F.silu(x0)', ops.silu, tails),
  compare(ops.silu, 'F.silu(x0)', ops.silu, signs),
  compare(ops.gelu, 'F.gelu(x0)', ops.gelu, tails),
  compare(ops.gelu, 'F.gelu(x0)', ops.gelu, signs),
  compare(ops.mish, 'F.mish(x0)', ops.mish, at(-800, -60, 0, 60)),
  except(
    'its second derivative overflows to NaN.',
    { 'second order': Infinity },
    compare(ops.mish, 'F.mish(x0)', ops.mish, at(800)),
  ),
  compare(ops.mish, 'F.mish(x0)', ops.mish, signs),
  compare(ops.hardtanh, 'F.hardtanh(x0)', ops.hardtanh, signs),
];

const gammaArguments = at(0.02, 0.5, 1, 2, 3.7, 40, 1e6, -0.4, -2.3, -10.7);
const trigammaSeries =
  'its trigamma function is a series that stops early; its ζ(2, x), which is the same, is compared below.';
const trigamma = (x: ops.Variable): ops.Variable => ops.grad((y) => ops.sum(ops.digamma(y!)))(x)[0]!;

const special: readonly Case[] = [
  compare(ops.erf, 'torch.erf(x0)', ops.erf, tails),
  compare(ops.erf, 'torch.erf(x0)', ops.erf, signs),
  compare(ops.erfc, 'torch.erfc(x0)', ops.erfc, tails),
  compare(ops.erfc, 'torch.log(torch.erfc(x0))', (x) => ops.log(ops.erfc(x)), at(-2, 0.5, 3, 9)),
  except(
    trigammaSeries,
    { 'second order': 1e-9 },
    compare(ops.lgamma, 'torch.lgamma(x0)', ops.lgamma, gammaArguments),
  ),
  except(
    trigammaSeries,
    { reverse: 1e-9, forward: 1e-9, 'second order': 1e-9 },
    compare(ops.digamma, 'torch.digamma(x0)', ops.digamma, gammaArguments),
  ),
  compare(ops.digamma, 'torch.special.zeta(2, x0)', trigamma, at(0.02, 0.5, 1, 2, 3.7, 40, 1e6)),
];

const piecewise: readonly Case[] = [
  compare(ops.abs, 'torch.abs(x0)', ops.abs, tails),
  compare(ops.sign, 'torch.sign(x0)', ops.sign, tails),
  compare(ops.floor, 'torch.floor(x0)', ops.floor, at(-2.5, -2, -0.5, 0, 0.5, 1.5)),
  compare(ops.ceil, 'torch.ceil(x0)', ops.ceil, at(-2.5, -2, -0.5, 0, 0.5, 1.5)),
  compare(ops.round, 'torch.round(x0)', ops.round, at(-2.5, -1.5, -0.4, 0.5, 1.5, 2.5, 2.6)),
  compare(ops.maximum, 'torch.maximum(x0, x1)', ops.maximum, normals(2, 3), normals(3)),
  compare(ops.maximum, 'torch.maximum(x0, x1)', ops.maximum, at(2, 1, -4), at(2, 3, -4)),
  compare(ops.minimum, 'torch.minimum(x0, x1)', ops.minimum, normals(2, 3), normals(2, 1)),
  compare(ops.minimum, 'torch.minimum(x0, x1)', ops.minimum, at(2, 1, -4), at(2, 3, -4)),
  compare(ops.clamp, 'torch.clamp(x0, -1.1, 0.9)', (x) => ops.clamp(x, -1.1, 0.9), signs),
  compare(ops.clamp, 'torch.clamp(x0, x1, x2)', ops.clamp, values, between(-1, 0, 4), between(0, 1, 3, 1)),
  compare(
    ops.where,
    'torch.where(x0 > 0, x1, x2)',
    (c, a, b) => ops.where(ops.greater(c, 0), a, b),
    signs,
    normals(2, 6),
    normals(2, 1),
  ),
];

const left = at(1, 2, 3, NaN, Infinity, -Infinity, 0);
const right = at(2, 2, -3, NaN, Infinity, 0, -0);
const truths = at(0, 0, 2, -1, NaN, -0, 0);

const comparisons: readonly Case[] = [
  compare(ops.less, 'x0 < x1', ops.less, left, right),
  compare(ops.less, 'x0 < x1', ops.less, normals(2, 1), normals(3)),
  compare(ops.lessEqual, 'x0 <= x1', ops.lessEqual, left, right),
  compare(ops.greater, 'x0 > x1', ops.greater, left, right),
  compare(ops.greaterEqual, 'x0 >= x1', ops.greaterEqual, left, right),
  compare(ops.equal, 'x0 == x1', ops.equal, left, right),
  compare(ops.notEqual, 'x0 != x1', ops.notEqual, left, right),
  compare(ops.isFinite, 'torch.isfinite(x0)', ops.isFinite, left),
  compare(ops.isNaN, 'torch.isnan(x0)', ops.isNaN, left),
  compare(ops.logicalAnd, 'torch.logical_and(x0, x1)', ops.logicalAnd, truths, left),
  compare(ops.logicalOr, 'torch.logical_or(x0, x1)', ops.logicalOr, truths, right),
  compare(ops.logicalNot, 'torch.logical_not(x0)', ops.logicalNot, truths),
];

export const elementwise = [
  arithmetic,
  exponential,
  trigonometric,
  activations,
  special,
  piecewise,
  comparisons,
].flat();
