import { coalesce } from '../../backend/reference/iterate.ts';
import type { MapOutput as Formula, Value, View } from '../../program/program.ts';
import { foldsSingleElements, ofSingleElement } from '../../program/single-elements.ts';
import { contiguousStrides, type Shape } from '../../shape.ts';
import { supports } from '../map/coverage.ts';
import type { MapOperand } from '../map/map-kernel.ts';
import type { InputMode, MapOutput, ReducedExtent } from '../map/spec.ts';
import { kernelStep, type Lowering, type Placed, place, placeContiguous, type Step } from './lowering.ts';

/** A map with the reductions of its results. */
export interface MapTask {
  readonly shape: Shape;
  readonly formulas: readonly Formula[];
  readonly operands: readonly View[];
  readonly results: readonly Value[];
}

/** A map as a walk over rows and columns, with everything's steps along both. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Elements from row to row and from column to column, of operands and then results. */
  readonly steps: readonly (readonly [row: number, column: number])[];
}

const elementBytes = 4;

/** The steps of a map, or undefined where there is no kernel for it. */
export function lowerMap(given: MapTask, lowering: Lowering): Step[] | undefined {
  const { operands, results, shape } = given;
  // What a reduction of nothing gives, the reference backend knows.
  if (shape.includes(0)) return;
  const formulas = given.formulas.map((formula) => withoutSingleFolds(formula, shape));
  const task = { ...given, formulas };
  if (![...operands.map(({ value }) => value), ...results].every(({ dtype }) => dtype === 'float32')) return;
  if (!formulas.every(({ expression, reduction }) => supports(expression) && reduction?.kind !== 'product'))
    return;
  const inPlace = operands.map((view) => place(lowering, view));
  const asMatrix = matrixOf(task, inPlace);
  if (asMatrix) return mapSteps(task, inPlace, asMatrix, lowering);
  // Operands that lie in more than two directions are copied out first.
  const copies = operands.map((view) => placeContiguous(lowering, view));
  const placed = copies.map((copy) => copy.placed);
  const matrix = matrixOf(task, placed);
  if (!matrix) return;
  return [...copies.flatMap(({ steps }) => steps), ...mapSteps(task, placed, matrix, lowering)];
}

/** A kernel has to find something to fold along rows or columns. */
function withoutSingleFolds({ expression, reduction }: Formula, shape: Shape): Formula {
  if (!reduction) return { expression };
  if (!foldsSingleElements(shape, reduction.axes)) return { expression, reduction };
  return { expression: ofSingleElement(reduction.kind, expression) };
}

function matrixOf({ shape, formulas, results }: MapTask, placed: readonly Placed[]): Matrix | undefined {
  const outputs = formulas.map(({ reduction }, i) => resultSteps(shape, results[i]!.shape, reduction?.axes));
  const walk = coalesce(shape, [...placed.map(({ strides }) => strides), ...outputs]);
  if (walk.shape.length > 2) return;
  const [columns = 1, rows = 1] = walk.shape.toReversed();
  const steps = walk.strides.map((along) => {
    const [column = 0, row = 0] = along.toReversed();
    return [row, column] as const;
  });
  return { rows, columns, steps };
}

/** Elements between results along the axes that a map runs over: 0 along those that are reduced. */
function resultSteps(shape: Shape, result: Shape, axes: readonly number[] = []): number[] {
  const strides = contiguousStrides(result);
  return shape.map((_, axis) => (axes.includes(axis) ? 0 : strides[axis]!));
}

function mapSteps(
  { formulas, operands, results }: MapTask,
  placed: readonly Placed[],
  { rows, columns, steps }: Matrix,
  { kernels, addressOf, scratch }: Lowering,
): Step[] {
  const inputs: MapOperand[] = placed.map(({ address }, k) => {
    const [row, column] = steps[k]!;
    return { address, rowStride: row * elementBytes, columnStride: column * elementBytes };
  });
  const modes = placed.map((_, k): InputMode => {
    const column = steps[k]![1];
    return column === 0 ? 'scalar' : column === 1 ? 'vector' : 'strided';
  });
  const outputs = formulas.map(({ expression, reduction }, i): MapOutput => {
    if (!reduction) return { expression, kind: 'store' };
    const over = extentOf(steps[operands.length + i]!, rows, columns);
    return { expression, kind: reduction.kind as 'sum' | 'maximum' | 'minimum', over };
  });
  const kernel = kernels.map({ inputs: modes, outputs });
  const targets: MapOperand[] = results.map((value, i) => ({
    address: addressOf(value),
    rowStride: steps[operands.length + i]![0] * elementBytes,
  }));
  const workspace = scratch(kernel.workspaceBytes(rows, columns));
  return kernel.plan(rows, columns, inputs, targets, workspace).flatMap((phase) => kernelStep(phase));
}

function extentOf([row, column]: readonly [number, number], rows: number, columns: number): ReducedExtent {
  const overRows = row === 0 && rows > 1;
  const overColumns = column === 0 || columns === 1;
  if (overRows && overColumns) return 'all';
  return overRows ? 'rows' : 'columns';
}
