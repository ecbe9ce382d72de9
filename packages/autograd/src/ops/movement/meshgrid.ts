import { ArgumentError, formatShape, ShapeError } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariables, type Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { sample, vector } from '../samples.ts';
import { movement } from './record.ts';
import { expand, reshape } from './shape.ts';

/**
 * The coordinates of every point of a grid, a tensor for each of the coordinate vectors: with 'ij' vector k varies
 * along axis k, and the results are [n₀, n₁, …]; with 'xy' (NumPy's default) the first two axes change places.
 * @throws ShapeError for operands that are not vectors, ArgumentError on another order.
 */
export const meshgrid = documented(
  (vectors: readonly Operand[], order: 'ij' | 'xy' = 'ij'): Variable[] => {
    if (order !== 'ij' && order !== 'xy') {
      throw new ArgumentError('meshgrid', 'order', order, `the order is '${order}', not 'ij' or 'xy'.`);
    }
    const operands = toVariables(vectors);
    operands.forEach(({ shape }, i) => {
      if (shape.length === 1) return;
      throw new ShapeError(
        'meshgrid',
        `vectors[${i}] is ${formatShape(shape)}, not a vector. Flatten it first.`,
        {
          [`vectors[${i}]`]: shape,
        },
      );
    });
    // The axis that vector k varies along.
    const axes = operands.map((_, k) => (order === 'xy' && k < 2 && operands.length > 1 ? 1 - k : k));
    const shape = axes.map((k) => operands[k]!.size);
    return operands.map((x, k) =>
      expand(
        reshape(
          x,
          shape.map((_, axis) => (axis === axes[k] ? x.size : 1)),
        ),
        shape,
      ),
    );
  },
  (f) => {
    const product = (order: 'ij' | 'xy') => (a?: Variable, b?: Variable, c?: Variable) =>
      f([a!, b!, c!], order).reduce((so, each) => mul(so, each));
    return movement('meshgrid', 'y₀[i, j] = a[i], y₁[i, j] = b[j]', [
      sample(product('ij'), vector, [0.4, -1.1], [0.9, 1.7]),
      sample(product('xy'), vector, [0.4, -1.1], [0.9, 1.7]),
    ]);
  },
);
