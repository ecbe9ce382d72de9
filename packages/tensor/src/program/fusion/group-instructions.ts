import { isContiguous } from '../../layout.ts';
import { type Shape, sameShape, sizeOf } from '../../shape.ts';
import type { Instruction, Program, Value, View } from '../program.ts';
import { Ancestry, type Group } from './group.ts';

/** What a kernel is given at most, so that addresses fit its arguments and values its registers. */
const mostOperands = 20;
const mostMembers = 48;

/**
 * Puts maps over the same shape, and reductions of their results, into groups wherever one reads what another
 * computes or both read the same: each group then runs over memory once. A group may not depend on itself through
 * instructions outside of it. Instructions join in their order, so all but the last group of a chain are complete.
 */
export function groupInstructions({ instructions }: Program): { groups: Group[]; ancestry: Ancestry } {
  const groups: Group[] = [];
  const ancestry = new Ancestry(instructions.length);
  const groupOf = new Map<Value, Group>();
  /** Groups by what they read in full. */
  const readers = new Map<string, Group[]>();

  instructions.forEach((instruction, position) => {
    const shape = fusableShape(instruction);
    const producers = [...new Set(instruction.operands.flatMap(({ value }) => groupOf.get(value) ?? []))];
    const group = shape && findGroup(instruction, shape, producers);
    if (group) {
      group.members.push(instruction);
      group.position = position;
      for (const producer of producers) if (producer !== group) depend(group, producer);
    }
    const joined = group ?? start(instruction, shape, position, producers);
    for (const result of instruction.results) groupOf.set(result, joined);
    if (shape) noteReads(instruction, shape, joined);
  });
  return { groups, ancestry };

  function start(
    instruction: Instruction,
    shape: Shape | undefined,
    position: number,
    producers: readonly Group[],
  ): Group {
    const group: Group = { id: groups.length, shape, members: [instruction], position };
    groups.push(group);
    for (const producer of producers) ancestry.add(group.id, producer.id);
    return group;
  }

  /** Groups that already depend on `group` depend on what it comes to depend on. */
  function depend(group: Group, producer: Group): void {
    if (!ancestry.add(group.id, producer.id)) return;
    for (const other of groups) if (ancestry.has(other.id, group.id)) ancestry.add(other.id, group.id);
  }

  function findGroup(instruction: Instruction, shape: Shape, producers: readonly Group[]): Group | undefined {
    const siblings = instruction.operands.flatMap((view) =>
      isWhole(view, shape) ? (readers.get(keyOf(view)) ?? []) : [],
    );
    const candidates = [...producers.toSorted((a, b) => b.position - a.position), ...siblings.toReversed()];
    return candidates.find((group) => {
      if (group.shape === undefined || !sameShape(group.shape, shape)) return false;
      if (group.members[0]!.results[0]!.dtype !== instruction.results[0]!.dtype) return false;
      if (group.members.length >= mostMembers) return false;
      if (countOperands([...group.members, instruction]) > mostOperands) return false;
      const extents = new Set([...group.members, instruction].flatMap(extentsOf));
      if (extents.has('leading') && extents.has('trailing')) return false;
      // No way may lead from the group through another to the instruction.
      if (producers.some((producer) => producer !== group && ancestry.has(producer.id, group.id)))
        return false;
      return instruction.operands.every((view) => {
        if (groupOf.get(view.value) !== group) return true;
        return isWhole(view, shape) && !isReduced(group, view.value);
      });
    });
  }

  function noteReads({ operands }: Instruction, shape: Shape, group: Group): void {
    for (const view of operands) {
      if (!isWhole(view, shape)) continue;
      const key = keyOf(view);
      const known = readers.get(key);
      if (!known) readers.set(key, [group]);
      else if (!known.includes(group)) known.push(group);
    }
  }
}

/** What an instruction runs over, where it can be part of a group. */
export function fusableShape(instruction: Instruction): Shape | undefined {
  const { operation, operands } = instruction;
  if (operation.kind === 'map') return extentsOf(instruction).includes('other') ? undefined : operation.shape;
  if (operation.kind !== 'reduce' || operation.reduction === 'product') return undefined;
  const [view] = operands as [View];
  return isWhole(view, view.shape) && !extentsOf(instruction).includes('other') ? view.shape : undefined;
}

type Extent = 'all' | 'leading' | 'trailing' | 'other';

/** Which axes the reductions of an instruction are over: kernels walk by rows or by columns, not both ways. */
function extentsOf({ operation, operands }: Instruction): Extent[] {
  if (operation.kind === 'reduce') return [extentOf(operands[0]!.shape, operation.axes)];
  if (operation.kind !== 'map') return [];
  return operation.outputs.flatMap(({ reduction }) =>
    reduction ? [extentOf(operation.shape, reduction.axes)] : [],
  );
}

function extentOf(shape: Shape, axes: readonly number[]): Extent {
  const reduced = shape.flatMap((length, axis) => (length === 1 ? [] : [axes.includes(axis)]));
  const changes = reduced.filter((each, i) => i > 0 && each !== reduced[i - 1]).length;
  if (!reduced.includes(false)) return 'all';
  if (!reduced.includes(true) || changes > 1) return 'other';
  return reduced[0] ? 'leading' : 'trailing';
}

/** Whether a view has all elements of its value in their order, under this shape. */
export function isWhole(view: View, shape: Shape): boolean {
  return (
    view.offset === 0 &&
    sameShape(view.shape, shape) &&
    sizeOf(shape) === sizeOf(view.value.shape) &&
    isContiguous(view)
  );
}

function isReduced(group: Group, value: Value): boolean {
  const member = group.members.find(({ results }) => results.includes(value))!;
  if (member.operation.kind !== 'map') return true;
  return member.operation.outputs[member.results.indexOf(value)]!.reduction !== undefined;
}

function countOperands(members: readonly Instruction[]): number {
  const own = new Set(members.flatMap(({ results }) => results));
  const keys = members.flatMap(({ operands }) =>
    operands.filter(({ value }) => !own.has(value)).map((view) => keyOf(view)),
  );
  return new Set(keys).size;
}

/** Equal for views of the same elements in the same order. */
export function keyOf({ value, shape, strides, offset }: View): string {
  return `${value.id} ${offset} ${shape.join()} ${strides.join()}`;
}
