import { RandomKey, type RandomKind, type Reduction, referenceBackend, Tensor } from '@reparam/tensor';
import { wholeWindow } from '../../../packages/tensor/src/layout.ts';
import type { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';
import type { KernelCall } from '../../../packages/tensor/src/wasm/threads/kernel-library.ts';
import { evenNumbers } from './even-numbers.ts';
import { elements, type PreparedKernel, type Subject, side } from './subject.ts';

const shape = [side, side];
const key = RandomKey.fromSeed(1);

/** Reductions, draws and copies, whose results are those of the reference backend to the last bit or nearly so. */
export const otherSubjects: readonly Subject[] = [
  reduction('sum of all', 'sum', [0, 1]),
  reduction('sums of rows', 'sum', [1]),
  reduction('sums of columns', 'sum', [0]),
  reduction('maxima of rows', 'maximum', [1]),
  draw('uniform'),
  draw('normal'),
  transposition(),
];

function inputs(): Tensor {
  return Tensor.wrap(evenNumbers(elements, 5), shape);
}

function reduction(name: string, kind: Reduction, axes: readonly number[]): Subject {
  const expected = () => referenceBackend.reduce(kind, inputs().cast('float64'), axes).data;
  // A sum is taken in float64, in another order, and rounded once.
  const isRight = (found: number, exact: number) =>
    Math.abs(found - exact) <= 2 ** -23 * Math.abs(exact) + 1e-9;
  const extent =
    axes.length === 2
      ? { outer: 1, count: elements, inner: 1 }
      : axes[0] === 1
        ? { outer: side, count: side, inner: 1 }
        : { outer: 1, count: side, inner: side };
  return {
    name,
    bytes: 4,
    operations: 1,
    loop: () => loopOf((x) => referenceBackend.reduce(kind, x, axes), inputs(), expected, isRight),
    kernel: (kernels) =>
      inArena(kernels, inputs(), elements, expected, isRight, (from, to) => {
        const task = {
          kind,
          ...extent,
          from: { type: 'float32', address: from },
          to: { type: 'float32', address: to },
        } as const;
        const scratch = kernels.memory.scratch(kernels.reduce.scratchBytes(task));
        return kernels.reduce.reduce(task, scratch, kernels.runner.threads);
      }),
  };
}

function draw(kind: RandomKind): Subject {
  const expected = () => referenceBackend.random(kind, key, shape, 'float32').data;
  return {
    name: `random ${kind}`,
    bytes: 4,
    operations: 1,
    loop: () =>
      loopOf(() => referenceBackend.random(kind, key, shape, 'float32'), inputs(), expected, Object.is),
    kernel: (kernels) =>
      inArena(kernels, inputs(), elements, expected, Object.is, (_, to) => [
        kernels.random.draw(
          { kind, dtype: 'float32', key: key.words, count: elements, to },
          kernels.runner.threads,
        ),
      ]),
  };
}

function transposition(): Subject {
  const expected = () => inputs().transpose().toTypedArray();
  return {
    name: 'transposed copy',
    bytes: 8,
    operations: 0,
    loop: () =>
      loopOf(
        (x) =>
          referenceBackend.copy([{ source: x.transpose(), window: wholeWindow(shape) }], shape, 'float32', 0),
        inputs(),
        expected,
        Object.is,
      ),
    kernel: (kernels) =>
      inArena(kernels, inputs(), elements, expected, Object.is, (from, to) => [
        kernels.copy.copy(
          shape,
          { address: from, strides: [1, side] },
          { address: to, strides: [side, 1] },
          4,
          kernels.runner.threads,
        ),
      ]),
  };
}

type Expected = () => ArrayLike<number>;
type IsRight = (found: number, exact: number) => boolean;

function loopOf(
  compute: (x: Tensor) => Tensor,
  x: Tensor,
  expected: Expected,
  isRight: IsRight,
): PreparedKernel {
  let result = x;
  return {
    run: () => {
      result = compute(x);
    },
    fault: () => faultOf(result.data, expected(), isRight),
  };
}

function inArena(
  { memory, runner }: Kernels,
  x: Tensor,
  most: number,
  expected: Expected,
  isRight: IsRight,
  plan: (from: number, to: number) => readonly (readonly KernelCall[])[],
): PreparedKernel {
  memory.resetScratch();
  const [from, to] = [memory.scratch(4 * x.size), memory.scratch(4 * most)];
  const phases = plan(from, to);
  memory.float32.set(x.data, from / 4);
  return {
    run: () => {
      for (const calls of phases) runner.run(calls);
    },
    fault: () => faultOf(memory.float32.subarray(to / 4, to / 4 + most), expected(), isRight),
  };
}

function faultOf(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  isRight: IsRight,
): string | undefined {
  for (let i = 0; i < expected.length; i++) {
    if (!isRight(found[i]!, expected[i]!)) return `element ${i} is ${found[i]}, not ${expected[i]}`;
  }
  return undefined;
}
