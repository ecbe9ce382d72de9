import { input } from '../../expression/expression.ts';
import type { Operation, Value, View } from '../../program/program.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import type { ReduceTask } from '../reduce/reduce-kernels.ts';
import { lowerMap } from './lower-map.ts';
import { kernelStep, type Lowering, placeContiguous, type Step } from './lowering.ts';

/** Neighbouring axes. */
interface Run {
  readonly from: number;
  readonly to: number;
}

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
  // Double precision is for checks, and stays with the loops that eager operations take.
  if (result!.dtype !== 'float32' || view.shape.includes(0)) return undefined;
  const runs = runsOf(axes, view.shape.length);
  const [first, second] = runs;
  if (runs.length > 2) return undefined;
  const { addressOf, scratch } = lowering;
  const { placed, steps } = placeContiguous(lowering, view);
  const to = { type: 'float32', address: addressOf(result!) } as const;
  const from = { type: 'float32', address: placed.address } as const;
  if (second === undefined) {
    const whole = first ?? { from: view.shape.length, to: view.shape.length };
    return [...steps, ...reduceRun({ kind: reduction, from, to }, view.shape, whole, lowering)];
  }
  // The later axes first, to float64, so that nothing is rounded on the way.
  const between = view.shape.map((length, axis) => (axis >= second.from && axis < second.to ? 1 : length));
  const partial = { type: 'float64', address: scratch(8 * sizeOf(between)) } as const;
  return [
    ...steps,
    ...reduceRun({ kind: reduction, from, to: partial }, view.shape, second, lowering),
    ...reduceRun({ kind: reduction, from: partial, to }, between, first!, lowering),
  ];
}

function reduceRun(
  ends: Pick<ReduceTask, 'kind' | 'from' | 'to'>,
  shape: Shape,
  { from, to }: Run,
  { kernels, scratch }: Lowering,
): Step[] {
  const task = {
    ...ends,
    outer: sizeOf(shape.slice(0, from)),
    count: sizeOf(shape.slice(from, to)),
    inner: sizeOf(shape.slice(to)),
  };
  const workspace = scratch(kernels.reduce.scratchBytes(task));
  return kernels.reduce.reduce(task, workspace, kernels.runner.threads).flatMap((calls) => kernelStep(calls));
}

/** The axes as runs of neighbours, in order. */
function runsOf(axes: readonly number[], rank: number): Run[] {
  const runs: { from: number; to: number }[] = [];
  for (let axis = 0; axis < rank; axis++) {
    if (!axes.includes(axis)) continue;
    const last = runs.at(-1);
    if (last?.to === axis) last.to = axis + 1;
    else runs.push({ from: axis, to: axis + 1 });
  }
  return runs;
}
