import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Argument,
  bindingsOf,
  expectSame,
  onReferenceBackend,
  recorded,
  run,
} from '../../../../test/support/programs.ts';
import { argumentsOf, holderOf, randomFunction } from '../../../../test/support/random-programs.ts';
import { referenceBackend } from '../backend/reference/reference.ts';
import { zeros } from '../create.ts';
import type { NumericArray } from '../dtype.ts';
import { input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { map, matmul, reduce } from '../primitives.ts';
import { RandomKey } from '../random/key.ts';
import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { fusion } from './fusion/fuse.ts';
import { isWhole } from './fusion/group-instructions.ts';
import { compute } from './interpret.ts';
import { optimize, passes } from './optimize.ts';
import { wholeView } from './passes/rewrite.ts';
import { type Plan, planMemory } from './plan.ts';
import type { Instruction, Program, Value, View } from './program.ts';
import { activeRecording, bytesOf } from './recording.ts';
import { separateStates } from './separate-states.ts';

onReferenceBackend();

const key = RandomKey.fromSeed(4);
const square = f.multiply(input(0), input(0));
const add = (a: Tensor, b: Tensor): Tensor => map(f.add(input(0), input(1)), [a, b]);

/** Runs a program in memory as it was planned, which is filled with NaN at first: instructions, copies, then results. */
function runInArena(program: Program, plan: Plan, given: readonly Argument[]): Tensor[] {
  const memory = new Uint8Array(plan.bytes).fill(255).buffer;
  const arrayOf = (value: Value): NumericArray => {
    const [offset, size] = [plan.offsets.get(value)!, sizeOf(value.shape)];
    if (value.dtype === 'float64') return new Float64Array(memory, offset, size);
    return value.dtype === 'float32'
      ? new Float32Array(memory, offset, size)
      : new Int32Array(memory, offset, size);
  };
  const write = (value: Value, tensor: Tensor): void => arrayOf(value).set(tensor.toTypedArray());
  const read = ({ value, ...layout }: View): Tensor => new Tensor(arrayOf(value), layout);
  const { tensorOf, keys } = bindingsOf(program, given);
  for (const { value } of program.sources) write(value, tensorOf(value));
  const drawn = program.keys.map((derive) => derive(keys));
  for (const instruction of program.instructions) {
    expectToOverwriteInStep(instruction, plan);
    const results = compute(instruction, instruction.operands.map(read), drawn, referenceBackend);
    results.forEach((tensor, i) => {
      write(instruction.results[i]!, tensor);
    });
  }
  for (const { state, next } of plan.copies) write(state, read(next));
  const states = program.updates.map(({ state }) => read(wholeView(state)));
  return [...program.outputs.map(read), ...states];
}

/** Only a map may write where an operand lies, and only what it reads in the same step. */
function expectToOverwriteInStep({ operation, operands, results }: Instruction, { offsets }: Plan): void {
  const end = (value: Value): number => offsets.get(value)! + bytesOf(value);
  for (const view of operands) {
    for (const result of results) {
      const apart = end(view.value) <= offsets.get(result)! || end(result) <= offsets.get(view.value)!;
      if (apart) continue;
      expect(operation.kind).toBe('map');
      expect(offsets.get(result)).toBe(offsets.get(view.value));
      expect(operation.kind === 'map' && isWhole(view, operation.shape)).toBe(true);
    }
  }
  // Results of one instruction have places of their own.
  const places = results.filter((value) => bytesOf(value) > 0).map((value) => offsets.get(value));
  expect(new Set(places).size).toBe(places.length);
}

describe('a program in its planned memory gives what it means', () => {
  test.each(['float32', 'float64'] as const)('for random programs (%s)', (dtype) => {
    const given = [...argumentsOf(dtype), key] as const;
    fc.assert(
      fc.property(
        randomFunction(dtype),
        fc.constantFrom([], passes, [...passes, fusion]),
        (random, chosen) => {
          const program = separateStates(optimize(recorded(random.run, ...given), chosen));
          expectSame(runInArena(program, planMemory(program), given), run(program, ...given));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('memory', () => {
  const chain = (length: number) => (x: Tensor) => {
    let result = x;
    for (let i = 0; i < length; i++) result = map(square, [result]);
    return result;
  };
  const x = zeros([1000]);
  const planOf = (program: Program) => planMemory(separateStates(program));

  test('of a chain of maps is its input and one result, however long the chain', () => {
    for (const length of [1, 5, 50]) {
      // 1000 floats take 4000 bytes, to the next multiple of 64.
      expect(planOf(recorded(chain(length), x)).bytes).toBe(2 * 4032);
    }
  });

  test('of what cannot be overwritten is taken up again when it is no longer read', () => {
    const matrix = zeros([32, 32]);
    const product = (a: Tensor) => matmul(matmul(matmul(matmul(a, a), a), a), a);
    expect(planOf(recorded(product, matrix)).bytes).toBe(3 * 4096);
  });

  test('of a state is written over by its next value', () => {
    const state = holderOf([1000], 'float32', 'state');
    const program = recorded((a: Tensor) => {
      const recording = activeRecording()!;
      recording.write(state, add(recording.read(state), a));
    }, x);
    const plan = planOf(program);
    expect(plan.copies).toEqual([]);
    expect(plan.bytes).toBe(2 * 4032);
  });

  test('of a state that is read later keeps the old value until then', () => {
    const state = holderOf([1000], 'float32', 'state');
    const program = recorded((a: Tensor) => {
      const recording = activeRecording()!;
      const old = recording.read(state);
      recording.write(state, add(old, a));
      return reduce('sum', old);
    }, x);
    expect(planOf(program).copies).toHaveLength(1);
  });

  test('offsets are those of cache lines', () => {
    const program = recorded((a: Tensor) => [map(square, [a]), reduce('sum', a), reduce('maximum', a)], x);
    for (const offset of planOf(program).offsets.values()) expect(offset % 64).toBe(0);
  });
});
