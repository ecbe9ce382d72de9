import { describe, expect, test } from 'vitest';
import { compile, createMemory, instantiate, type KernelFunction } from '../engine.ts';
import type { FunctionBuilder, ParameterLocals } from './function-builder.ts';
import { ModuleBuilder } from './module-builder.ts';
import { f64, i32, i64, select } from './scalar.ts';
import type { Value } from './value.ts';
import { f32x4, v128 } from './vector.ts';

const numbers = { a: 'i32', b: 'i32' } as const;

function evaluate(
  build: (f: FunctionBuilder, parameters: ParameterLocals<typeof numbers>) => Value<'i32'>,
): KernelFunction {
  const module = new ModuleBuilder({ shared: false });
  module.export(module.function('run', numbers, 'i32', build));
  return instantiate(compile(module.build()), createMemory(1)).run!;
}

describe('control', () => {
  test('if, with and without otherwise', () => {
    const sign = evaluate((f, { a }) => {
      const result = f.local('i32');
      f.if(i32.gtS(a, 0), () => f.set(result, 1));
      f.if(
        i32.ltS(a, 0),
        () => f.set(result, -1),
        () => f.if(i32.eqz(a), () => f.set(result, 7)),
      );
      return result;
    });
    expect([sign(5), sign(-5), sign(0)]).toEqual([1, -1, 7]);
  });

  test('while: greatest common divisor by Euclid', () => {
    const gcd = evaluate((f, { a, b }) => {
      f.while(
        () => i32.ne(b, 0),
        () => {
          const rest = f.let(i32.remU(a, b));
          f.set(a, b);
          f.set(b, rest);
        },
      );
      return a;
    });
    expect([gcd(84, 36), gcd(36, 84), gcd(7, 0), gcd(17, 5)]).toEqual([12, 12, 7, 1]);
  });

  test('repeat runs as often as it is told, not at all for 0', () => {
    const power = evaluate((f, { a, b }) => {
      const result = f.let(i32.const(1));
      f.repeat(b, () => f.set(result, i32.mul(result, a)));
      return i32.sub(result, b);
    });
    expect([power(3, 4), power(2, 10), power(5, 0)]).toEqual([81, 1024, 1]);
  });

  test('for visits 0, step, 2·step … below the limit', () => {
    const visited = evaluate((f, { a, b }) => {
      const [i, sum] = f.locals('i32', 2);
      f.for(i, a, b, () => f.set(sum, i32.add(i32.mul(sum, 10), i)));
      return sum;
    });
    expect([visited(4, 1), visited(7, 3), visited(1, 5), visited(0, 1)]).toEqual([123, 36, 0, 0]);
  });

  test('branches leave blocks and begin loops again, across levels', () => {
    const firstDivisor = evaluate((f, { a, b }) => {
      f.set(b, 2);
      f.block((found) => {
        f.loop((next) => {
          f.if(i32.eqz(i32.remU(a, b)), () => f.branch(found));
          f.increment(b, 1);
          f.branchIf(next, i32.leU(i32.mul(b, b), a));
        });
        f.set(b, a);
      });
      return b;
    });
    expect([firstDivisor(91), firstDivisor(64), firstDivisor(97)]).toEqual([7, 2, 97]);
  });

  test('return leaves at once', () => {
    const run = evaluate((f, { a, b }) => {
      f.if(i32.gtU(a, b), () => f.return(i32.const(-1)));
      return i32.sub(b, a);
    });
    expect([run(5, 3), run(3, 5)]).toEqual([-1, 2]);
  });
});

describe('values', () => {
  test('let computes once what a tree used twice would compute twice', () => {
    const run = evaluate((f, { a }) => {
      const before = f.let(i32.load(64));
      f.emit(i32.store(64, i32.add(before, a)));
      return i32.add(i32.mul(before, 100), i32.load(64));
    });
    expect([run(3), run(4)]).toEqual([3, 307]);
  });

  test('drop forgets a value', () => {
    expect(
      evaluate((f, { a }) => {
        f.drop(i32.add(a, 1));
        return a;
      })(5),
    ).toBe(5);
  });

  test('many locals of mixed types keep apart', () => {
    const run = evaluate((f, { a }) => {
      const integers = f.locals('i32', 150);
      const doubles = f.locals('f64', 150);
      const last = f.local('i64');
      integers.forEach((local, i) => {
        f.set(local, i);
      });
      doubles.forEach((local, i) => {
        f.set(local, 1000 + i);
      });
      f.set(last, 7n);
      const sum = [...integers].reduce<Value<'i32'>>((total, local) => i32.add(total, local), a);
      return i32.add(
        i32.add(sum, i32.truncF64S(f64.sub(doubles[149]!, doubles[0]!))),
        select(i64.eqz(last), i32.const(0), i32.const(1)),
      );
    });
    expect(run(10)).toBe(10 + (149 * 150) / 2 + 149 + 1);
  });
});

test('constants are set once, told apart by bits, and of every kind', () => {
  const module = new ModuleBuilder({ shared: false });
  const run = module.function('run', {}, 'none', (f) => {
    const half = f.constant(0.5);
    expect(f.constant(0.5)).toBe(half);
    expect(f.constant(-0)).not.toBe(f.constant(0));
    expect(f.constant(Number.NaN)).toBe(f.constant(Number.NaN));
    const i = f.local('i32');
    const sum = f.let(f.constant(-0));
    f.for(i, 3, 1, () => f.set(sum, f32x4.add(sum, f.constant(1.5))));
    f.emit(
      v128.store(0, sum),
      v128.store(16, f.constant(-0)),
      v128.store(32, f.constant(-7, 'i32x4')),
      v128.store(48, f.constant(0.1, 'f64x2')),
      v128.store(64, f.constant(-9, 'i64x2')),
      v128.store(80, f.constant(Number.NaN)),
    );
  });
  module.export(run);
  const memory = createMemory(1);
  instantiate(compile(module.build()), memory).run!();
  expect([...new Float32Array(memory.buffer, 0, 8)]).toEqual([4.5, 4.5, 4.5, 4.5, -0, -0, -0, -0]);
  expect([...new Int32Array(memory.buffer, 32, 4)]).toEqual([-7, -7, -7, -7]);
  expect([...new Float64Array(memory.buffer, 48, 2)]).toEqual([0.1, 0.1]);
  expect([...new BigInt64Array(memory.buffer, 64, 2)]).toEqual([-9n, -9n]);
  expect(new Float32Array(memory.buffer)[20]).toBeNaN();
});
