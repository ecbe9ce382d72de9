import {
  concat as concatTensors,
  type DType,
  liftToStack,
  normalizeAxis,
  pad as padTensor,
  place,
  resolveSlice,
  type Shape,
  type SliceRange,
} from '@reparam/tensor';
import { documented, identify, type OperationRecord, type Rules, type Sample } from '../operation.ts';
import { apply } from '../tape.ts';
import { sumTo } from '../unbroadcast.ts';
import { type Operand, toVariable, toVariables, type Variable } from '../variable.ts';
import { linearRules } from './linear.ts';
import { cube, matrix, sample, vector } from './samples.ts';

function movement<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
): OperationRecord {
  return { ...identify(source), kind: 'movement', formula, domain: 'all reals', kinks: [], samples };
}

const castRules: Rules<DType> = linearRules({
  name: 'cast',
  forward: ([x], dtype) => x!.cast(dtype),
  adjoint: (cotangent, { inputs: [x] }) => cast(cotangent, x!.dtype),
});

/** The elements as another type. Whole numbers carry no gradient, so casting to int32 ends the tape. */
export const cast = documented(
  (x: Operand, dtype: DType): Variable => apply(castRules, [x], dtype),
  (f) => movement(castRules, 'y = x in another type', [sample((x) => f(x!, 'float64'), matrix)]),
);

const reshapeRules: Rules<Shape> = linearRules({
  name: 'reshape',
  forward: ([x], shape) => x!.reshape(shape),
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
  adjoint: (cotangent, { inputs: [x] }) => sumTo(cotangent, x!.shape),
});

/** Repeats axes of length 1, and adds leading axes, to fill a shape. */
export const expand = documented(
  (x: Operand, shape: Shape): Variable => apply(expandRules, [x], shape),
  (f) =>
    movement(expandRules, 'y[i, j] = x[0, j]', [
      sample((x) => f(x!, [4, 3]), vector),
      sample((x) => f(x!, [2, 2, 3]), [vector]),
    ]),
);

/** Positions of the window's elements in a larger tensor of zeros: the adjoint of slicing. */
interface Window {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}

const embedRules: Rules<Window & { readonly into: Shape }> = linearRules({
  name: 'embed',
  forward: ([x], { start, step, into }) => place([{ source: x!, start, step }], into, { dtype: x!.dtype }),
  adjoint: (cotangent, { parameters }) => sliceWindow(cotangent, parameters),
});

const sliceRules: Rules<Window> = linearRules({
  name: 'slice',
  forward: ([x], { start, step, shape }) => x!.slice(toRanges(start, step, shape)),
  adjoint: (cotangent, { inputs: [x], parameters }) =>
    apply(embedRules, [cotangent], { ...parameters, into: x!.shape }),
});

function toRanges(start: readonly number[], step: readonly number[], shape: Shape): SliceRange[] {
  return shape.map((length, axis) => {
    const stride = step[axis]!;
    if (length === 0) return [0, 0];
    const stop = start[axis]! + (length - 1) * stride + Math.sign(stride);
    return [start[axis]!, stop < 0 ? null : stop, stride];
  });
}

function sliceWindow(x: Variable, { start, step, shape }: Window): Variable {
  return apply(sliceRules, [x], { start, step, shape });
}

/** One range an axis, as for tensors: `slice(x, [0, [2, 5], null, [null, null, -1]])`. */
export const slice = documented(
  (x: Operand, ranges: readonly SliceRange[]): Variable => {
    const operand = toVariable(x);
    const { dropped, ...window } = resolveSlice(operand.shape, ranges);
    const sliced = sliceWindow(operand, window);
    if (dropped.length === 0) return sliced;
    return reshape(
      sliced,
      window.shape.filter((_, axis) => !dropped.includes(axis)),
    );
  },
  (f) =>
    movement(sliceRules, 'y[i] = x[start + i·step]', [
      sample((x) => f(x!, [null, [0, 2]]), matrix),
      sample((x) => f(x!, [1, [null, null, -2], [1, 2]]), cube),
    ]),
);

interface Padding {
  readonly widths: readonly (readonly [number, number])[];
  readonly value: number;
}

// Affine rather than linear: the tangent is padded with zeros.
const padRules: Rules<Padding> = {
  name: 'pad',
  forward: ([x], { widths, value }) => padTensor(x!, widths, value),
  vjp: (_, cotangent, { inputs: [x], parameters: { widths } }) =>
    slice(
      cotangent,
      x!.shape.map((length, axis) => [widths[axis]![0], widths[axis]![0] + length]),
    ),
  jvp: ([tangent], { parameters: { widths } }) => tangent && pad(tangent, widths),
};

/** Surrounds x with `value`: widths[k] = [before, after] on axis k. */
export const pad = documented(
  (x: Operand, widths: readonly (readonly [number, number])[], value = 0): Variable =>
    apply(padRules, [x], { widths, value }),
  (f) =>
    movement(padRules, 'y = x inside, value around it', [
      sample(
        (x) =>
          f(
            x!,
            [
              [1, 0],
              [0, 2],
            ],
            3,
          ),
        matrix,
      ),
    ]),
);

const concatRules: Rules<number> = {
  name: 'concat',
  forward: concatTensors,
  vjp: (index, cotangent, { inputs, parameters }) => {
    const axis = normalizeAxis('concat', parameters, cotangent.shape);
    const start = inputs.slice(0, index).reduce((sum, x) => sum + x.shape[axis]!, 0);
    const stop = start + inputs[index]!.shape[axis]!;
    return slice(
      cotangent,
      cotangent.shape.map((_, k) => (k === axis ? [start, stop] : null)),
    );
  },
  jvp: (tangents, { inputs, parameters: axis }) =>
    concat(
      tangents.map((tangent, i) => tangent ?? expand(toVariable(0, inputs[i]!.dtype), inputs[i]!.shape)),
      axis,
    ),
};

/** Joins along an axis that all have. */
export const concat = documented(
  (operands: readonly Operand[], axis = 0): Variable => apply(concatRules, operands, axis),
  (f) =>
    movement(concatRules, 'y = [x₀, x₁, …]', [
      sample((a, b, c) => f([a!, b!, c!], 1), matrix, [[0.2], [-0.6]], matrix),
      sample((a) => f([a!, a!]), vector),
    ]),
);

/** Joins variables of one shape along a new axis. */
export const stack = documented(
  (operands: readonly Operand[], axis = 0): Variable => {
    const variables = toVariables(operands);
    const { lifted, axis: position } = liftToStack(
      variables.map((x) => x.shape),
      axis,
    );
    return concat(
      variables.map((x) => reshape(x, lifted)),
      position,
    );
  },
  (f) => movement('stack', 'y[i] = xᵢ', [sample((a, b) => f([a!, b!], -1), matrix, matrix)]),
);
