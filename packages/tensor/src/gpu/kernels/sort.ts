import type { Layout } from '../../layout.ts';
import { sizeOf } from '../../shape.ts';
import { type Kernel, kernelFunction } from '../kernel.ts';
import { coordinateTexts, sumText } from '../source/positions.ts';

/**
 * How many elements of its row come before each element: smaller ones, equal ones to the left, and numbers before
 * NaN. Every thread looks at the whole row, so the work grows with the square of its length.
 */
export function rankKernel(source: Layout): Kernel {
  const { shape, strides, offset } = source;
  const count = shape.at(-1)!;
  const coordinates = coordinateTexts(shape, 'this.thread.x');
  const at = (last: string): string =>
    `operand0[${sumText(
      offset,
      [...coordinates.slice(0, -1), last].map((text, axis) => ({ text, factor: strides[axis]! })),
    )}]`;
  const own = coordinates.at(-1)!;
  const body = `const x = ${at(own)};
const isNumber = 1 - isNotANumber(x);
let rank = 0;
for (let j = 0; j < ${count}; j++) {
  const y = ${at('j')};
  if (isNumber > 0.5) {
    if (y < x) { rank = rank + 1; }
    if (y == x && j < ${own}) { rank = rank + 1; }
  } else {
    if (isNotANumber(y) < 0.5) { rank = rank + 1; }
    else { if (j < ${own}) { rank = rank + 1; } }
  }
}
return rank;`;
  return { name: 'sort: ranks', source: kernelFunction(1, body), size: sizeOf(shape), operands: 1 };
}

/** Which element of each row, of a row-major matrix of ranks, has the rank of a place. */
export function placeByRankKernel(size: number, count: number): Kernel {
  const body = `let found = 0;
for (let j = 0; j < ${count}; j++) {
  if (operand0[quotient(this.thread.x, ${count}) * ${count} + j] == remainder(this.thread.x, ${count})) { found = j; }
}
return found;`;
  return { name: 'sort: places', source: kernelFunction(1, body), size, operands: 1 };
}
