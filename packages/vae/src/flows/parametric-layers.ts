import { diagonal, diagonalMatrix, tanh, transpose, triu, Variable } from '@reparam/autograd';
import { concat, full, normal, type RandomKey, type Tensor, tensor, zeros } from '@reparam/tensor';
import { Householder } from './householder.ts';
import {
  axesInOrder,
  axesReversed,
  MatrixBasis,
  type OrthonormalBasis,
  orthonormalize,
  ReflectionBasis,
} from './orthonormal-basis.ts';
import type { ParametricLayer } from './parametric-flow.ts';
import { Planar } from './planar.ts';
import { Radial } from './radial.ts';
import { Sylvester } from './sylvester.ts';

type FloatingType = 'float32' | 'float64';
type LayerFactory = (dimensions: number, dtype: FloatingType) => ParametricLayer;

/** A random direction: [D], of length 1. */
function direction(key: RandomKey, dimensions: number, dtype: FloatingType): Tensor {
  const random = new Variable(normal(key, [dimensions], { dtype }));
  return random.div(random.norm()).value;
}

/** u, w and b. At u = ln(e − 1)·w and ‖w‖ = 1, softplus(wᵀu) = 1 and so û = 0: the identity. */
export const planarLayer: LayerFactory = (dimensions, dtype) => ({
  width: 2 * dimensions + 1,
  start: (key, index) => {
    const w = new Variable(direction(key.foldIn(index), dimensions, dtype));
    return concat([w.mul(Math.log(Math.expm1(1))).value, w.value, zeros([1], { dtype })]);
  },
  create: (numbers) => {
    const [u, w, b] = numbers.split([dimensions, dimensions, 1], -1);
    return new Planar({ u: u!, w: w!, b: b!.squeeze(-1) });
  },
});

/** z₀, α̂ and β̂, starting at β̂ = α̂, which is β = 0: the identity. */
export const radialLayer: LayerFactory = (dimensions, dtype) => ({
  width: dimensions + 2,
  start: (key, index) =>
    concat([
      normal(key.foldIn(index), [dimensions], { dtype }),
      full([2], Math.log(Math.expm1(1)), { dtype }),
    ]),
  create: (numbers) => {
    const [center, rawAlpha, rawBeta] = numbers.split([dimensions, 1, 1], -1);
    return new Radial({ center: center!, rawAlpha: rawAlpha!.squeeze(-1), rawBeta: rawBeta!.squeeze(-1) });
  },
});

/** v. Layers start in equal pairs, which are the identity; the last of an odd number is left a reflection. */
export const householderLayer: LayerFactory = (dimensions, dtype) => ({
  width: dimensions,
  start: (key, index) => direction(key.foldIn(Math.floor(index / 2)), dimensions, dtype),
  create: (numbers) => new Householder(numbers),
});

/** Keeps the diagonals of R and R̃ below 1 by more than rounding, and with that R_ii·R̃_ii above −1. */
const largestDiagonal = 0.999;

/** How Q is made of numbers, in one kind of Sylvester flow. */
interface BasisLayout {
  /** M */
  readonly columns: number;
  readonly width: number;
  start(key: RandomKey): Tensor;
  create(numbers: Variable, index: number): OrthonormalBasis;
}

/**
 * The numbers of Q; then [M, M] with R above, R̃ᵀ below and raw diagonal of R on the diagonal; the raw diagonal of R̃;
 * b. Diagonals are tanh of raw ones (van den Berg et al. 2018, §4.4). R = 0 at first: the identity.
 */
function sylvesterLayer(basis: BasisLayout, dtype: FloatingType): ParametricLayer {
  const { columns } = basis;
  const square = columns * columns;
  return {
    width: basis.width + square + 2 * columns,
    start: (key, index) =>
      concat([
        basis.start(key.foldIn(index)),
        zeros([square], { dtype }),
        full([columns], 1, { dtype }),
        zeros([columns], { dtype }),
      ]),
    create: (numbers, index) => {
      const [forBasis, flat, rawInner, offset] = numbers.split([basis.width, square, columns, columns], -1);
      const packed = flat!.reshape([...flat!.shape.slice(0, -1), columns, columns]);
      const triangle = (matrix: Variable, rawDiagonal: Variable): Variable =>
        triu(matrix, 1).add(diagonalMatrix(tanh(rawDiagonal).mul(largestDiagonal)));
      return new Sylvester({
        basis: basis.create(forBasis!, index),
        outer: triangle(packed, diagonal(packed)),
        inner: triangle(transpose(packed), rawInner!),
        offset: offset!,
      });
    },
  };
}

/** More directions than these would make a head on a context very wide. */
const mostColumns = 16;
const mostReflections = 8;

/** Q is the orthonormal matrix near [D, M] free numbers, M = min(D, 16). They start as one, which is found sooner. */
export const orthogonalSylvesterLayer: LayerFactory = (dimensions, dtype) => {
  const columns = Math.min(dimensions, mostColumns);
  const basis: BasisLayout = {
    columns,
    width: dimensions * columns,
    start: (key) =>
      orthonormalize(new Variable(normal(key, [dimensions, columns], { dtype }))).value.reshape([-1]),
    create: (numbers) =>
      new MatrixBasis(orthonormalize(numbers.reshape([...numbers.shape.slice(0, -1), dimensions, columns]))),
  };
  return sylvesterLayer(basis, dtype);
};

/** Q is a product of min(D, 8) reflections. */
export const householderSylvesterLayer: LayerFactory = (dimensions, dtype) => {
  const reflections = Math.min(dimensions, mostReflections);
  const basis: BasisLayout = {
    columns: dimensions,
    width: reflections * dimensions,
    start: (key) =>
      concat(Array.from({ length: reflections }, (_, k) => direction(key.foldIn(k), dimensions, dtype))),
    create: (numbers) =>
      new ReflectionBasis(
        numbers.reshape([...numbers.shape.slice(0, -1), reflections, dimensions]).unstack(-2),
      ),
  };
  return sylvesterLayer(basis, dtype);
};

/** Q is the order of the axes, turned round in every other layer. */
export const triangularSylvesterLayer: LayerFactory = (dimensions, dtype) => {
  const basis: BasisLayout = {
    columns: dimensions,
    width: 0,
    start: () => tensor([], { dtype }),
    create: (_, index) => (index % 2 === 0 ? axesInOrder : axesReversed),
  };
  return sylvesterLayer(basis, dtype);
};
