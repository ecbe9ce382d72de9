import type { Instruction, Value } from '../../program/program.ts';
import { contiguousStrides, type Shape, sizeOf } from '../../shape.ts';
import type { GatherTask } from '../gather/gather-kernels.ts';
import { bytesPerElement, kernelStep, type Lowering, placeContiguous, type Step } from './lowering.ts';

/** The steps of picking entries of one axis by indices. */
export function lowerGather(
  axis: number,
  { operands: [source, indices], results }: Instruction,
  lowering: Lowering,
): Step[] {
  const { kernels, addressOf } = lowering;
  const [result] = results as [Value];
  const table = placeContiguous(lowering, source!);
  const picked = placeContiguous(lowering, indices!);
  const task: GatherTask = {
    ...sizesOf(source!.shape, axis, indices!.shape),
    table: table.placed.address,
    indices: picked.placed.address,
    rows: addressOf(result),
  };
  const calls = kernels.gather.gather(task, bytesPerElement(result), kernels.runner.threads);
  return [...table.steps, ...picked.steps, ...kernelStep(calls)];
}

/** The steps of adding entries at indices of one axis to a copy of `base`; undefined where there is no kernel. */
export function lowerScatterAdd(
  axis: number,
  { operands: [base, indices, updates], results }: Instruction,
  lowering: Lowering,
): Step[] | undefined {
  const { kernels, addressOf } = lowering;
  const [result] = results as [Value];
  if (result.dtype === 'int32') return undefined;
  const bytes = bytesPerElement(result);
  const picked = placeContiguous(lowering, indices!);
  const rows = placeContiguous(lowering, updates!);
  const to = { address: addressOf(result), strides: contiguousStrides(result.shape) };
  const from = { address: addressOf(base!.value) + base!.offset * bytes, strides: base!.strides };
  const task: GatherTask = {
    ...sizesOf(base!.shape, axis, indices!.shape),
    table: to.address,
    indices: picked.placed.address,
    rows: rows.placed.address,
  };
  const parts = kernels.runner.threads;
  return [
    ...picked.steps,
    ...rows.steps,
    ...kernelStep(kernels.copy.copy(result.shape, from, to, bytes, parts)),
    ...kernelStep(kernels.gather.scatterAdd(task, bytes, parts)),
  ];
}

function sizesOf(
  shape: Shape,
  axis: number,
  indices: Shape,
): Pick<GatherTask, 'lead' | 'limit' | 'count' | 'rest'> {
  return {
    lead: sizeOf(shape.slice(0, axis)),
    limit: shape[axis]!,
    count: sizeOf(indices),
    rest: sizeOf(shape.slice(axis + 1)),
  };
}
