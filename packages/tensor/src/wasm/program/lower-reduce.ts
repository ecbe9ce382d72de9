import { input } from '../../expression/expression.ts';
import type { Operation, Value, View } from '../../program/program.ts';
import { sizeOf } from '../../shape.ts';
import { lowerMap } from './lower-map.ts';
import { kernelStep, type Lowering, placeContiguous, type Step } from './lowering.ts';

/** The steps of a reduction of one view; undefined where there is no kernel. */
export function lowerReduce(
  { reduction, axes }: Extract<Operation, { kind: 'reduce' }>,
  view: View,
  [result]: readonly Value[],
  lowering: Lowering,
): readonly Step[] | undefined {
  const formulas = [{ expression: input(0), reduction: { kind: reduction, axes } }];
  const asMap = lowerMap({ shape: view.shape, formulas, operands: [view], results: [result!] }, lowering);
  if (asMap) return asMap;
  const extent = neighbouring(axes, view.shape.length);
  // Double precision is for checks, and stays with the loops that eager operations take.
  if (extent === undefined || result!.dtype !== 'float32' || view.shape.includes(0)) return undefined;
  const { kernels, addressOf, scratch } = lowering;
  const { placed, steps } = placeContiguous(lowering, view);
  const task = {
    kind: reduction,
    outer: sizeOf(view.shape.slice(0, extent.from)),
    count: sizeOf(view.shape.slice(extent.from, extent.to)),
    inner: sizeOf(view.shape.slice(extent.to)),
    from: { type: result!.dtype, address: placed.address },
    to: { type: result!.dtype, address: addressOf(result!) },
  } as const;
  const phases = kernels.reduce.reduce(
    task,
    scratch(kernels.reduce.scratchBytes(task)),
    kernels.runner.threads,
  );
  return [...steps, ...phases.flatMap((calls) => kernelStep(calls))];
}

/** The axes as one range, where they are next to each other. */
function neighbouring(axes: readonly number[], rank: number): { from: number; to: number } | undefined {
  if (axes.length === 0) return { from: rank, to: rank };
  const [from, to] = [Math.min(...axes), Math.max(...axes) + 1];
  return new Set(axes).size === to - from ? { from, to } : undefined;
}
