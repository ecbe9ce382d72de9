import { type ReduceOptions, reduce, requireFloating } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { div } from '../elementwise.ts';
import { linearRules } from '../linear.ts';
import { expand } from '../movement.ts';
import {
  ofWholeBatch,
  type Reduced,
  reducedCount,
  reduction,
  reductionSamples,
  requireElements,
  resolve,
  restore,
} from './reduced.ts';

const sumRules: Rules<Reduced> = linearRules({
  name: 'sum',
  forward: ([x], options) => reduce('sum', x!, options),
  batch: ([x], reduced) => sum(x!.variable, ofWholeBatch(reduced)),
  adjoint: (cotangent, { inputs: [x], parameters }) => expand(restore(cotangent, x!, parameters), x!.shape),
});

/** Adds up the elements along `axes` (all of them unless told), in double precision. */
export const sum = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    return apply(sumRules, [operand], resolve('sum', operand, options));
  },
  (f) =>
    reduction(
      sumRules,
      'Σᵢ xᵢ',
      reductionSamples((x, options) => f(x, options)),
    ),
);

/** The average along `axes` (all of them unless told). @throws ShapeError for that of no elements, DTypeError. */
export const mean = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('mean', 'x', operand.dtype);
    const { axes } = resolve('mean', operand, options);
    requireElements('mean', 'mean', operand, axes);
    return div(sum(operand, options), reducedCount(operand, axes));
  },
  (f) =>
    reduction(
      'mean',
      'Σᵢ xᵢ / n',
      reductionSamples((x, options) => f(x, options)),
    ),
);
