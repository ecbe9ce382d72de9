import { zeros } from './create.ts';
import { input } from './expression/expression.ts';
import { add, divide, equal, multiply } from './expression/functions.ts';
import { map, reduce } from './primitives.ts';
import type { Tensor } from './tensor.ts';
import { overlapAdd, type Windows, windowElements, windowView } from './windows.ts';

/*
 * The largest element of every window, and its derivative by x: with the ties t[p] = Σₖ [xₚₖ = y[p]] of window p, a
 * tangent goes to Σₖ [xₚₖ = y[p]] · ẋₚₖ / t[p], and a cotangent of y[p] to the tied elements in equal shares. All
 * go through the elements of the window one by one, so that nothing larger than x is made however windows overlap.
 */

/** y[p] = maxₖ xₚₖ over windows of the last axes: [...lead, ...lengths] → [...lead, ...count]. */
export function windowMaximum(x: Tensor, windows: Windows, operation: string): Tensor {
  const axis = x.rank - windows.size.length;
  const axes = windows.size.map((_, i) => axis + i);
  return reduce('maximum', windowView(x, windows, axis), { axes }, operation);
}

/** Σₖ [xₚₖ = largest[p]] · tangentₚₖ / t[p]. */
export function pickMaxima(tangent: Tensor, x: Tensor, largest: Tensor, windows: Windows): Tensor {
  const tangents = windowElements(tangent, windows);
  let picked = zeros(largest.shape, { dtype: x.dtype });
  windowElements(x, windows).forEach((element, k) => {
    picked = map(addWhereEqual, [picked, element, largest, tangents[k]!], 'pickMaxima');
  });
  return map(quotient, [picked, countTies(x, largest, windows)], 'pickMaxima');
}

/** The adjoint of {@link pickMaxima}: cotangent[p] / t[p] added at every element of window p that is the largest. */
export function spreadMaxima(cotangent: Tensor, x: Tensor, largest: Tensor, windows: Windows): Tensor {
  const share = map(quotient, [cotangent, countTies(x, largest, windows)], 'spreadMaxima');
  return overlapAdd(sharesOf(x, largest, share, windows), windows, x.shape, x.dtype);
}

/** [xₚₖ = largest[p]] · share[p] for one k after the other. */
function* sharesOf(x: Tensor, largest: Tensor, share: Tensor, windows: Windows): Generator<Tensor> {
  for (const element of windowElements(x, windows)) {
    yield map(whereEqual, [element, largest, share], 'spreadMaxima');
  }
}

/** t[p]: how many elements of window p are its largest. */
function countTies(x: Tensor, largest: Tensor, windows: Windows): Tensor {
  const none = zeros(largest.shape, { dtype: x.dtype });
  return windowElements(x, windows).reduce(
    (ties, element) => map(addEqual, [ties, element, largest], 'countTies'),
    none,
  );
}

const [a, b, c, d] = [input(0), input(1), input(2), input(3)];
const quotient = divide(a, b);
const addEqual = add(a, equal(b, c));
const whereEqual = multiply(equal(a, b), c);
const addWhereEqual = add(a, multiply(equal(b, c), d));
