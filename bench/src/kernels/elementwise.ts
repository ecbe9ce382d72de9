import { type Expression, referenceBackend, Tensor } from '@reparam/tensor';
import { topologicalOrder } from '../../../packages/tensor/src/expression/expression.ts';
import type { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';
import type { InputMode, MapOutput } from '../../../packages/tensor/src/wasm/map/spec.ts';
import { evenNumbers } from './even-numbers.ts';
import type { Formula } from './formulas.ts';
import { elements, type PreparedKernel, type Subject, side } from './subject.ts';

/** Values in ±10: enough for every branch of the functions, and no overflow. */
function createInputs({ arrays, positive = [] }: Formula): Float32Array[] {
  return Array.from({ length: arrays }, (_, k) => {
    const values = evenNumbers(elements, k + 3).map((value) => 10 * value);
    return positive.includes(k) ? values.map(Math.abs) : values;
  });
}

/** How a formula is timed. */
export function elementwiseSubject(formula: Formula): Subject {
  const { name, arrays, stored } = formula;
  return {
    name,
    bytes: 4 * (arrays + stored.length),
    operations: countOperations(formula),
    loop: () => prepareLoop(formula),
    kernel: (kernels) => prepareKernel(formula, kernels),
  };
}

/** Function calls of the formulas, each once. */
function countOperations({ stored, summed }: Formula): number {
  const nodes = new Set([...stored, ...(summed ? [summed] : [])].flatMap((each) => topologicalOrder(each)));
  return [...nodes].filter(({ kind }) => kind === 'call').length + (summed ? 1 : 0);
}

/** A loop of the reference backend for each output, as eager tensors run it. */
function prepareLoop(formula: Formula): PreparedKernel {
  const inputs = operandsOf(formula, createInputs(formula));
  let outputs: Tensor[] = [];
  return {
    run: () => {
      outputs = formula.stored.map((each) => referenceBackend.map(each, inputs, [elements], 'float32'));
      if (formula.summed) {
        const terms = referenceBackend.map(formula.summed, inputs, [elements], 'float32');
        outputs.push(referenceBackend.reduce('sum', terms, [0]));
      }
    },
    fault: () =>
      faultOf(
        formula,
        outputs.map(({ data }) => data as Float32Array),
      ),
  };
}

/** One generated kernel, over arrays that lie in kernel memory. */
function prepareKernel(formula: Formula, kernels: Kernels): PreparedKernel {
  const { memory, runner } = kernels;
  memory.resetScratch();
  const arrays = createInputs(formula);
  const inputs = [
    ...arrays.map(() => ({ address: memory.scratch(4 * elements), rowStride: 4 * side })),
    ...formula.scalars.map(() => ({ address: memory.scratch(4), rowStride: 0 })),
  ];
  const outputs: MapOutput[] = formula.stored.map((expression) => ({ expression, kind: 'store' }));
  if (formula.summed) outputs.push({ expression: formula.summed, kind: 'sum', over: 'all' });
  const modes = inputs.map((_, k): InputMode => (k < formula.arrays ? 'vector' : 'scalar'));
  const kernel = kernels.map({ inputs: modes, outputs });
  const targets = outputs.map(() => ({ address: memory.scratch(4 * elements), rowStride: 4 * side }));
  const workspace = memory.scratch(kernel.workspaceBytes(side, side));
  const phases = kernel.plan(side, side, inputs, targets, workspace);
  const view = (address: number, size: number) => memory.float32.subarray(address / 4, address / 4 + size);
  inputs.forEach(({ address }, k) => {
    view(address, elements).set(arrays[k] ?? [formula.scalars[k - formula.arrays]!]);
  });
  return {
    run: () => {
      for (const calls of phases) runner.run(calls);
    },
    fault: () =>
      faultOf(
        formula,
        targets.map(({ address }) => view(address, elements)),
      ),
  };
}

function operandsOf(formula: Formula, arrays: readonly Float32Array[]): Tensor[] {
  return [
    ...arrays.map((values) => Tensor.wrap(values, [elements])),
    ...formula.scalars.map((value) => Tensor.wrap(Float32Array.of(value), []).expand([elements])),
  ];
}

/** Units in the last place of the largest term that a formula of a few functions may be off by. */
const allowed = 16;

function faultOf(formula: Formula, computed: readonly Float32Array[]): string | undefined {
  const inputs = operandsOf(formula, createInputs(formula)).map((each) => each.cast('float64'));
  const inDouble = (expression: Expression): Tensor =>
    referenceBackend.map(
      expression,
      inputs.map((each) => each.expand([elements])),
      [elements],
      'float64',
    );
  for (const [k, expression] of formula.stored.entries()) {
    const expected = inDouble(expression).data;
    const wrong = expected.findIndex((value, i) => !isClose(computed[k]![i]!, value));
    if (wrong >= 0) return `element ${wrong} is ${computed[k]![wrong]}, not ${expected[wrong]}`;
  }
  if (!formula.summed) return undefined;
  const sum = referenceBackend.reduce('sum', inDouble(formula.summed), [0]).item();
  const found = computed.at(-1)![0]!;
  return isClose(found, sum) ? undefined : `the sum is ${found}, not ${sum}`;
}

/** Terms of the formulas are up to 10, or in proportion to the result. */
function isClose(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= allowed * 2 ** -24 * Math.max(10, Math.abs(expected));
}
