import {
  constant,
  diagonalView,
  scalarFunctions as f,
  findPivot,
  input,
  map,
  reduce,
  type Shape,
  SingularMatrixError,
  type Tensor,
} from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Variable } from '../../variable.ts';

const magnitude = f.abs(input(0));
/** |rⱼⱼ| beside the largest entry of its column; 0 for a column of zeros. */
const share = f.select(f.equal(input(1), constant(0)), constant(0), f.divide(f.abs(input(0)), input(1)));

/**
 * Column j of A = Q·R is rⱼⱼ away from the span of the columns before it, and column j of R is as long as that of A.
 * Where the distance is lost in the rounding of the column, at n·ε of its largest entry, A has no inverse as far as its
 * type can tell.
 */
function requireFullRank(operation: string, shape: Shape, r: Tensor): void {
  if (r.size === 0) return;
  const largest = reduce('maximum', map(magnitude, [r]), { axes: -2 });
  const shares = map(share, [diagonalView(r), largest]);
  const epsilon = r.dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  const tolerance = shape.at(-1)! * epsilon;
  const bad = findPivot(shape, shares, (value) => value > tolerance);
  if (!bad) return;
  throw new SingularMatrixError(
    operation,
    'a',
    bad,
    `up to rounding (${tolerance.toExponential(1)} of its size in ${r.dtype}), column ${bad.index} is a combination of ` +
      `the columns before it (distance ${bad.value.toExponential(1)} of its size).`,
  );
}

interface Subject {
  readonly operation: string;
  /** The shape of the argument `a` that was factorised. */
  readonly shape: Shape;
}

/** The identity, which checks values but neither tangents nor cotangents. */
const fullRankRules: Rules<Subject> = {
  name: 'fullRank',
  forward: ([r], { operation, shape }) => {
    requireFullRank(operation, shape, r!);
    return r!;
  },
  vjp: (_, cotangent) => cotangent,
  jvp: ([tangent]) => tangent,
};

/**
 * The triangular factor of `a` as it is, once its columns are known to be independent.
 * @throws SingularMatrixError where one is, up to rounding, a combination of those before it.
 */
export function fullRank(r: Variable, subject: Subject): Variable {
  return apply(fullRankRules, [r], subject);
}
