import {
  type Expression,
  scalarFunctions as f,
  gather,
  input,
  map,
  matmul,
  normal,
  place,
  RandomKey,
  type Reduction,
  reduce,
  referenceBackend,
  scatterAdd,
  type Tensor,
  tensor,
  uniform,
  useBackend,
} from '@reparam/tensor';
import type { KernelBackend } from '../../packages/tensor/src/gpu/kernel-backend.ts';

/** Something to compute on a backend, and how near to the truth, in float64 on the reference backend, it has to come. */
export interface KernelCase {
  readonly name: string;
  /** `lift` makes of float32 operands what is computed with. */
  readonly compute: (lift: (x: Tensor) => Tensor) => Tensor;
  /** How many units in the last place of float32 a result may be off. */
  readonly ulps: number;
  /** What the units are of, where not of the result itself: for sums, the sum of all sizes. */
  readonly scale?: (lift: (x: Tensor) => Tensor) => Tensor;
  /** Below this, results may be 0: devices need not have numbers so small. */
  readonly smallest?: number;
}

export interface CaseOutcome {
  readonly name: string;
  readonly ulps: number;
  readonly allowed: number;
  /** The first element that is off, in words. */
  readonly complaint?: string;
}

const key = RandomKey.fromSeed(7);
/** Normals, from the CPU whatever backend is in use. */
const draw = (seed: number, shape: readonly number[]): Tensor =>
  referenceBackend.random('normal', key.foldIn(seed), shape, 'float32');

const special = tensor([
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  1e-6,
  -1e-6,
  0.3,
  -0.3,
  0.9,
  1.1,
  3,
  -3,
  7.25,
  10,
  -10,
  20,
  -20,
  50,
  -50,
  87,
  -87,
  1e3,
  -1e3,
  1e6,
  Infinity,
  -Infinity,
  Number.NaN,
]);

/** Formulas of one operand, with the units that they may be off over `special` and draws. */
const unary: readonly (readonly [string, (x: Expression) => Expression, number])[] = [
  ['negate', f.negate, 0],
  ['abs', f.abs, 0],
  ['sign', f.sign, 0],
  ['floor', f.floor, 0],
  ['ceil', f.ceil, 0],
  ['round', f.round, 0],
  ['isNaN', f.isNaN, 0],
  ['isFinite', f.isFinite, 0],
  ['sqrt', f.sqrt, 2],
  ['exp', f.exp, 128],
  ['expm1', f.expm1, 128],
  ['log', f.log, 4],
  ['log1p', f.log1p, 4],
  ['sigmoid', f.sigmoid, 128],
  ['softplus', f.softplus, 64],
  ['tanh', f.tanh, 8],
  ['sinh', f.sinh, 96],
  ['cosh', f.cosh, 96],
  ['asinh', f.asinh, 8],
  ['acosh', f.acosh, 8],
  ['atanh', f.atanh, 8],
  ['atan', f.atan, 4],
  ['asin', f.asin, 8],
  ['acos', f.acos, 8],
  ['erf', f.erf, 4],
  ['erfc', f.erfc, 32],
];
const moderate = tensor([
  0,
  0.1,
  -0.1,
  Math.PI / 4,
  1,
  -1,
  Math.PI / 2,
  2,
  Math.PI,
  -4,
  6,
  12,
  -30,
  100,
  1000,
]);
const periodic: typeof unary = [
  ['sin', f.sin, 4],
  ['cos', f.cos, 4],
  ['tan', f.tan, 8],
];

const directions = tensor([1, -1, 0.5, -0.25, 1e-3, -1e4, Infinity, -Infinity, Number.NaN]);

