import type { Layout } from '../../layout.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { type Kernel, kernelFunction } from '../kernel.ts';
import { coordinateTexts, positionTexts, sumText } from '../source/positions.ts';

/**
 * Entries of operand 0 at the indices of operand 1. An index that is outside, which nobody can see before it is on
 * the device, gives NaN.
 */
export function gatherKernel(source: Layout, indices: Layout, axis: number): Kernel {
  const shape: Shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
  const coordinates = coordinateTexts(shape, 'this.thread.x');
  const picked = coordinates.slice(axis, axis + indices.shape.length);
  const others = [...coordinates.slice(0, axis), ...coordinates.slice(axis + indices.shape.length)];
  const otherStrides = [...source.strides.slice(0, axis), ...source.strides.slice(axis + 1)];
  const at = sumText(
    indices.offset,
    picked.map((text, k) => ({ text, factor: indices.strides[k]! })),
  );
  const from = sumText(source.offset, [
    ...others.map((text, k) => ({ text, factor: otherStrides[k]! })),
    { text: 'toIndex(index)', factor: source.strides[axis]! },
  ]);
  const body = `const index = operand1[${at}];
if (index < 0 || index >= ${source.shape[axis]!}) { return notANumber(0); }
return operand0[${from}];`;
  return { name: 'gather', source: kernelFunction(2, body), size: sizeOf(shape), operands: 2 };
}

/**
 * Operand 0 with entries of operand 2 added at the indices of operand 1. Each element of the result looks through all
 * indices for its own, in their order, so that no two threads write to the same place and sums come out the same in
 * every run.
 */
export function scatterAddKernel(base: Layout, indices: Layout, updates: Layout, axis: number): Kernel {
  const { shape } = base;
  const count = sizeOf(indices.shape);
  const coordinates = coordinateTexts(shape, 'this.thread.x');
  const [start] = positionTexts(shape, [base], 'this.thread.x') as [string];
  const [at] = positionTexts(indices.shape, [indices], 'k') as [string];
  const others = [...coordinates.slice(0, axis), ...coordinates.slice(axis + 1)];
  const rank = indices.shape.length;
  const otherStrides = [...updates.strides.slice(0, axis), ...updates.strides.slice(axis + rank)];
  const from = sumText(updates.offset, [
    ...others.map((text, k) => ({ text, factor: otherStrides[k]! })),
    ...coordinateTexts(indices.shape, 'k').map((text, k) => ({ text, factor: updates.strides[axis + k]! })),
  ]);
  const body = `let total = operand0[${start}];
for (let k = 0; k < ${count}; k++) {
  if (operand1[${at}] == ${coordinates[axis]!}) { total = total + operand2[${from}]; }
}
return total;`;
  return { name: 'scatterAdd', source: kernelFunction(3, body), size: sizeOf(shape), operands: 3 };
}
