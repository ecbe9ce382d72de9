import { type Expression, input } from '../expression/expression.ts';
import type { Instruction, MapOutput, Operation, Value, View } from '../program/program.ts';
import { contiguousStrides, formatShape, type Shape, sizeOf } from '../shape.ts';
import { NoKernelError } from './errors.ts';
import { gatherKernel, scatterAddKernel } from './kernels/gather.ts';
import { mapKernel } from './kernels/map.ts';
import { matmulLayout } from './kernels/matmul-layout.ts';
import { tiledMatmul } from './kernels/matmul-tiled.ts';
import { unrolledMatmul } from './kernels/matmul-unrolled.ts';
import { randomKernel } from './kernels/random.ts';
import { combineKernel, type Reducing, reduceKernel, twoStages } from './kernels/reduce.ts';
import { placeByRankKernel, rankKernel } from './kernels/sort.ts';
import { type Launch, LaunchList, type Target, temporary } from './launches.ts';
import { unknownFunctions } from './source/formula.ts';

/** From how many rows and columns on the tiled kernel is faster than one thread an element. */
const worthTiling = 32;

/** What an instruction comes to, in order. `keys` are the values that hold the keys of a program. */
export function lower(instruction: Instruction, target: Target, keys: readonly Value[]): Launch[] {
  for (const { shape } of [...instruction.results, ...instruction.operands.map(({ value }) => value)]) {
    requireFitting(instruction.operation.kind, shape, target);
  }
  return new Lowering(target).lower(instruction, keys).filter(({ kernel }) => kernel.size > 0);
}

function requireFitting(operation: string, shape: Shape, { mostElements }: Target): void {
  if (sizeOf(shape) <= mostElements) return;
  throw new NoKernelError(
    operation,
    `a tensor ${formatShape(shape)} has ${sizeOf(shape)} elements, and kernels in this mode count up to ` +
      `${mostElements}. Work in parts, or on another backend.`,
  );
}

class Lowering {
  readonly #list: LaunchList;

  constructor(target: Target) {
    this.#list = new LaunchList(target);
  }

  lower({ operation, operands, results }: Instruction, keys: readonly Value[]): Launch[] {
    const [a, b, c] = operands as [View, View, View];
    const [result] = results as [Value];
    switch (operation.kind) {
      case 'map':
        for (const [i, output] of operation.outputs.entries()) {
          this.#mapOutput(operation.shape, output, operands, results[i]!);
        }
        break;
      case 'reduce':
        this.#mapOutput(
          a.shape,
          { expression: input(0), reduction: { kind: operation.reduction, axes: operation.axes } },
          operands,
          result,
        );
        break;
      case 'matmul':
        this.#matmul(operation, operands, result);
        break;
      case 'gather':
        this.#list.launch(gatherKernel(a, b, operation.axis), [a.value, b.value], result);
        break;
      case 'scatterAdd':
        this.#list.launch(scatterAddKernel(a, b, c, operation.axis), [a.value, b.value, c.value], result);
        break;
      case 'copy':
        this.#copy(operation, operands, result);
        break;
      case 'sort': {
        const ranks = temporary(a.shape);
        this.#list.launch(rankKernel(a), [a.value], ranks);
        this.#list.launch(placeByRankKernel(sizeOf(a.shape), a.shape.at(-1)!), [ranks], result);
        break;
      }
      case 'random':
        this.#list.launch(
          randomKernel(operation.random, sizeOf(result.shape)),
          [keys[operation.key]!],
          result,
        );
        break;
      default:
        throw new NoKernelError(
          operation.kind,
          'there is no kernel for it, since it goes row by row. Read its operands (await tensor.read()) and ' +
            'compute it on the CPU: with useBackend(referenceBackend), or outside of the compiled function.',
        );
    }
    return this.#list.launches;
  }

  #mapOutput(
    shape: Shape,
    { expression, reduction }: MapOutput,
    operands: readonly View[],
    result: Value,
  ): void {
    requireKnown(expression);
    const bound = this.#list.bind(operands, expression);
    if (reduction === undefined) {
      const kernel = mapKernel(expression, shape, bound.views, bound.operands.length);
      this.#list.launch(kernel, bound.operands, result);
      return;
    }
    const { kind, axes } = reduction;
    const reducing: Reducing = { ...bound, operands: bound.operands.length, kind, axes, expression, shape };
    const results = sizeOf(result.shape);
    const count = results === 0 ? 0 : sizeOf(shape) / results;
    if (count < twoStages.from) {
      this.#list.launch(reduceKernel(reducing), bound.operands, result);
      return;
    }
    const parts = Math.ceil(count / Math.max(twoStages.each, Math.ceil(Math.sqrt(count))));
    const partial = temporary([results, parts]);
    this.#list.launch(reduceKernel(reducing, parts), bound.operands, partial);
    this.#list.launch(combineKernel(kind, results, parts), [partial], result);
  }

  #matmul(
    { epilogue }: Extract<Operation, { kind: 'matmul' }>,
    operands: readonly View[],
    result: Value,
  ): void {
    const [a, b, ...others] = operands as [View, View, ...View[]];
    const layout = matmulLayout(a, b);
    const tiles =
      // gpu.js has no memory that threads share; only shaders written by hand do.
      this.#list.target.mode === 'webgpu' &&
      layout.batch.length <= 1 &&
      Math.min(layout.rows, layout.columns) >= worthTiling;
    if (tiles) {
      const product = epilogue === undefined ? result : temporary(result.shape);
      this.#list.launch(tiledMatmul(layout), [a.value, b.value], product);
      if (epilogue === undefined) return;
      const { shape } = result;
      const whole: View = { value: product, shape, strides: contiguousStrides(shape), offset: 0 };
      this.#mapOutput(shape, { expression: epilogue }, [whole, ...others], result);
      return;
    }
    if (epilogue === undefined) {
      this.#list.launch(unrolledMatmul(layout), [a.value, b.value], result);
      return;
    }
    requireKnown(epilogue);
    const values = [...new Set(others.map(({ value }) => value))];
    const views = others.map((view) => ({ ...view, operand: 2 + values.indexOf(view.value) }));
    this.#list.launch(
      unrolledMatmul(layout, 2 + values.length, { expression: epilogue, shape: result.shape, views }),
      [a.value, b.value, ...values],
      result,
    );
  }

  #copy(
    { windows, fill }: Extract<Operation, { kind: 'copy' }>,
    operands: readonly View[],
    result: Value,
  ): void {
    const placings = operands.map((view, i) => ({ view, window: windows[i]! }));
    const truncates = result.dtype === 'int32' && operands.some(({ value }) => value.dtype !== 'int32');
    this.#list.copyOnto(placings, result, fill, truncates);
  }
}

function requireKnown(expression: Expression): void {
  const [name] = unknownFunctions(expression);
  if (name === undefined) return;
  throw new NoKernelError(
    name,
    'there is no kernel for it. Compute it on the CPU, with useBackend(referenceBackend), from operands that were ' +
      'read (await tensor.read()).',
  );
}
