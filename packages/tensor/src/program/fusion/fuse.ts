import { type Expression, input, internCall, transformExpression } from '../../expression/expression.ts';
import type { Pass } from '../optimize.ts';
import {
  type Instruction,
  type MapOutput,
  type Program,
  resultsOf,
  type Value,
  type View,
} from '../program.ts';
import type { Group } from './group.ts';
import { groupInstructions, keyOf } from './group-instructions.ts';

/** Makes one instruction of maps over the same shape and the reductions of what they compute. */
export const fusion: Pass = {
  name: 'fusion',
  rewrite: (program) => {
    const { groups } = groupInstructions(program);
    const kept = valuesReadOutside(program, groups);
    return { ...program, instructions: inOrder(groups).map((group) => merge(group, kept)) };
  },
};

/** Values that others than the members of their own group read. */
function valuesReadOutside(program: Program, groups: readonly Group[]): ReadonlySet<Value> {
  const kept = new Set(resultsOf(program).map(({ value }) => value));
  for (const { members } of groups) {
    const own = new Set(members.flatMap(({ results }) => results));
    for (const { value } of members.flatMap(({ operands }) => operands)) if (!own.has(value)) kept.add(value);
  }
  return kept;
}

/** Groups so that each comes after those it reads from, else by their places. */
function inOrder(groups: readonly Group[]): Group[] {
  const producer = new Map(
    groups.flatMap((group) => group.members.flatMap(({ results }) => results).map((value) => [value, group])),
  );
  const order: Group[] = [];
  const done = new Set<Group>();
  const pending = groups.toSorted((a, b) => b.position - a.position);
  for (let group = pending.at(-1); group !== undefined; group = pending.at(-1)) {
    const missing = done.has(group)
      ? []
      : group.members
          .flatMap(({ operands }) => operands)
          .flatMap(({ value }) => producer.get(value) ?? [])
          .filter((each) => each !== group && !done.has(each));
    if (missing.length > 0) {
      pending.push(...missing);
      continue;
    }
    pending.pop();
    if (!done.has(group)) order.push(group);
    done.add(group);
  }
  return order;
}

function merge({ shape, members }: Group, kept: ReadonlySet<Value>): Instruction {
  const [only] = members as [Instruction];
  if (members.length === 1 || shape === undefined) return only;
  const operands: View[] = [];
  const numbers = new Map<string, number>();
  const formulas = new Map<Value, Expression>();
  const outputs: MapOutput[] = [];
  const results: Value[] = [];

  const formulaOf = (view: View): Expression => {
    const known = formulas.get(view.value);
    if (known) return known;
    const key = keyOf(view);
    let number = numbers.get(key);
    if (number === undefined) {
      number = operands.push(view) - 1;
      numbers.set(key, number);
    }
    return input(number);
  };
  for (const { operation, operands: views, results: values } of members) {
    const inputs = views.map(formulaOf);
    values.forEach((value, i) => {
      const { expression, reduction } = outputOf(operation, i);
      const formula = substitute(expression, inputs);
      if (reduction === undefined) formulas.set(value, formula);
      if (reduction === undefined && !kept.has(value)) return;
      outputs.push({ expression: formula, ...(reduction && { reduction }) });
      results.push(value);
    });
  }
  return { operation: { kind: 'map', shape, outputs }, operands, results };
}

function outputOf(operation: Instruction['operation'], index: number): MapOutput {
  if (operation.kind === 'map') return operation.outputs[index]!;
  if (operation.kind !== 'reduce') throw new TypeError(`${operation.kind} cannot be fused`);
  return { expression: input(0), reduction: { kind: operation.reduction, axes: operation.axes } };
}

/** A formula with others in the place of its inputs. */
export function substitute(expression: Expression, inputs: readonly Expression[]): Expression {
  return transformExpression<Expression>(
    expression,
    (leaf) => (leaf.kind === 'input' ? inputs[leaf.index]! : leaf),
    ({ callee }, operands) => internCall(callee, operands),
  );
}
