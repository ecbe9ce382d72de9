import {
  compile,
  gather,
  map,
  matmul,
  normal,
  RandomKey,
  reduce,
  referenceBackend,
  scatterAdd,
  type Tensor,
  tensor,
  uniform,
  useBackend,
  WasmBackend,
} from '@reparam/tensor';
import { constant, type Expression, input } from '../packages/tensor/src/expression/expression.ts';
import * as formulas from '../packages/tensor/src/expression/functions.ts';
import { mapKernel } from '../packages/tensor/src/wasm/map/map-kernel.ts';
import { vectorFunctions } from '../packages/tensor/src/wasm/math/table.ts';
import { ulpError } from '../packages/tensor/src/wasm/math/ulp.ts';
import { KernelMemory } from '../packages/tensor/src/wasm/memory.ts';
import { KernelLibrary } from '../packages/tensor/src/wasm/threads/kernel-library.ts';
import { type KernelErrors, type KernelName, kernelPromises } from './accuracy-page.ts';

/** Unit roundoff of float32. */
const roundoff = 2 ** -24;
/** Numbers around 1 from those in 0 … 1, so that products of rows stay in range. */
const near1 = formulas.add(formulas.multiply(input(0), constant(1 / 64)), constant(1 - 1 / 128));

/** How many arguments functions are measured at: those of one, and those of more. */
const sweep = 1 << 21;
const draws = 1 << 19;
const chunk = 1 << 16;

const library = new KernelLibrary(new KernelMemory({ shared: false }));
const { memory } = library;
const addresses = [0, 1, 2, 3].map(() => memory.allocate(4 * chunk));
const float32At = (k: number): Float32Array =>
  memory.float32.subarray(addresses[k]! / 4, addresses[k]! / 4 + chunk);
const bitsAt = (k: number): Int32Array => memory.int32.subarray(addresses[k]! / 4, addresses[k]! / 4 + chunk);

/** The worst error of every vector function in both ways to round, in units in the last place. */
export function measureFunctions(): KernelErrors {
  return new Map(
    Object.keys(vectorFunctions).map((name) => [
      name,
      { deterministic: roundedUp(worstOf(name, false)), otherwise: roundedUp(worstOf(name, true)) },
    ]),
  );
}

type Call = Extract<Expression, { kind: 'call' }>;

function worstOf(name: string, fused: boolean): number {
  const build = (formulas as unknown as Record<string, (...operands: Expression[]) => Call>)[name]!;
  const { callee, operands } = build(input(0), input(1), input(2));
  const inputs = operands.map(() => 'vector' as const);
  const expression = build(input(0), input(1), input(2));
  const kernel = mapKernel(library, { inputs, outputs: [{ expression, kind: 'store' }] }, { fused });
  const placed = addresses.map((address) => ({ address, rowStride: 0 }));
  let worst = 0;
  const points = operands.length === 1 ? sweep : draws;
  for (let from = 0; from < points; from += chunk) {
    for (let k = 0; k < operands.length; k++) fill(k, operands.length, from);
    kernel.run(1, chunk, placed.slice(0, operands.length), [placed[3]!], 0);
    const [a, b, c, computed] = [0, 1, 2, 3].map(float32At) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    for (let i = 0; i < chunk; i++) {
      const exact = callee.evaluate(...[a[i]!, b[i]!, c[i]!].slice(0, operands.length));
      worst = Math.max(worst, ulpError(computed[i]!, exact));
    }
  }
  return worst;
}

/** Fills operand `k`: of one, bit patterns from end to end; of several, every other chunk is of moderate numbers. */
function fill(k: number, arity: number, from: number): void {
  if (arity === 1) {
    const step = 2 ** 32 / sweep;
    bitsAt(k).forEach((_, i, bits) => {
      // Odd, so that the last bits of mantissas vary as well.
      bits[i] = Math.round((from + i) * step) + ((from + i) % step);
    });
    return;
  }
  const key = RandomKey.fromSeed(k).foldIn(from);
  const extreme = (from / chunk) % 2 === 0;
  const numbers = uniform(key, [chunk], { dtype: 'float64' }).data;
  if (extreme) for (let i = 0; i < chunk; i++) bitsAt(k)[i] = Math.floor(numbers[i]! * 2 ** 32);
  else for (let i = 0; i < chunk; i++) float32At(k)[i] = 20 * numbers[i]! - 10;
}

/** Up to the next hundredth: further digits mean nothing. */
function roundedUp(error: number): string {
  return String(Math.ceil(error * 100 - 1e-9) / 100);
}

