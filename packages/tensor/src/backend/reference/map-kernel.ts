import type { DType, NumericArray } from '../../dtype.ts';
import { type Expression, topologicalOrder } from '../../expression/expression.ts';
import type { ScalarFunction } from '../../expression/functions.ts';

/** Computes one row: out[outStart + i] = f(…, inputs[k][starts[k] + i·strides[k]], …) for i < count. */
export type MapKernel = (
  count: number,
  out: NumericArray,
  outStart: number,
  inputs: readonly NumericArray[],
  starts: readonly number[],
  strides: readonly number[],
) => void;

/** Whether `new Function` is allowed: a page with a strict content security policy forbids it. */
export function codeGenerationAllowed(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}

/** One loop generated for the formula: each distinct node becomes one local constant. */
export function generateMapKernel(expression: Expression): MapKernel {
  const callees = new Map<ScalarFunction, string>();
  const loads: string[] = [];
  const setUp: string[] = [];
  const steps: string[] = [];
  const body: string[] = [];
  const names = new Map<Expression, string>();
  for (const node of topologicalOrder(expression)) {
    const name = node.kind === 'constant' ? literal(node.value) : `v${names.size}`;
    names.set(node, name);
    if (node.kind === 'input') {
      const k = node.index;
      setUp.push(`const a${k} = inputs[${k}], s${k} = strides[${k}]; let p${k} = starts[${k}];`);
      loads.push(`const ${name} = a${k}[p${k}];`);
      steps.push(`p${k} += s${k};`);
    } else if (node.kind === 'call') {
      const operands = node.operands.map((operand) => names.get(operand)!);
      if (node.callee.infix !== undefined) {
        body.push(`const ${name} = ${operands.join(` ${node.callee.infix} `)};`);
      } else {
        if (!callees.has(node.callee)) callees.set(node.callee, `f${callees.size}`);
        body.push(`const ${name} = ${callees.get(node.callee)}(${operands.join(', ')});`);
      }
    }
  }
  const source = `return (count, out, outStart, inputs, starts, strides) => {
    ${setUp.join('\n')}
    for (let i = 0; i < count; i++) {
      ${[...loads, ...body].join('\n')}
      out[outStart + i] = ${names.get(expression)};
      ${steps.join(' ')}
    }
  };`;
  const create = new Function(...callees.values(), source);
  return create(...[...callees.keys()].map(({ evaluate }) => evaluate)) as MapKernel;
}

function literal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Object.is(value, -0) ? '-0' : `(${value})`;
}

/**
 * The same loop from closures, several times slower, for places where code may not be generated. Each distinct
 * node has a register, so that shared parts are computed once here too.
 */
export function interpretMapKernel(expression: Expression): MapKernel {
  const order = topologicalOrder(expression);
  const registers = new Float64Array(order.length);
  const numbers = new Map(order.map((node, register) => [node, register]));
  const loads: { readonly register: number; readonly input: number }[] = [];
  const steps: { readonly register: number; readonly compute: () => number }[] = [];
  order.forEach((node, register) => {
    if (node.kind === 'constant') registers[register] = node.value;
    else if (node.kind === 'input') loads.push({ register, input: node.index });
    else {
      const operands = node.operands.map((operand) => numbers.get(operand)!);
      steps.push({ register, compute: computation(node.callee, operands, registers) });
    }
  });
  return (count, out, outStart, inputs, starts, strides) => {
    for (let i = 0; i < count; i++) {
      for (const { register, input } of loads) {
        registers[register] = inputs[input]![starts[input]! + i * strides[input]!]!;
      }
      for (const { register, compute } of steps) registers[register] = compute();
      out[outStart + i] = registers[order.length - 1]!;
    }
  };
}

function computation(
  { evaluate }: ScalarFunction,
  [a, b, c]: readonly number[],
  registers: Float64Array,
): () => number {
  if (b === undefined) return () => evaluate(registers[a!]!);
  if (c === undefined) return () => evaluate(registers[a!]!, registers[b]!);
  return () => evaluate(registers[a!]!, registers[b]!, registers[c]!);
}

const kernels = new WeakMap<Expression, Partial<Record<DType, MapKernel>>>();
let generate: boolean | undefined;

/** The kernel of a formula. Each element type has a kernel of its own, so that each stays monomorphic. */
export function mapKernel(expression: Expression, dtype: DType): MapKernel {
  let byType = kernels.get(expression);
  if (byType === undefined) {
    byType = {};
    kernels.set(expression, byType);
  }
  let kernel = byType[dtype];
  if (kernel === undefined) {
    generate ??= codeGenerationAllowed();
    kernel = generate ? generateMapKernel(expression) : interpretMapKernel(expression);
    byType[dtype] = kernel;
  }
  return kernel;
}
