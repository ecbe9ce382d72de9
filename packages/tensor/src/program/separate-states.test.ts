import { expect, test } from 'vitest';
import { expectSame, onReferenceBackend, recorded, run } from '../../../../test/support/programs.ts';
import { holderOf } from '../../../../test/support/random-programs.ts';
import { tensor } from '../create.ts';
import { input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { map } from '../primitives.ts';
import type { Tensor } from '../tensor.ts';
import { formatProgram } from './print.ts';
import { activeRecording } from './recording.ts';
import { separateStates } from './separate-states.ts';

onReferenceBackend();

test('what is kept of the old value of a state that changes is copied first', () => {
  const [a, b, fixed] = ['a', 'b', 'fixed'].map((name) => holderOf([2], 'float32', name)) as [
    ReturnType<typeof holderOf>,
    ReturnType<typeof holderOf>,
    ReturnType<typeof holderOf>,
  ];
  const x = tensor([1, 2]);
  const program = recorded((given: Tensor) => {
    const recording = activeRecording()!;
    const [oldA, oldB] = [recording.read(a), recording.read(b)];
    recording.write(a, map(f.add(input(0), input(1)), [oldA, given]));
    recording.write(b, oldA);
    return [oldB.slice([1]), recording.read(fixed), recording.read(a)];
  }, x);
  const separated = separateStates(program);
  expect(formatProgram(separated)).toMatchInlineSnapshot(`
    "  %0: f32[2]         = input 0
      %1: f32[2]         = state a
      %2: f32[2]         = state b
      %3: f32[2]         = state fixed
      %4: f32[]          = copy %2[ + 1]
      %5: f32[2]         = copy %1
      %6: f32[2]         = map %1, %0 x + y
    return %4, %3, %6
    a ← %6
    b ← %5"
  `);
  expectSame(run(separated, x), run(program, x));
});
