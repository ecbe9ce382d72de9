import { pad as padTensor } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Operand, Variable } from '../../variable.ts';
import { matrix, sample } from '../samples.ts';
import { movement } from './record.ts';
import { slice } from './slice.ts';

interface Padding {
  readonly widths: readonly (readonly [number, number])[];
  readonly value: number;
}

// Affine rather than linear: the tangent is padded with zeros.
const padRules: Rules<Padding> = {
  name: 'pad',
  forward: ([x], { widths, value }) => padTensor(x!, widths, value),
  batch: ([x], { widths, value }) => pad(x!.variable, [[0, 0], ...widths], value),
  derivative: 'ȳ without the border',
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
