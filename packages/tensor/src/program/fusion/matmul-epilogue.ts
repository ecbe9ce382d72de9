import { type Expression, input, internCall, transformExpression } from '../../expression/expression.ts';
import { add } from '../../expression/functions/arithmetic.ts';
import { sameShape } from '../../shape.ts';
import type { Pass } from '../optimize.ts';
import { type Instruction, type Program, resultsOf, type Value, type View } from '../program.ts';
import { isWhole } from './group-instructions.ts';

/** What a product is stored as: itself plus a number for each column. */
export const biasEpilogue = add(input(0), input(1));

/** A product, and the map that is all that reads it, and only to add a bias to it. */
interface Biased {
  readonly product: Instruction;
  readonly map: Instruction;
  /** The numbers of the product and of the bias among the operands of the map. */
  readonly from: number;
  readonly bias: number;
}

/** Adds biases while a product is stored, instead of reading it again for that. */
export const matmulEpilogue: Pass = {
  name: 'matmul-epilogue',
  rewrite: (program) => {
    const found = findBiased(program);
    const byProduct = new Map(found.map((each) => [each.product, each]));
    const byMap = new Map<Instruction, Biased>();
    for (const each of found) if (!byMap.has(each.map)) byMap.set(each.map, each);
    const sums = new Map<Biased, Value>();
    const instructions = program.instructions.flatMap((instruction): Instruction[] => {
      const own = byProduct.get(instruction);
      if (own && byMap.get(own.map) === own) {
        const sum = sumOf(own);
        sums.set(own, sum);
        const operation = { kind: 'matmul', epilogue: biasEpilogue } as const;
        return [
          { operation, operands: [...own.product.operands, own.map.operands[own.bias]!], results: [sum] },
        ];
      }
      const biased = byMap.get(instruction);
      return biased ? withoutSum(biased, sums.get(biased)!) : [instruction];
    });
    return { ...program, instructions };
  },
};

function findBiased(program: Program): Biased[] {
  const readers = new Map<Value, Instruction[]>();
  for (const instruction of program.instructions) {
    for (const { value } of instruction.operands)
      readers.set(value, [...(readers.get(value) ?? []), instruction]);
  }
  const kept = new Set(resultsOf(program).map(({ value }) => value));
  const computed = new Map(
    program.instructions.flatMap((each, at) => each.results.map((value) => [value, at])),
  );
  return program.instructions.flatMap((product, at): Biased[] => {
    const [value] = product.results as [Value];
    if (product.operation.kind !== 'matmul' || product.operation.epilogue || kept.has(value)) return [];
    const [map, ...others] = readers.get(value) ?? [];
    if (map?.operation.kind !== 'map' || others.length > 0) return [];
    const { shape, outputs } = map.operation;
    const from = map.operands.findIndex((view) => view.value === value);
    if (!isWhole(map.operands[from]!, shape) || !sameShape(shape, value.shape)) return [];
    const bias = map.operands.findIndex(
      (view, k) => k !== from && isOfColumns(view) && (computed.get(view.value) ?? -1) < at,
    );
    const addsOnly = outputs.every(({ expression }) => readsOnlyInSum(expression, from, bias));
    return bias >= 0 && addsOnly ? [{ product, map, from, bias }] : [];
  });
}

/** One number for each column, the same in every row. */
function isOfColumns({ shape, strides }: View): boolean {
  const last = shape.length - 1;
  return last > 0 && strides.every((stride, axis) => stride === (axis === last ? 1 : 0));
}

function isSum(node: Expression, from: number, bias: number): boolean {
  return node === add(input(from), input(bias)) || node === add(input(bias), input(from));
}

/** Whether a formula reads the product nowhere but in its sum with the bias. */
function readsOnlyInSum(expression: Expression, from: number, bias: number): boolean {
  if (isSum(expression, from, bias)) return true;
  if (expression.kind === 'call')
    return expression.operands.every((each) => readsOnlyInSum(each, from, bias));
  return expression !== input(from);
}

/** The value of the sum: that which the map gives, if it does. */
function sumOf({ product, map, from, bias }: Biased): Value {
  if (map.operation.kind === 'map') {
    const at = map.operation.outputs.findIndex(
      ({ expression, reduction }) => !reduction && isSum(expression, from, bias),
    );
    if (at >= 0) return map.results[at]!;
  }
  return product.results[0]!;
}

/** The map with the sum as an operand, or nothing where the sum is all it gives. */
function withoutSum({ map, from, bias }: Biased, sum: Value): Instruction[] {
  if (map.operation.kind !== 'map') return [map];
  const { shape } = map.operation;
  const kept = map.operation.outputs.flatMap((output, i) => (map.results[i] === sum ? [] : [{ output, i }]));
  if (kept.length === 0) return [];
  const operands = map.operands.map((view, k) => (k === from ? { ...view, value: sum } : view));
  const outputs = kept.map(({ output }) => ({
    ...output,
    expression: transformExpression<Expression>(
      output.expression,
      (leaf) => leaf,
      (node, parts) => (isSum(node, from, bias) ? input(from) : internCall(node.callee, parts)),
    ),
  }));
  return [
    { operation: { kind: 'map', shape, outputs }, operands, results: kept.map(({ i }) => map.results[i]!) },
  ];
}