const [a, b, c] = [input(0), input(1), input(2)];
const binary: readonly (readonly [string, Expression, number])[] = [
  ['add', f.add(a, b), 1],
  ['subtract', f.subtract(a, b), 1],
  ['multiply', f.multiply(a, b), 1],
  ['divide', f.divide(a, b), 4],
  ['maximum', f.maximum(a, b), 0],
  ['minimum', f.minimum(a, b), 0],
  ['less', f.less(a, b), 0],
  ['lessEqual', f.lessEqual(a, b), 0],
  ['equal', f.equal(a, b), 0],
  ['hypot', f.hypot(a, b), 4],
  ['select', f.select(f.less(a, b), f.exp(a), f.log(b)), 128],
];

function elementwise(): KernelCase[] {
  const views = (x: Tensor): Tensor => x.reshape([4, 8]).transpose();
  const spread = draw(1, [7, 9]);
  return [
    ...[...unary, ...periodic].flatMap(([name, formula, ulps], i) => [
      {
        name: `${name} of special values`,
        ulps,
        smallest: 1e-35,
        compute: (lift: (x: Tensor) => Tensor) =>
          map(formula(a), [i < unary.length ? views(lift(special)) : lift(moderate)]),
      },
      {
        name: `${name} of normals`,
        ulps,
        compute: (lift: (x: Tensor) => Tensor) => map(formula(a), [lift(spread)]),
      },
    ]),
    ...binary.map(([name, formula, ulps]) => ({
      name: `${name} of all pairs of special values`,
      ulps,
      smallest: 1e-35,
      compute: (lift: (x: Tensor) => Tensor) => {
        const x = lift(special);
        return map(formula, [x.reshape([32, 1]), x.reshape([1, 32])]);
      },
    })),
    {
      // Devices need not tell −0 from 0, on which the sign of the angle depends: neither is asked for here.
      name: 'atan2 in all directions',
      ulps: 8,
      compute: (lift) => {
        const x = lift(directions);
        return map(f.atan2(a, b), [x.reshape([9, 1]), x.reshape([1, 9])]);
      },
    },
    {
      name: 'power of whole and other exponents',
      ulps: 16,
      compute: (lift) =>
        map(f.power(a, b), [
          lift(tensor([-2, -1, -0.5, 0, 0.5, 1, 1.5, 3, Infinity]).reshape([9, 1])),
          lift(tensor([-3, -2, -0.5, 0, 0.5, 1, 2, 3, 5, 2.25])),
        ]),
    },
    {
      name: 'a formula with shared parts, constants and three broadcast operands',
      ulps: 8,
      compute: (lift) => {
        const shared = f.multiply(a, b);
        return map(f.add(f.tanh(shared), f.multiply(shared, f.subtract(c, f.exp(f.negate(shared))))), [
          lift(draw(2, [5, 1, 3])),
          lift(draw(3, [4, 1])),
          lift(draw(4, [3])),
        ]);
      },
      scale: (lift) => {
        const size = f.abs(f.multiply(a, b));
        return map(f.add(f.add(size, f.abs(c)), f.multiply(size, f.exp(size))), [
          lift(draw(2, [5, 1, 3])),
          lift(draw(3, [4, 1])),
          lift(draw(4, [3])),
        ]);
      },
    },
    {
      name: 'more operands than a kernel reads',
      ulps: 4,
      compute: (lift) => {
        const operands = Array.from({ length: 15 }, (_, i) => lift(draw(20 + i, i % 3 === 0 ? [6, 5] : [5])));
        return map(operands.map((_, i) => input(i)).reduce<Expression>(f.add, input(15)), [
          ...operands,
          lift(tensor(0.5)),
        ]);
      },
      scale: (lift) => map(f.add(a, f.multiply(b, b)), [lift(tensor(8)), lift(draw(20, [6, 5]))]),
    },
  ];
}

