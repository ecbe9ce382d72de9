import { allocate, type DType, dtypes, type NumericArray } from '../dtype.ts';
import { contiguousLayout } from '../layout.ts';
import type { Operation, Value, View } from '../program/program.ts';
import type { RandomKey } from '../random/key.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import type { Kernels } from './kernels.ts';
import { lower } from './program/lower.ts';
import { runSteps } from './program/run-steps.ts';
import { typedView } from './program/typed-view.ts';

/** One primitive, asked for by itself. */
interface EagerTask {
  readonly operation: Operation;
  readonly operands: readonly Tensor[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly keys: readonly RandomKey[];
}

/** Copies the operands into scratch memory, runs the kernels there, and copies the result out. */
export function runEagerly(kernels: Kernels, { operation, operands, shape, dtype, keys }: EagerTask): Tensor {
  const { memory } = kernels;
  try {
    const addresses = new Map<Value, number>();
    const place = (value: Value): Value => {
      addresses.set(value, memory.scratch(sizeOf(value.shape) * dtypes[value.dtype].bytes));
      return value;
    };
    const arrays = new Map<NumericArray, Value>();
    const views = operands.map((operand) => {
      const source = compact(operand);
      let value = arrays.get(source.data);
      if (value === undefined) {
        value = place({ id: addresses.size, shape: [source.data.length], dtype: source.dtype });
        arrays.set(source.data, value);
      }
      return { value, shape: source.shape, strides: source.strides, offset: source.offset } satisfies View;
    });
    const result = place({ id: addresses.size, shape, dtype });
    const lowering = {
      kernels,
      addressOf: (value: Value) => addresses.get(value)!,
      scratch: (bytes: number) => memory.scratch(bytes),
    };
    const steps = lower({ operation, operands: views, results: [result] }, lowering, () => keys);
    // Memory is looked at only now: taking scratch may have moved it.
    for (const [array, value] of arrays) {
      typedView(memory, addresses.get(value)!, value.dtype, array.length).set(array);
    }
    runSteps(steps, kernels.runner);
    const out = typedView(memory, addresses.get(result)!, dtype, sizeOf(shape));
    return new Tensor(allocate(dtype, out), contiguousLayout(shape));
  } finally {
    memory.resetScratch();
  }
}

/** A tensor whose array holds little else than what it shows: the same, or a copy. */
function compact(x: Tensor): Tensor {
  const shown = x.shape.reduce((size, length, axis) => (x.strides[axis] === 0 ? size : size * length), 1);
  return x.data.length <= 2 * shown ? x : squeeze(x);
}

/** A copy of the distinct elements, repeated as those of `x` are. */
function squeeze(x: Tensor): Tensor {
  const distinct = x.slice(x.shape.map((_, axis) => (x.strides[axis] === 0 ? [0, 1] : null)));
  const copy = Tensor.wrap(distinct.toTypedArray(), distinct.shape);
  return copy.expand(x.shape);
}
