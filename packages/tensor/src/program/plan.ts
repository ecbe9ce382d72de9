import { isWhole } from './fusion/group-instructions.ts';
import { type Instruction, type Program, resultsOf, type Value } from './program.ts';
import { bytesOf } from './recording.ts';

/** Where every value of a program lies in one arena. */
export interface Plan {
  /** Byte offsets in the arena. */
  readonly offsets: ReadonlyMap<Value, number>;
  /** Bytes of the arena. */
  readonly bytes: number;
  /** Updates of states that are not made in place, so that a copy is left to be made after the instructions. */
  readonly copies: Program['updates'];
}

/** Offsets are multiples of a cache line, so that no two threads write to the same one. */
const alignment = 64;

/**
 * Plans the memory of a program. Sources keep theirs, so that states and constants stay from run to run; results share
 * what others no longer need. A map writes over an operand that it is the last to read, and the new value of a state
 * over the old one where nothing reads that later.
 */
export function planMemory(program: Program): Plan {
  const { instructions, sources, updates } = program;
  const arena = new Arena();
  const offsets = new Map<Value, number>();
  for (const { value } of sources) offsets.set(value, arena.take(bytesOf(value)));
  const kept = new Set(resultsOf(program).map(({ value }) => value));
  const lastRead = lastReads(program);
  const inPlace = statesWrittenInPlace(program, lastRead);
  for (const [next, state] of inPlace) offsets.set(next, offsets.get(state)!);

  const transient = new Set<Value>();
  instructions.forEach(({ results, operands, operation }, position) => {
    const dying = [...new Set(operands.map(({ value }) => value))].filter(
      (value) => transient.has(value) && lastRead.get(value) === position && !kept.has(value),
    );
    // What a map reads as it writes, element by element, may lie where it writes.
    const overwritable =
      operation.kind === 'map'
        ? dying.filter((value) =>
            operands.every((view) => view.value !== value || isWhole(view, operation.shape)),
          )
        : [];
    for (const result of results) {
      if (offsets.has(result)) continue;
      const target = isElementwise(instructions[position]!, result)
        ? overwritable.findIndex((value) => bytesOf(value) === bytesOf(result))
        : -1;
      if (target >= 0) {
        const [value] = overwritable.splice(target, 1) as [Value];
        offsets.set(result, offsets.get(value)!);
        transient.delete(value);
      } else offsets.set(result, arena.take(bytesOf(result)));
      transient.add(result);
    }
    for (const value of dying) {
      if (!transient.delete(value)) continue;
      arena.giveBack(offsets.get(value)!, bytesOf(value));
    }
    for (const result of results) {
      if (!transient.has(result) || lastRead.has(result) || kept.has(result)) continue;
      transient.delete(result);
      arena.giveBack(offsets.get(result)!, bytesOf(result));
    }
  });
  return {
    offsets,
    bytes: arena.bytes,
    copies: updates.filter(({ state, next }) => inPlace.get(next.value) !== state),
  };
}

/** The position of the last instruction that reads each value. */
function lastReads({ instructions }: Program): Map<Value, number> {
  const last = new Map<Value, number>();
  instructions.forEach(({ operands }, position) => {
    for (const { value } of operands) last.set(value, position);
  });
  return last;
}

/** New values of states that can be written over the old ones, by the state. */
function statesWrittenInPlace(
  { instructions, updates, outputs }: Program,
  lastRead: ReadonlyMap<Value, number>,
): Map<Value, Value> {
  const written = new Map<Value, Value>();
  instructions.forEach(({ operation, operands, results }, position) => {
    for (const { state, next } of updates) {
      if (!results.includes(next.value) || written.has(next.value)) continue;
      const readLater = (lastRead.get(state) ?? -1) > position;
      const returned = outputs.some(({ value }) => value === state);
      const isElsewhere = updates.some((other) => other.state !== state && other.next.value === state);
      const readsOver = operands.every(
        (view) =>
          view.value !== state ||
          (operation.kind === 'map' &&
            isElementwise(instructions[position]!, next.value) &&
            isWhole(view, operation.shape)),
      );
      const whole = isWhole(next, state.shape) && bytesOf(next.value) === bytesOf(state);
      if (whole && readsOver && !readLater && !returned && !isElsewhere) written.set(next.value, state);
    }
  });
  return written;
}

/** Whether each element of a result depends on the operands at that element alone. */
function isElementwise({ operation, results }: Instruction, result: Value): boolean {
  return operation.kind === 'map' && operation.outputs[results.indexOf(result)]!.reduction === undefined;
}

/** Ranges of one piece of memory, taken where they fit best. */
class Arena {
  bytes = 0;
  readonly #free: { offset: number; bytes: number }[] = [];

  take(wanted: number): number {
    const bytes = rounded(wanted);
    let best: number | undefined;
    this.#free.forEach((range, i) => {
      if (range.bytes >= bytes && (best === undefined || range.bytes < this.#free[best]!.bytes)) best = i;
    });
    if (best !== undefined) {
      const range = this.#free[best]!;
      const { offset } = range;
      range.offset += bytes;
      range.bytes -= bytes;
      if (range.bytes === 0) this.#free.splice(best, 1);
      return offset;
    }
    const offset = this.bytes;
    this.bytes += bytes;
    return offset;
  }

  giveBack(offset: number, given: number): void {
    const bytes = rounded(given);
    const next = this.#free.findIndex((range) => range.offset > offset);
    const at = next < 0 ? this.#free.length : next;
    const [before, after] = [this.#free[at - 1], this.#free[at]];
    const joinsBefore = before !== undefined && before.offset + before.bytes === offset;
    const joinsAfter = after !== undefined && offset + bytes === after.offset;
    if (joinsBefore) {
      before.bytes += bytes + (joinsAfter ? after.bytes : 0);
      if (joinsAfter) this.#free.splice(at, 1);
    } else if (joinsAfter) {
      after.offset = offset;
      after.bytes += bytes;
    } else this.#free.splice(at, 0, { offset, bytes });
  }
}

function rounded(bytes: number): number {
  return Math.ceil(Math.max(bytes, 1) / alignment) * alignment;
}
