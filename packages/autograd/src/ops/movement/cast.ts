import type { DType } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Operand, Variable } from '../../variable.ts';
import { linearRules } from '../linear.ts';
import { matrix, sample } from '../samples.ts';
import { movement } from './record.ts';

const castRules: Rules<DType> = linearRules({
  name: 'cast',
  forward: ([x], dtype) => x!.cast(dtype),
  batch: ([x], dtype) => cast(x!.variable, dtype),
  adjoint: (cotangent, { inputs: [x] }) => cast(cotangent, x!.dtype),
});

/** The elements as another type. Whole numbers carry no gradient, so casting to int32 ends the tape. */
export const cast = documented(
  (x: Operand, dtype: DType): Variable => apply(castRules, [x], dtype),
  (f) => movement(castRules, 'y = x in another type', [sample((x) => f(x!, 'float64'), matrix)]),
);
