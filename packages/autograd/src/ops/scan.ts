import type { Variable } from '../variable.ts';
import { concat, reshape, stack } from './movement.ts';
import { sliceAxis } from './slice-axis.ts';

/**
 * Entry i of the axis is x₀ ∘ x₁ ∘ … ∘ xᵢ for an associative operation. Neighbours are combined into half as many
 * entries, whose scan gives every second result; one more operation each gives the results between. That takes
 * 2·log₂ n passes over less than 3n entries in all (Blelloch 1990, "Prefix sums and their applications").
 */
export function scan(
  x: Variable,
  axis: number,
  combine: (earlier: Variable, later: Variable) => Variable,
): Variable {
  const length = x.shape[axis]!;
  if (length < 2) return x;
  const pairs = Math.floor(length / 2);
  const even = sliceAxis(x, axis, [null, null, 2]);
  const odd = sliceAxis(x, axis, [1, null, 2]);
  const atOdd = scan(combine(sliceAxis(even, axis, [0, pairs]), odd), axis, combine);
  const first = sliceAxis(even, axis, [0, 1]);
  if (length === 2) return concat([first, atOdd], axis);
  const before = sliceAxis(atOdd, axis, [0, even.shape[axis]! - 1]);
  const atEven = concat([first, combine(before, sliceAxis(even, axis, [1, null]))], axis);
  return interleave(atEven, atOdd, axis);
}

/** even₀, odd₀, even₁, odd₁, …; there may be one more of the even ones. */
function interleave(even: Variable, odd: Variable, axis: number): Variable {
  const pairs = odd.shape[axis]!;
  const woven = reshape(
    stack([sliceAxis(even, axis, [0, pairs]), odd], axis + 1),
    odd.shape.with(axis, 2 * pairs),
  );
  return pairs === even.shape[axis] ? woven : concat([woven, sliceAxis(even, axis, [pairs, null])], axis);
}
