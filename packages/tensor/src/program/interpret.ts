import type { Backend } from '../backend/backend.ts';
import type { RandomKey } from '../random/key.ts';
import { Tensor } from '../tensor.ts';
import type { Instruction, Operation, Program, Value, View } from './program.ts';

/** What a run of a program is given: for every source its tensor, row-major and whole, and the keys to draw from. */
export interface Bindings {
  readonly tensorOf: (value: Value) => Tensor;
  readonly keys: readonly RandomKey[];
}

/** What a run gives. */
export interface RunResults {
  readonly outputs: readonly Tensor[];
  /** In the order of the program's updates. */
  readonly updates: readonly Tensor[];
}

/** Runs a program instruction by instruction on a backend: what it means, and the oracle of faster ways. */
export function interpret(program: Program, { tensorOf, keys }: Bindings, backend: Backend): RunResults {
  const tensors = new Map<Value, Tensor>(
    program.sources.map(({ value }) => [value, tensorOf(value)] as const),
  );
  const drawn = program.keys.map((derive) => derive(keys));
  const viewOf = ({ value, shape, strides, offset }: View): Tensor => {
    const whole = tensors.get(value)!;
    return new Tensor(whole.elements, { shape, strides, offset: whole.offset + offset });
  };
  for (const instruction of program.instructions) {
    const results = compute(instruction, instruction.operands.map(viewOf), drawn, backend);
    for (const [i, value] of instruction.results.entries()) tensors.set(value, results[i]!);
  }
  return {
    outputs: program.outputs.map(viewOf),
    updates: program.updates.map(({ next }) => viewOf(next)),
  };
}

/** The results of one instruction. */
export function compute(
  { operation, results }: Instruction,
  operands: readonly Tensor[],
  keys: readonly RandomKey[],
  backend: Backend,
): Tensor[] {
  if (operation.kind !== 'map') return [computeOne(operation, results[0]!, operands, keys, backend)];
  const { shape, outputs } = operation;
  return outputs.map(({ expression, reduction }, i) => {
    const mapped = backend.map(expression, operands, shape, results[i]!.dtype);
    return reduction ? backend.reduce(reduction.kind, mapped, reduction.axes) : mapped;
  });
}

function computeOne(
  operation: Exclude<Operation, { readonly kind: 'map' }>,
  { shape, dtype }: Value,
  operands: readonly Tensor[],
  keys: readonly RandomKey[],
  backend: Backend,
): Tensor {
  const [a, b, c] = operands as [Tensor, Tensor, Tensor];
  switch (operation.kind) {
    case 'reduce':
      return backend.reduce(operation.reduction, a, operation.axes);
    case 'matmul': {
      const product = backend.matmul(a, b);
      if (operation.epilogue === undefined) return product;
      return backend.map(operation.epilogue, [product, ...operands.slice(2)], shape, dtype);
    }
    case 'gather':
      return backend.gather(a, b, operation.axis);
    case 'scatterAdd':
      return backend.scatterAdd(a, b, c, operation.axis);
    case 'copy':
      return backend.copy(
        operands.map((source, i) => ({ source, window: operation.windows[i]! })),
        shape,
        dtype,
        operation.fill,
      );
    case 'cholesky':
      return backend.cholesky(a);
    case 'triangularSolve':
      return backend.triangularSolve(a, b, operation.triangle);
    case 'sort':
      return backend.sort(a);
    case 'random':
      return backend.random(operation.random, keys[operation.key]!, shape, dtype as 'float32' | 'float64');
  }
}
