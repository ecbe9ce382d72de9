import { formatShape, ShapeError } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariables, type Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { reshape } from '../movement.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { linearAlgebra } from './record.ts';

function toPair(operation: string, a: Operand, b: Operand, axes: 1 | 2): [Variable, Variable] {
  const pair = toVariables([a, b]) as [Variable, Variable];
  const short = pair.findIndex(({ rank }) => rank < axes);
  if (short >= 0) {
    const [left, right] = pair;
    throw new ShapeError(
      operation,
      `${'ab'[short]} is ${formatShape(pair[short]!.shape)}, but needs at least ${axes === 1 ? 'one axis' : 'two axes'}. ` +
        `The operands are a ${formatShape(left.shape)} and b ${formatShape(right.shape)}.`,
      { a: left.shape, b: right.shape },
    );
  }
  return pair;
}

/**
 * The products aᵢbⱼ of all entries of two vectors: [..., m] and [..., n] give [..., m, n]; the axes before the last
 * broadcast. @throws ShapeError for a scalar.
 */
export const outer = documented(
  (a: Operand, b: Operand): Variable => {
    const [left, right] = toPair('outer', a, b, 1);
    const row = [...right.shape.slice(0, -1), 1, right.shape.at(-1)!];
    return mul(reshape(left, [...left.shape, 1]), reshape(right, row));
  },
  (f) =>
    linearAlgebra('outer', {
      formula: 'yᵢⱼ = aᵢ bⱼ',
      samples: [
        sample((a, b) => f(a!, b!), vector, [0.4, -1.3]),
        sample((a, b) => f(a!, b!), matrix, vector),
      ],
    }),
);

/**
 * The Kronecker product, each entry of a times all of b: [..., m, n] and [..., p, q] give [..., m·p, n·q]; the axes
 * before the last two broadcast. @throws ShapeError for fewer than two axes.
 */
export const kron = documented(
  (a: Operand, b: Operand): Variable => {
    const [left, right] = toPair('kron', a, b, 2);
    const [m, n] = left.shape.slice(-2) as [number, number];
    const [p, q] = right.shape.slice(-2) as [number, number];
    const blocks = mul(
      reshape(left, [...left.shape.slice(0, -2), m, 1, n, 1]),
      reshape(right, [...right.shape.slice(0, -2), 1, p, 1, q]),
    );
    return reshape(blocks, [...blocks.shape.slice(0, -4), m * p, n * q]);
  },
  (f) =>
    linearAlgebra('kron', {
      formula: 'y₍ᵢₚ₎₍ⱼᵩ₎ = aᵢⱼ bₚᵩ',
      samples: [
        sample((a, b) => f(a!, b!), matrix, [[0.5, -1.4]]),
        sample((a, b) => f(a!, b!), cube, matrix),
      ],
    }),
);
