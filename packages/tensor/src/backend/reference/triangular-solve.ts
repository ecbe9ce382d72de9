import { allocate } from '../../dtype.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Triangle } from '../backend.ts';
import { forEachMatrix } from './matrices.ts';

export function triangularSolve(t: Tensor, b: Tensor, { lower, unitDiagonal }: Triangle): Tensor {
  const [n, columns] = b.shape.slice(-2) as [number, number];
  const out = Tensor.wrap(allocate(b.dtype, sizeOf(b.shape)), b.shape);
  const [rowT, columnT] = t.strides.slice(-2) as [number, number];
  const [rowB, columnB] = b.strides.slice(-2) as [number, number];
  const x = new Float64Array(n * columns);
  forEachMatrix(b.shape.slice(0, -2), [t, b, out], ([startT, startB, startOut]) => {
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < columns; c++) x[i * columns + c] = b.data[startB! + i * rowB + c * columnB]!;
    }
    // Forward substitution goes down, back substitution up: xᵢ = (bᵢ − Σ tᵢⱼ xⱼ)/tᵢᵢ over the j already known.
    for (let step = 0; step < n; step++) {
      const i = lower ? step : n - 1 - step;
      const row = startT! + i * rowT;
      for (let known = 0; known < step; known++) {
        const j = lower ? known : n - 1 - known;
        const entry = t.data[row + j * columnT]!;
        for (let c = 0; c < columns; c++) x[i * columns + c]! -= entry * x[j * columns + c]!;
      }
      if (unitDiagonal) continue;
      const pivot = t.data[row + i * columnT]!;
      for (let c = 0; c < columns; c++) x[i * columns + c]! /= pivot;
    }
    out.data.set(x, startOut);
  });
  return out;
}
