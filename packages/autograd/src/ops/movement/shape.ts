import { normalizeAxis, type Shape } from '@reparam/tensor';
import { alignBatches, shiftAxis } from '../../batching.ts';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { sumTo } from '../../unbroadcast.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { linearRules } from '../linear.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { movement } from './record.ts';

const reshapeRules: Rules<Shape> = linearRules({
  name: 'reshape',
  forward: ([x], shape) => x!.reshape(shape),
  batch: ([x], shape, length) => reshape(x!.variable, [length, ...shape]),
  adjoint: (cotangent, { inputs: [x] }) => reshape(cotangent, x!.shape),
});

/** The same elements in row-major order under another shape; one length may be −1. */
export const reshape = documented(
  (x: Operand, shape: Shape): Variable => apply(reshapeRules, [x], shape),
  (f) => movement(reshapeRules, 'y = x, row-major', [sample((x) => f(x!, [3, -1]), matrix)]),
);

const permuteRules: Rules<readonly number[]> = linearRules({
  name: 'permute',
  forward: ([x], axes) => x!.permute(axes),
  batch: ([x], axes) => permute(x!.variable, [0, ...axes.map(shiftAxis)]),
  adjoint: (cotangent, { parameters: axes, output }) => {
    const order = axes.map((axis) => normalizeAxis('permute', axis, output.shape));
    return permute(
      cotangent,
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
});

/** Reorders the axes: axis i of the result is axis axes[i] of x. */
export const permute = documented(
  (x: Operand, axes: readonly number[]): Variable => apply(permuteRules, [x], axes),
  (f) => movement(permuteRules, 'y[i, j, k] = x[k, i, j], …', [sample((x) => f(x!, [2, 0, 1]), cube)]),
);

/** Swaps two axes, by default the last two. */
export const transpose = documented(
  (x: Operand, first = -2, second = -1): Variable => {
    const operand = toVariable(x);
    const axes = operand.shape.map((_, axis) => axis);
    const a = normalizeAxis('transpose', first, operand.shape);
    const b = normalizeAxis('transpose', second, operand.shape);
    axes[a] = b;
    axes[b] = a;
    return permute(operand, axes);
  },
  (f) =>
    movement('transpose', 'y[j, i] = x[i, j]', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, 0, 2), cube),
    ]),
);

const expandRules: Rules<Shape> = linearRules({
  name: 'expand',
  forward: ([x], shape) => x!.expand(shape),
  batch: ([x], shape, length) => expand(alignBatches([x!], shape.length)[0]!, [length, ...shape]),
  adjoint: (cotangent, { inputs: [x] }) => sumTo(cotangent, x!.shape),
});

/** Repeats axes of length 1, and adds leading axes, to fill a shape. */
export const expand = documented(
  (x: Operand, shape: Shape): Variable => apply(expandRules, [x], shape),
  (f) =>
    movement(expandRules, 'y[i, j] = x[0, j]', [
      sample((x) => f(x!, [4, 3]), vector),
      sample((x) => f(x!, [2, 2, 3]), [vector]),
      sample((x) => f(x!, [2, 3]), [[0.4], [-1.3]]),
    ]),
);
