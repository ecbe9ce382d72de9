import { place, resolveSlice, type Shape, type SliceRange } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { linearRules } from '../linear.ts';
import { cube, matrix, sample } from '../samples.ts';
import { movement } from './record.ts';
import { reshape } from './shape.ts';

/** Positions of the window's elements in a larger tensor of zeros: the adjoint of slicing. */
interface Window {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}

function ofWholeBatch({ start, step, shape }: Window, length: number): Window {
  return { start: [0, ...start], step: [1, ...step], shape: [length, ...shape] };
}

const embedRules: Rules<Window & { readonly into: Shape }> = linearRules({
  name: 'embed',
  forward: ([x], { start, step, into }) => place([{ source: x!, start, step }], into, { dtype: x!.dtype }),
  batch: ([x], { into, ...window }, length) =>
    apply(embedRules, [x!.variable], { ...ofWholeBatch(window, length), into: [length, ...into] }),
  adjoint: (cotangent, { parameters }) => sliceWindow(cotangent, parameters),
});

const sliceRules: Rules<Window> = linearRules({
  name: 'slice',
  forward: ([x], { start, step, shape }) => x!.slice(toRanges(start, step, shape)),
  batch: ([x], window, length) => sliceWindow(x!.variable, ofWholeBatch(window, length)),
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