function reductions(): KernelCase[] {
  const kinds: readonly Reduction[] = ['sum', 'product', 'maximum', 'minimum'];
  const x = draw(40, [5, 7, 3]);
  const long = draw(41, [3, 2500]);
  const abs = (z: Tensor): Tensor => map(f.abs(a), [z]);
  return [
    ...kinds.flatMap((kind) =>
      [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2]].map((axes): KernelCase => {
        const exact = kind === 'maximum' || kind === 'minimum';
        return {
          name: `${kind} over axes ${axes.join(', ')} of a permuted view`,
          ulps: exact ? 0 : 6,
          compute: (lift) => reduce(kind, lift(x).permute([2, 0, 1]), { axes }),
          ...(kind === 'sum' && { scale: (lift) => reduce(kind, abs(lift(x)).permute([2, 0, 1]), { axes }) }),
        };
      }),
    ),
    ...kinds
      .filter((kind) => kind !== 'product')
      .map(
        (kind): KernelCase => ({
          name: `${kind} of 2500 in two stages`,
          ulps: kind === 'sum' ? 2 : 0,
          compute: (lift) => reduce(kind, lift(long), { axes: 1 }),
          ...(kind === 'sum' && { scale: (lift) => reduce(kind, abs(lift(long)), { axes: 1 }) }),
        }),
      ),
    {
      name: 'maximum with NaN',
      ulps: 0,
      compute: (lift) => reduce('maximum', lift(special).reshape([4, 8]), { axes: 1 }),
    },
    {
      name: 'sum of nothing',
      ulps: 0,
      compute: (lift) => reduce('sum', lift(draw(42, [3, 0])), { axes: 1 }),
    },
  ];
}

function products(): KernelCase[] {
  const of = (
    name: string,
    left: readonly number[],
    right: readonly number[],
    options: { transposeA?: boolean; transposeB?: boolean } = {},
  ): KernelCase => {
    const [x, y] = [draw(50, left), draw(51, right)];
    const abs = (z: Tensor): Tensor => map(f.abs(a), [z]);
    const inner = options.transposeA ? left.at(-2)! : left.at(-1)!;
    return {
      name: `matmul ${name}`,
      // The error of a sum one after the other grows with its length, at random with its root.
      ulps: 3 + Math.ceil(Math.sqrt(inner) / 4),
      compute: (lift) => matmul(lift(x), lift(y), options),
      scale: (lift) => matmul(abs(lift(x)), abs(lift(y)), options),
    };
  };
  return [
    of('of odd shapes', [7, 5], [5, 3]),
    of('with K = 1237', [3, 1237], [1237, 5]),
    of('of tiles and edges, K = 37', [67, 37], [37, 70]),
    of('AᵀB of tiles, K = 1030', [1030, 33], [1030, 65], { transposeA: true }),
    of('ABᵀ of tiles', [65, 40], [34, 40], { transposeB: true }),
    of('AᵀBᵀ', [9, 4], [6, 9], { transposeA: true, transposeB: true }),
    of('batched', [3, 4, 5], [3, 5, 2]),
    of('batched, of tiles', [2, 40, 17], [2, 17, 36]),
    of('with a broadcast batch', [2, 1, 4, 5], [3, 5, 2]),
    of('of a row and a column', [1, 33], [33, 1]),
    of('over nothing', [2, 0], [0, 3]),
  ];
}

