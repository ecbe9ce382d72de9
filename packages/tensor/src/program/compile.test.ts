import { describe, expect, test } from 'vitest';
import { onReferenceBackend } from '../../../../test/support/programs.ts';
import { holderOf } from '../../../../test/support/random-programs.ts';
import { backend } from '../backend/backend.ts';
import { fromTypedArray, ones, scalar, tensor, zeros } from '../create.ts';
import { input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { map, matmul } from '../primitives.ts';
import { bernoulli, normal, uniform } from '../random/distributions.ts';
import { RandomKey } from '../random/key.ts';
import { Tensor } from '../tensor.ts';
import { compile } from './compile.ts';
import { formatProgram } from './print.ts';
import { RecordedReadError } from './recorded-read-error.ts';
import { activeRecording, effect, isRecorded, varying } from './recording.ts';

onReferenceBackend();

const add = (a: Tensor, b: Tensor): Tensor => map(f.add(input(0), input(1)), [a, b]);
const double = (x: Tensor): Tensor => add(x, x);
const x = tensor([1, 2, 3]);

describe('a compiled function', () => {
  test('gives what the function gives', () => {
    const fn = (a: Tensor, b: Tensor): Tensor => matmul(a, b.transpose());
    const [a, b] = [tensor([[1, 2, 3]]), tensor([[4, 5, 6]])];
    expect(compile(fn)(a, b).toArray()).toEqual([[32]]);
    expect(formatProgram(compile(fn).program(a, b))).toMatchInlineSnapshot(`
      "  %0: f32[1, 3]      = input 0
        %1: f32[1, 3]      = input 1
        %2: f32[1, 1]      = matmul %0, %1[3, 1]
      return %2"
    `);
  });

  test('takes views of whatever strides', () => {
    const matrix = tensor([
      [1, 2],
      [3, 4],
    ]);
    const compiled = compile(double);
    expect(compiled(matrix).toArray()).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(compiled(matrix.transpose()).toArray()).toEqual([
      [2, 6],
      [4, 8],
    ]);
    expect(compiled(matrix.slice([1]).expand([2, 2])).toArray()).toEqual([
      [6, 8],
      [6, 8],
    ]);
  });

  test('leaves earlier results as they were', () => {
    const compiled = compile(double);
    const first = compiled(x);
    compiled(tensor([7, 8, 9]));
    expect(first.toArray()).toEqual([2, 4, 6]);
  });

  test('gives arrays and objects of tensors and of what else there was', () => {
    const compiled = compile((a: Tensor) => ({
      twice: double(a),
      list: [a, { same: a }],
      name: 'x',
      none: null,
    }));
    const { twice, list, ...others } = compiled(x);
    expect(twice.toArray()).toEqual([2, 4, 6]);
    expect((list[0] as Tensor).toArray()).toEqual([1, 2, 3]);
    expect((list[1] as { same: Tensor }).same.toArray()).toEqual([1, 2, 3]);
    expect(others).toEqual({ name: 'x', none: null });
  });

  test('gives constants, and parts of what it was given', () => {
    const compiled = compile((a: Tensor) => [ones([2]), a.slice([[1, null]]), double(scalar(4))]);
    expect(compiled(x).map((each) => each.toArray())).toEqual([[1, 1], [2, 3], 8]);
  });

  test('without tensors has an empty program', () => {
    const compiled = compile(() => 'nothing to do');
    expect(compiled()).toBe('nothing to do');
    expect(formatProgram(compiled.program())).toBe('return nothing');
  });
});

describe('a function is recorded once for each signature:', () => {
  let calls = 0;
  const count = <T>(result: T): T => {
    calls++;
    return result;
  };
  const recordings = (run: () => void): number => {
    calls = 0;
    run();
    return calls;
  };

  test('values do not matter, shapes and types do', () => {
    const compiled = compile((a: Tensor) => count(double(a)));
    expect(
      recordings(() => [x, tensor([5, 6, 7]), x.slice([[null, null, -1]])].map((each) => compiled(each))),
    ).toBe(1);
    expect(recordings(() => compiled(tensor([1, 2])))).toBe(1);
    expect(recordings(() => compiled(tensor([[1, 2, 3]])))).toBe(1);
    expect(recordings(() => compiled(x.cast('float64')))).toBe(1);
    expect(recordings(() => [x, x.cast('float64'), tensor([1, 2])].map((each) => compiled(each)))).toBe(0);
  });

  test('keys are inputs', () => {
    const compiled = compile((key: RandomKey) => count(uniform(key, [2])));
    expect(
      recordings(() =>
        RandomKey.fromSeed(1)
          .split(3)
          .map((key) => compiled(key)),
      ),
    ).toBe(1);
  });

  test('other values belong to it', () => {
    const compiled = compile((_: unknown) => count(0));
    const twice = (value: () => unknown): number => recordings(() => [compiled(value()), compiled(value())]);
    expect(twice(() => 1)).toBe(1);
    expect(twice(() => '1')).toBe(1);
    expect(twice(() => 0)).toBe(1);
    expect(twice(() => -0)).toBe(1);
    expect(twice(() => Number.NaN)).toBe(1);
    expect(twice(() => Infinity)).toBe(1);
    expect(twice(() => null)).toBe(1);
    expect(twice(() => true)).toBe(1);
    expect(twice(() => ({ axes: [0, 1], keepDims: true }))).toBe(1);
    expect(twice(() => ({ axes: [0, 2], keepDims: true }))).toBe(1);
    expect(twice(() => ({ axes: [x, 'x'] }))).toBe(1);
    expect(twice(() => ({ axes: ['x', x] }))).toBe(1);
    expect(twice(() => double)).toBe(1);
    // Functions and objects of classes are what they are, not what they hold.
    expect(twice(() => () => 0)).toBe(2);
    expect(twice(() => new Map())).toBe(2);
  });

  test('undefined is not null', () => {
    const compiled = compile((value: null | undefined, list: readonly (null | undefined)[]) =>
      count([value, list]),
    );
    expect(recordings(() => compiled(null, [null]))).toBe(1);
    expect(recordings(() => compiled(undefined, [null]))).toBe(1);
    expect(recordings(() => compiled(null, [undefined]))).toBe(1);
  });

  test('text that looks like a tensor is text', () => {
    const compiled = compile((value: unknown) => count(value instanceof Tensor));
    expect(compiled(x)).toBe(true);
    expect(compiled('tensor float32 [3]')).toBe(false);
    expect(compiled(7)).toBe(false);
    expect(compiled('number 7')).toBe(false);
  });
});

describe('numbers that are read while recording', () => {
  const reads: readonly (readonly [string, (a: Tensor) => unknown])[] = [
    ['toArray', (a) => a.toArray()],
    ['toTypedArray', (a) => a.toTypedArray()],
    ['item', (a) => a.slice([0]).item()],
    ['data', (a) => a.data],
    ['printing', (a) => `${a}`],
    ['a condition', (a) => (a.slice([0]).item() > 0 ? a : double(a))],
    ['what was computed', (a) => double(a).toArray()],
  ];

  test.each(reads)('raise an error that says what to do: %s', (_, read) => {
    expect(() => compile(read)(x)).toThrow(RecordedReadError);
    expect(() => compile(read)(x)).toThrow(
      /^compile: a tensor float32 \[3\] was read while compile\(\) recorded, at .*: its numbers exist only when the program runs\. Return it from the function and read it there, choose between values with where\(\), or leave this function uncompiled\.$/,
    );
  });

  test('are none of constants', () => {
    const compiled = compile((a: Tensor) => (double(scalar(2)).item() === 4 ? double(a) : a));
    expect(compiled(x).toArray()).toEqual([2, 4, 6]);
  });

  test('the words of a key neither', () => {
    expect(() => compile((key: RandomKey) => key.words)(RandomKey.fromSeed(1))).toThrow(
      'compile: the words of a random key was read while compile() recorded',
    );
    expect(() => compile((key: RandomKey) => key.split(2)[1]!.toTensor())(RandomKey.fromSeed(1))).toThrow(
      RecordedReadError,
    );
  });
});

describe('random numbers', () => {
  test.each<[string, (key: RandomKey) => Tensor]>([
    ['of a key', (key) => normal(key, [5])],
    ['of a key that was split off', (key) => normal(key.split(3)[2]!, [5])],
    ['of a key that was folded in', (key) => uniform(key.foldIn(4).foldIn(5), [5], { dtype: 'float64' })],
    ['shifted and scaled', (key) => normal(key, [5], { mean: 3, standardDeviation: 0.3 })],
    ['within bounds', (key) => uniform(key, [5], { low: -0.1, high: 0.7 })],
    ['of ones and zeros', (key) => bernoulli(key, 0.3, [50])],
    ['by probabilities', (key) => bernoulli(key, uniform(key.foldIn(1), [50]))],
  ])('%s are those of the uncompiled function', (_, draw) => {
    const compiled = compile(draw);
    for (const key of RandomKey.fromSeed(3).split(3)) {
      expect(compiled(key).toTypedArray()).toEqual(draw(key).toTypedArray());
    }
  });
});

describe('state', () => {
  const counting = (dtype: 'float32' | 'float64' = 'float32') => {
    const holder = holderOf([], dtype, 'count');
    const value = (): number => {
      const held = holder.held();
      return (held instanceof Tensor ? held : held.tensor()).item();
    };
    const increase = (by: Tensor): Tensor => {
      const recording = activeRecording()!;
      recording.write(holder, add(recording.read(holder), by));
      return recording.read(holder);
    };
    return { holder, value, increase };
  };

  test('goes on from run to run, and is read after it was written', () => {
    const { value, increase } = counting();
    const compiled = compile(increase);
    expect([1, 2, 3].map((by) => compiled(scalar(by)).item())).toEqual([1.25, 3.25, 6.25]);
    expect(value()).toBe(6.25);
  });

  test('that is changed from outside is seen', () => {
    const { holder, value, increase } = counting();
    const compiled = compile(increase);
    compiled(scalar(1));
    const other = scalar(10);
    holder.hold({ shape: [], dtype: 'float32', tensor: () => other });
    expect(compiled(scalar(1)).item()).toBe(11);
    expect(value()).toBe(11);
  });

  test('is shared by the programs of several signatures and functions', () => {
    const { value, increase } = counting();
    const compiled = compile((list: readonly Tensor[]) => list.map(increase));
    compiled([scalar(1)]);
    compiled([scalar(2), scalar(3)]);
    compile(increase)(scalar(4));
    compiled([scalar(5)]);
    expect(value()).toBe(15.25);
  });

  test('that is read and not written stays', () => {
    const { holder, value } = counting();
    const compiled = compile((a: Tensor) => add(a, activeRecording()!.read(holder)));
    expect(compiled(x).toArray()).toEqual([1.25, 2.25, 3.25]);
    expect(compiled.program(x).updates).toEqual([]);
    expect(value()).toBe(0.25);
  });

  test('values taken from it stay what they are', () => {
    const { value, increase, holder } = counting();
    const compiled = compile(increase);
    compiled(scalar(1));
    const held = holder.held();
    const before = held instanceof Tensor ? held : held.tensor();
    compiled(scalar(1));
    expect(before.item()).toBe(1.25);
    expect(value()).toBe(2.25);
  });

  test('two of them may change places', () => {
    const [first, second] = [holderOf([2], 'float32', 'first'), holderOf([2], 'float32', 'second')];
    compile((a: Tensor) => activeRecording()!.write(second, a))(tensor([3, 4]));
    const swap = compile(() => {
      const recording = activeRecording()!;
      const [a, b] = [recording.read(first), recording.read(second)];
      recording.write(first, b);
      recording.write(second, a);
    });
    const values = () =>
      [first, second].map((holder) => {
        const held = holder.held();
        return (held instanceof Tensor ? held : held.tensor()).toArray();
      });
    swap();
    expect(values()).toEqual([
      [3, 4],
      [0.25, 0.25],
    ]);
    swap();
    expect(values()).toEqual([
      [0.25, 0.25],
      [3, 4],
    ]);
  });
});

describe('numbers that vary', () => {
  test('are worked out in every run, after effects', () => {
    let step = 0;
    const compiled = compile((a: Tensor) => {
      effect(() => {
        step++;
      });
      return add(
        a,
        varying(() => 10 * step),
      );
    });
    expect([0, 1, 2].map(() => compiled(scalar(1)).item())).toEqual([11, 21, 31]);
    expect(step).toBe(3);
  });

  test('are of the type that is asked for', () => {
    const compiled = compile(() => varying(() => 0.1, 'float64'));
    expect(compiled().item()).toBe(0.1);
    expect(compile(() => varying(() => 0.1))().item()).toBe(Math.fround(0.1));
  });

  test('outside of a recording are numbers, and effects happen at once', () => {
    let step = 0;
    effect(() => {
      step++;
    });
    expect(varying(() => step).item()).toBe(1);
  });

  test('JavaScript’s own are as they were when the function was recorded', () => {
    let rate = 2;
    const compiled = compile((a: Tensor) => add(a, scalar(rate)));
    compiled(scalar(1));
    rate = 5;
    expect(compiled(scalar(1)).item()).toBe(3);
  });
});

describe('while a function is recorded', () => {
  test('an error leaves everything as it was', () => {
    const holder = holderOf([3], 'float32', 'x');
    const before = [backend(), activeRecording(), holder.held()];
    let fails = true;
    const compiled = compile((a: Tensor) => {
      activeRecording()!.write(holder, double(a));
      effect(() => expect.unreachable());
      if (fails) throw new Error('something else');
      return activeRecording()!.read(holder);
    });
    expect(() => compiled(x)).toThrow('something else');
    expect([backend(), activeRecording(), holder.held()]).toEqual(before);
    expect(double(x).toArray()).toEqual([2, 4, 6]);
    fails = false;
    expect(compiled.program(x).updates).toHaveLength(1);
  });

  test('nothing is computed but what depends on constants alone', () => {
    const found: boolean[] = [];
    compile((a: Tensor) => {
      found.push(isRecorded(double(a)), isRecorded(double(ones([2]))), isRecorded(a.reshape([3, 1])));
    })(x);
    expect(found).toEqual([true, false, true]);
  });

  test('a compiled function is a part of what is recorded', () => {
    const holder = holderOf([3], 'float32', 'sum');
    const inner = compile((a: Tensor) => {
      const recording = activeRecording()!;
      recording.write(holder, add(recording.read(holder), a));
      return double(a);
    });
    const outer = compile((a: Tensor) => inner(inner(a)));
    const another = compile((a: Tensor) => add(inner(a), a));
    for (let run = 0; run < 2; run++) expect(outer(x).toArray()).toEqual([4, 8, 12]);
    expect(another(x).toArray()).toEqual([3, 6, 9]);
    expect(inner(x).toArray()).toEqual([2, 4, 6]);
    const held = holder.held();
    // 0.25 at first, then x and 2x twice, x, and x once more.
    expect((held instanceof Tensor ? held : held.tensor()).toArray()).toEqual([8.25, 16.25, 24.25]);
  });

  test('its own tensors are of no use afterwards', () => {
    let kept: Tensor | undefined;
    compile((a: Tensor) => {
      kept = double(a);
    })(x);
    const message =
      /^compile: a tensor float32 \[3\] that a compiled function made while it was recorded was used after that, at .*: it stands for a value of the program, and has none of its own\. Return it from the function/;
    expect(() => kept!.toArray()).toThrow(message);
    expect(() => compile((a: Tensor) => add(a, kept!))(x)).toThrow(message);
  });
});

test('int32 and float64 tensors pass through', () => {
  const compiled = compile((a: Tensor, b: Tensor) => [a.cast('float64'), b.cast('int32')]);
  const [wide, whole] = compiled(fromTypedArray(Int32Array.of(1, 2)), tensor([1.5, -2.5]));
  expect([wide!.dtype, whole!.dtype]).toEqual(['float64', 'int32']);
  expect(whole!.toArray()).toEqual([1, -2]);
  expect(compile((a: Tensor) => double(a))(zeros([0, 3])).shape).toEqual([0, 3]);
});
