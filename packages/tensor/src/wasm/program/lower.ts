import { biasEpilogue } from '../../program/fusion/matmul-epilogue.ts';
import type { Instruction, Operation, View } from '../../program/program.ts';
import type { RandomKey } from '../../random/key.ts';
import { contiguousStrides, sizeOf } from '../../shape.ts';
import { setKey } from '../random/random-kernels.ts';
import { hostStep } from './host-step.ts';
import { lowerGather, lowerScatterAdd } from './lower-gather.ts';
import { lowerMap } from './lower-map.ts';
import { lowerReduce } from './lower-reduce.ts';
import { bytesPerElement, kernelStep, type Lowering, place, type Step } from './lowering.ts';

/** The steps of an instruction: kernels where there are some for it, else the reference backend. */
export function lower(
  instruction: Instruction,
  lowering: Lowering,
  keys: () => readonly RandomKey[],
): readonly Step[] {
  return lowerToKernels(instruction, lowering, keys) ?? [hostStep(instruction, lowering, keys)];
}

function lowerToKernels(
  instruction: Instruction,
  lowering: Lowering,
  keys: () => readonly RandomKey[],
): readonly Step[] | undefined {
  const { operation, operands, results } = instruction;
  switch (operation.kind) {
    case 'map':
      return lowerMap({ shape: operation.shape, formulas: operation.outputs, operands, results }, lowering);
    case 'reduce':
      return lowerReduce(operation, operands[0]!, results, lowering);
    case 'matmul':
      return lowerMatmul(operation, operands, results, lowering);
    case 'copy':
      return lowerCopy(operation, operands, results, lowering);
    case 'random':
      return lowerRandom(operation, results, lowering, keys);
    case 'gather':
      return lowerGather(operation.axis, instruction, lowering);
    case 'scatterAdd':
      return lowerScatterAdd(operation.axis, instruction, lowering);
    default:
      return undefined;
  }
}

function lowerMatmul(
  { epilogue }: Extract<Operation, { kind: 'matmul' }>,
  operands: readonly View[],
  results: Instruction['results'],
  lowering: Lowering,
): readonly Step[] | undefined {
  const [a, b] = operands as [View, View];
  const [result] = results as [Instruction['results'][number]];
  if (result.dtype !== 'float32' || !(epilogue === undefined || epilogue === biasEpilogue)) return undefined;
  const { kernels, addressOf } = lowering;
  const calls = kernels.matmul.multiply(
    {
      batch: result.shape.slice(0, -2),
      rows: result.shape.at(-2)!,
      columns: result.shape.at(-1)!,
      depth: a.shape.at(-1)!,
      a: place(lowering, a),
      b: place(lowering, b),
      c: { address: addressOf(result), strides: contiguousStrides(result.shape) },
      ...(epilogue && { columnBias: place(lowering, operands[2]!).address }),
    },
    kernels.runner.threads,
  );
  return kernelStep(calls);
}

function lowerCopy(
  { windows, fill }: Extract<Operation, { kind: 'copy' }>,
  operands: readonly View[],
  results: Instruction['results'],
  lowering: Lowering,
): readonly Step[] | undefined {
  const [result] = results as [Instruction['results'][number]];
  if (!operands.every(({ value }) => value.dtype === result.dtype)) return undefined;
  const { kernels, addressOf } = lowering;
  const bytes = bytesPerElement(result);
  const whole = contiguousStrides(result.shape);
  const size = sizeOf(result.shape);
  const covered = operands.reduce((total, { shape }) => total + sizeOf(shape), 0);
  const parts = kernels.runner.threads;
  const filling =
    covered >= size
      ? []
      : kernels.copy.fill(addressOf(result), size, { type: result.dtype, value: fill }, parts);
  const copying = operands.flatMap((view, i) => {
    const { start, step } = windows[i]!;
    const offset = start.reduce((sum, first, axis) => sum + first * whole[axis]!, 0);
    const to = {
      address: addressOf(result) + offset * bytes,
      strides: whole.map((stride, axis) => stride * step[axis]!),
    };
    return kernels.copy.copy(view.shape, place(lowering, view), to, bytes, parts);
  });
  return [...kernelStep(filling), ...kernelStep(copying)];
}

function lowerRandom(
  { random, key }: Extract<Operation, { kind: 'random' }>,
  results: Instruction['results'],
  { kernels, addressOf }: Lowering,
  keys: () => readonly RandomKey[],
): readonly Step[] | undefined {
  const [result] = results as [Instruction['results'][number]];
  const calls = kernels.random.draw(
    {
      kind: random,
      dtype: result.dtype as 'float32' | 'float64',
      key: [0, 0],
      count: sizeOf(result.shape),
      to: addressOf(result),
    },
    kernels.runner.threads,
  );
  // The calls are made once; every run puts its key into them.
  return [{ kind: 'host', run: () => setKey(calls, keys()[key]!.words) }, ...kernelStep(calls)];
}