function indexing(): KernelCase[] {
  const [first, second] = [draw(62, [2, 3]), draw(63, [2, 2])];
  const parts = Array.from({ length: 12 }, (_, i) => draw(70 + i, [2, 1]));
  const x = draw(60, [4, 6, 3]);
  const indices = tensor(
    [
      [0, 5],
      [2, 2],
    ],
    { dtype: 'int32' },
  );
  const updates = draw(61, [4, 2, 2, 3]);
  return [
    { name: 'gather', ulps: 0, compute: (lift) => gather(lift(x), indices, 1) },
    {
      name: 'gather of a transposed view',
      ulps: 0,
      compute: (lift) => gather(lift(x).permute([1, 2, 0]), indices.transpose(), 0),
    },
    {
      name: 'scatterAdd with repeated indices',
      ulps: 4,
      compute: (lift) => scatterAdd(lift(x), indices, lift(updates), 1),
      scale: (lift) =>
        map(f.add(f.abs(a), b), [
          scatterAdd(lift(x), indices, map(f.abs(a), [lift(updates)]), 1),
          lift(tensor(4)),
        ]),
    },
    {
      name: 'copy of a reversed and permuted view',
      ulps: 0,
      compute: (lift) =>
        lift(x)
          .slice([
            [null, null, -1],
            [1, 6, 2],
          ])
          .permute([2, 0, 1])
          .contiguous(),
    },
    {
      name: 'pads, strides and overlaps',
      ulps: 0,
      compute: (lift) =>
        place(
          [
            { source: lift(first), start: [1, 2], step: [2, 1] },
            { source: lift(second), start: [3, 4], step: [-1, -2] },
          ],
          [5, 6],
          { dtype: lift(x).dtype, fill: -2.5 },
        ),
    },
    {
      name: 'twelve parts put together',
      ulps: 0,
      compute: (lift) =>
        place(
          parts.map((part, i) => ({ source: lift(part), start: [0, i] })),
          [2, 12],
          { dtype: lift(x).dtype },
        ),
    },
    {
      name: 'numbers cast to int32',
      ulps: 0,
      compute: (lift) =>
        lift(tensor([0, 1.9, -1.9, 2.5, 1000.7, -0.2]))
          .cast('int32')
          .cast('float32'),
    },
    {
      name: 'a sum of int32',
      ulps: 0,
      compute: () => reduce('sum', tensor([1, -2, 30], { dtype: 'int32' })),
    },
  ];
}

function draws(): KernelCase[] {
  // The truth of a draw is that of the CPU, in float32.
  return [
    { name: 'uniforms', ulps: 0, compute: () => uniform(RandomKey.fromSeed(2 ** 40 + 9), [1001]) },
    { name: 'normals', ulps: 8, compute: () => normal(RandomKey.fromSeed(12), [2001]) },
  ];
}

export const kernelCases: readonly KernelCase[] = [
  ...elementwise(),
  ...reductions(),
  ...products(),
  ...indexing(),
  ...draws(),
];

/** Runs a case on a backend, and says how far off it is. */
export async function runCase(
  { name, compute, ulps, scale = compute, smallest = 0 }: KernelCase,
  backend: KernelBackend,
): Promise<CaseOutcome> {
  const before = useBackend(referenceBackend);
  try {
    const wide = (x: Tensor): Tensor => x.cast('float64');
    const expected = compute(wide);
    const sizes = scale(wide).toTypedArray();
    useBackend(backend);
    const lazy = compute((x) => backend.upload(x));
    useBackend(referenceBackend);
    const actual = await lazy.read();
    if (actual.shape.join() !== expected.shape.join()) {
      return {
        name,
        ulps: Infinity,
        allowed: ulps,
        complaint: `shape [${actual.shape}], not [${expected.shape}]`,
      };
    }
    const [got, wanted] = [actual.toTypedArray(), expected.toTypedArray()];
    let [worst, at] = [0, -1];
    got.forEach((value, i) => {
      const off = unitsBetween(value, wanted[i]!, sizes[i]!, smallest);
      if (off > worst) [worst, at] = [off, i];
    });
    if (worst <= ulps) return { name, ulps: worst, allowed: ulps };
    return { name, ulps: worst, allowed: ulps, complaint: `element ${at} is ${got[at]}, not ${wanted[at]}` };
  } finally {
    useBackend(before);
  }
}

/** How many units in the last place of float32, at the size of `scale`, two numbers are apart. */
function unitsBetween(actual: number, expected: number, scale: number, smallest: number): number {
  const rounded = Math.fround(expected);
  if (Object.is(actual, rounded) || actual === rounded) return 0;
  if (Number.isNaN(actual) || Number.isNaN(rounded)) return Infinity;
  if (!Number.isFinite(actual) || !Number.isFinite(rounded)) return Infinity;
  if (Math.abs(rounded) <= smallest && Math.abs(actual) <= smallest) return 0;
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(scale), 2 ** -126)));
  return Math.abs(actual - expected) / 2 ** (exponent - 23);
}
