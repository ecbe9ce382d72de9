import { describe, expect, test } from 'vitest';
import { type Expression, input } from '../../expression/expression.ts';
import * as formulas from '../../expression/functions.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { v128 } from '../assembler/vector.ts';
import { compile, createMemory, instantiate, type KernelFunction } from '../engine.ts';
import { features } from '../features.ts';
import { LaneMath } from './lane-math.ts';
import { vectorFunctions } from './table.ts';
import { ulpError } from './ulp.ts';

const operands = [input(0), input(1), input(2)];

/** The record of a function, which knows its value in double precision. */
function recordOf(name: string): formulas.ScalarFunction {
  const build = (formulas as unknown as Record<string, (...operands: Expression[]) => Expression>)[name]!;
  const node = build(...operands);
  if (node.kind !== 'call') throw new Error(`${name} is no call`);
  return node.callee;
}

const chunk = 4096;
const chunkBytes = 4 * chunk;
const memory = createMemory(2);
const columns = [0, 1, 2].map((k) => new Float32Array(memory.buffer, k * chunkBytes, chunk));
const out = new Float32Array(memory.buffer, 3 * chunkBytes, chunk);

/** A kernel that computes a function of the three columns for `groups` vectors of four. */
function kernelOf(name: string, fused: boolean): KernelFunction {
  const module = new ModuleBuilder({ shared: false });
  const run = module.function('run', { groups: 'i32' }, 'none', (f, { groups }) => {
    const math = new LaneMath(module, f, { fused });
    const address = f.local('i32');
    f.repeat(groups, () => {
      const vectors = operands.map((_, k) => f.let(v128.load(address, k * chunkBytes)));
      f.emit(v128.store(address, vectorFunctions[name]!.emit(math, ...vectors), 3 * chunkBytes));
      f.increment(address, 16);
    });
  });
  module.export(run);
  return instantiate(compile(module.build()), memory).run!;
}

type Visit = (computed: number, at: readonly number[]) => void;

/** Computes the function at every point that `points` gives, all of a point's coordinates being reused. */
function evaluateAt(run: KernelFunction, points: Iterable<readonly number[]>, visit: Visit): void {
  let count = 0;
  const flush = (): void => {
    run(Math.ceil(count / 4));
    for (let i = 0; i < count; i++) {
      visit(
        out[i]!,
        columns.map((column) => column[i]!),
      );
    }
    count = 0;
  };
  for (const point of points) {
    point.forEach((x, k) => {
      columns[k]![count] = x;
    });
    if (++count === chunk) flush();
  }
  flush();
}

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);
const floatOf = (pattern: number): number => {
  bits[0] = pattern;
  return asFloat[0]!;
};

/** Numbers of every sign and binary order of magnitude, 2^k·(1 + j/64), and as many random ones. */
function* allMagnitudes(): Generator<readonly [number]> {
  for (let top = 0; top < 2 ** 15; top++) yield [floatOf(top << 17)];
  for (const x of randomPatterns(400_000)) yield [x];
}

/** A fixed sequence of random bit patterns (a linear congruential generator of D. Knuth, MMIX), as floats. */
function* randomPatterns(count: number): Generator<number> {
  let state = 1n;
  for (let i = 0; i < count; i++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    yield floatOf(Number(state >> 32n));
  }
}

const special = [
  0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 1e-45, -1e-45, 1e-39, 3e38, -3e38, 16777217, 88.7, -103.9,
].map(Math.fround);
const allSpecial = [...special, Infinity, -Infinity, Number.NaN];

/** All pairs of special values, moderate ones, whole exponents, and random patterns. */
function* pairs(): Generator<readonly [number, number]> {
  for (const a of allSpecial) for (const b of allSpecial) yield [a, b];
  let previous = 0;
  for (const x of randomPatterns(100_000)) {
    yield [previous, x];
    // The mantissas as numbers in ±8, and the sum of two as a whole number.
    const [a, b] = [moderate(previous), moderate(x)];
    yield [a, b];
    yield [a, Math.round(a + b)];
    previous = x;
  }
}

function* triples(): Generator<readonly [number, number, number]> {
  for (const c of allSpecial) for (const a of allSpecial) for (const b of allSpecial) yield [c, a, b];
}

function moderate(x: number): number {
  asFloat[0] = x;
  return (bits[0]! % 2 ** 23) / 2 ** 19 - 8;
}

const pointsByArity = [undefined, allMagnitudes, pairs, triples];

const modes = [
  ['deterministic', false],
  ['fused', true],
] as const;

describe.each(modes)('%s', (_, fused) => {
  const names = Object.keys(vectorFunctions);
  test.skipIf(fused && !features().relaxedSimd).each(names)('%s is within its bound', (name) => {
    const { evaluate, arity } = recordOf(name);
    let worst = 0;
    let worstAt: readonly number[] = [];
    evaluateAt(kernelOf(name, fused), pointsByArity[arity]!(), (computed, at) => {
      const error = ulpError(computed, evaluate(...at.slice(0, arity)));
      if (error > worst) {
        worst = error;
        worstAt = at;
      }
    });
    expect(worst, `at ${worstAt.slice(0, arity)}`).toBeLessThanOrEqual(vectorFunctions[name]!.ulp);
    // Not a loose bound either: half of it is really lost, or it is the nearest float32.
    if (vectorFunctions[name]!.ulp > 0.52) expect(worst).toBeGreaterThan(vectorFunctions[name]!.ulp / 2);
  });

  test.skipIf(fused && !features().relaxedSimd).each(names)('%s at special values', (name) => {
    const { evaluate, arity } = recordOf(name);
    const points = arity === 1 ? allSpecial.map((x) => [x]) : arity === 2 ? specialPairs : triples();
    evaluateAt(kernelOf(name, fused), points, (computed, at) => {
      const exact = Math.fround(evaluate(...at.slice(0, arity)));
      const isExact = !Number.isFinite(exact) || exact === 0 || Math.abs(exact) === 1;
      // toBe tells 0 from −0.
      if (isExact) expect(computed, `${name}(${at.slice(0, arity)})`).toBe(exact);
    });
  });
});

const specialPairs = allSpecial.flatMap((a) => allSpecial.map((b) => [a, b]));

test('what levels off stays within its limits', () => {
  for (const name of ['tanh', 'erf', 'sin', 'cos', 'sigmoid']) {
    evaluateAt(kernelOf(name, features().relaxedSimd), allMagnitudes(), (computed, [x]) => {
      if (Math.abs(computed) > 1) expect.fail(`${name}(${x}) is ${computed}`);
    });
  }
});

test('every function of formulas is there but the gamma functions', () => {
  const withoutVectors = ['lgamma', 'digamma', 'polygamma'];
  const isConstructor = (name: string): boolean => /^(logical|notEqual|isWhole)/.test(name);
  const all = Object.keys(formulas).filter((name) => !isConstructor(name) && !withoutVectors.includes(name));
  expect(all.toSorted()).toEqual(Object.keys(vectorFunctions).toSorted());
});