/** The same of kernels that are no functions of single numbers, compiled on the wasm backend. */
export function measureKernels(): KernelErrors {
  const both = { deterministic: measured(true), otherwise: measured(false) };
  return new Map(
    (Object.keys(kernelPromises) as KernelName[]).map((name) => [
      name,
      { deterministic: both.deterministic[name], otherwise: both.otherwise[name] },
    ]),
  );
}

const key = RandomKey.fromSeed(11);

function measured(deterministic: boolean): Record<KernelName, string> {
  const backend = new WasmBackend({ deterministic, sparesSmall: false });
  const run = (fn: (...operands: Tensor[]) => Tensor, ...operands: Tensor[]): Tensor =>
    compile(fn, { backend })(...operands);
  const x = normal(key, [300, 517]);
  const positive = uniform(key, [300, 517]);
  const factors = map(near1, [positive]);
  const table = normal(key.foldIn(1), [40, 33]);
  const indices = tensor([3, 0, 39, 3, 17, 3], { dtype: 'int32' });
  const updates = normal(key.foldIn(2), [6, 33]);
  return {
    matmul: roundedUp(worstProduct(run)),
    'sum of rows': worstSum(run, (a) => reduce('sum', a, { axes: 1 }), positive),
    'sum of columns': worstSum(run, (a) => reduce('sum', a, { axes: 0 }), positive),
    'sum of everything': worstSum(run, (a) => reduce('sum', a), positive),
    'product of rows': worstUlps(run, (a) => reduce('product', a, { axes: 1 }), factors),
    'maximum and minimum': sameBits(
      run,
      [(a) => reduce('maximum', a, { axes: 1 }), (a) => reduce('minimum', a, { axes: 0 })],
      x,
    ),
    'random uniform': sameBits(run, [() => uniform(key, [70_001])]),
    'random normal': sameBits(run, [() => normal(key, [70_001])]),
    'copies of views': sameBits(run, [(a) => a.transpose().contiguous()], x),
    gather: sameBits(run, [(a, at) => gather(a, at, 0)], table, indices),
    scatterAdd: sameBits(run, [(a, at, rows) => scatterAdd(a, at, rows, 0)], table, indices, updates),
  };
}

type Run = (fn: (...operands: Tensor[]) => Tensor, ...operands: Tensor[]) => Tensor;

function onReference<T>(compute: () => T): T {
  const before = useBackend(referenceBackend);
  try {
    return compute();
  } finally {
    useBackend(before);
  }
}

/** Against the same function of float64, in units in the last place. */
function worstUlps(run: Run, fn: (x: Tensor) => Tensor, x: Tensor): string {
  const exact = onReference(() => fn(x.cast('float64')).toTypedArray());
  const computed = run(fn, x).toTypedArray();
  const errors = Array.from(exact, (value, i) => ulpError(computed[i]!, value));
  return roundedUp(Math.max(...errors));
}

/** Against sums in float64, in u·Σ|x|. */
function worstSum(run: Run, fn: (x: Tensor) => Tensor, x: Tensor): string {
  const inDouble = x.cast('float64');
  const [exact, scale] = onReference(() => [fn(inDouble).toTypedArray(), fn(sizes(inDouble)).toTypedArray()]);
  const computed = run(fn, x).toTypedArray();
  const errors = Array.from(exact!, (value, i) => Math.abs(computed[i]! - value) / scale![i]! / roundoff);
  return roundedUp(Math.max(...errors));
}

function sizes(x: Tensor): Tensor {
  return map(formulas.abs(input(0)), [x]);
}

function sameBits(
  run: Run,
  functions: readonly ((...operands: Tensor[]) => Tensor)[],
  ...operands: Tensor[]
): string {
  const same = functions.every((fn) => {
    const expected = onReference(() => fn(...operands).toTypedArray());
    const computed = run(fn, ...operands).toTypedArray();
    return expected.every((value, i) => Object.is(value, computed[i]));
  });
  return same ? 'same bits' : 'DIFFERENT BITS';
}

/** The worst error of products of several depths, in u·Σ|a·b|. */
function worstProduct(run: Run): number {
  let worst = 0;
  for (const depth of [1, 7, 64, 400, 512, 513, 784, 3136]) {
    const a = normal(key.foldIn(depth), [33, depth]);
    const b = normal(key.foldIn(-depth), [depth, 47]);
    const [left, right] = [a.cast('float64'), b.cast('float64')];
    const [exact, scale] = onReference(() => [
      matmul(left, right).toTypedArray(),
      matmul(sizes(left), sizes(right)).toTypedArray(),
    ]);
    const computed = run((p, q) => matmul(p, q), a, b).toTypedArray();
    for (const [i, value] of exact!.entries()) {
      worst = Math.max(worst, Math.abs(computed[i]! - value) / scale![i]! / roundoff);
    }
  }
  return worst;
}
