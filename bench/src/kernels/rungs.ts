import { referenceBackend, Tensor } from '@reparam/tensor';
import { features } from '../../../packages/tensor/src/wasm/features.ts';
import { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';
import {
  exact,
  type MatmulVariant,
  relaxed,
  revectorized,
} from '../../../packages/tensor/src/wasm/matmul/variant.ts';
import { blockedMatmul } from '../blocked.ts';
import { naiveMatmul } from '../naive.ts';
import type { ProductShape } from './products.ts';

/** One way to multiply matrices. */
export interface Rung {
  readonly name: string;
  /** Of which its share of the peak is; undefined for loops in JavaScript. */
  readonly variant?: MatmulVariant;
  readonly threads: number;
  /** Whether it can do this product in bearable time. */
  takes(shape: ProductShape): boolean;
  prepare(shape: ProductShape, a: Float32Array, b: Float32Array): PreparedProduct;
}

export interface PreparedProduct {
  readonly run: () => void;
  /** What the last run computed. */
  read(): ArrayLike<number>;
}

export interface EngineOptions {
  /** Whether V8's revectoriser is on. */
  readonly revectorize: boolean;
  /** Whether to go up the whole ladder, or to begin where this engine has something new to offer. */
  readonly whole: boolean;
}

/** What this engine can climb, from the bottom. */
export async function createRungs({ revectorize, whole }: EngineOptions): Promise<Rung[]> {
  if (revectorize) return simdRungs('SIMD revectorised', revectorized, { revectorize });
  const simd = features().relaxedSimd
    ? [
        ...(await simdRungs('SIMD exact', exact, { deterministic: true, alone: true })),
        ...(await simdRungs('SIMD relaxed', relaxed)),
      ]
    : await simdRungs('SIMD exact', exact);
  return whole ? [...loops, ...simd] : simd;
}

const million = 1e6;

function loop(
  name: string,
  most: number,
  multiply: (a: Tensor, b: Tensor) => Tensor | Float32Array,
  strided = false,
): Rung {
  return {
    name,
    threads: 1,
    takes: ({ rows, depth, columns, transposed }) =>
      rows * depth * columns <= most && (strided || transposed === undefined),
    prepare: (shape, a, b) => {
      const [left, right] = operandsOf(shape, a, b);
      let product: Tensor | Float32Array = a;
      return {
        run: () => {
          product = multiply(left, right);
        },
        read: () => (product instanceof Tensor ? product.data : product),
      };
    },
  };
}

const loops: readonly Rung[] = [
  loop('naive loops', 150 * million, naiveMatmul),
  loop('blocked loops', 600 * million, blockedMatmul),
  loop('packed loops (reference)', 1200 * million, (a, b) => referenceBackend.matmul(a, b), true),
];

function operandsOf({ rows, depth, columns, transposed }: ProductShape, a: Float32Array, b: Float32Array) {
  const left = transposed === 'a' ? Tensor.wrap(a, [depth, rows]).transpose() : Tensor.wrap(a, [rows, depth]);
  const right =
    transposed === 'b' ? Tensor.wrap(b, [columns, depth]).transpose() : Tensor.wrap(b, [depth, columns]);
  return [left, right] as const;
}

async function simdRungs(
  name: string,
  variant: MatmulVariant,
  options: { deterministic?: boolean; revectorize?: boolean; alone?: boolean } = {},
): Promise<Rung[]> {
  const counts = options.alone ? [1] : [1, 2];
  return Promise.all(
    counts.map(async (threads): Promise<Rung> => {
      const kernels = new Kernels(options);
      const { reason } = await kernels.runner.useThreads(threads);
      if (reason !== undefined) throw new Error(reason);
      return {
        name: threads === 1 ? name : `${name}, ${threads} threads`,
        variant,
        threads,
        takes: () => true,
        prepare: (shape, a, b) => inArena(kernels, shape, a, b),
      };
    }),
  );
}

/** Operands and result lie in kernel memory from the beginning. */
function inArena(kernels: Kernels, shape: ProductShape, a: Float32Array, b: Float32Array): PreparedProduct {
  const { memory, runner } = kernels;
  memory.resetScratch();
  const { rows, depth, columns } = shape;
  const [left, right, c] = [a.length, b.length, rows * columns].map((size) => memory.scratch(4 * size)) as [
    number,
    number,
    number,
  ];
  const strides = operandsOf(shape, a, b).map((each) => each.strides) as [
    readonly number[],
    readonly number[],
  ];
  const calls = kernels.matmul.multiply(
    {
      batch: [],
      rows,
      columns,
      depth,
      a: { address: left, strides: strides[0] },
      b: { address: right, strides: strides[1] },
      c: { address: c, strides: [columns, 1] },
    },
    runner.threads,
  );
  memory.float32.set(a, left / 4);
  memory.float32.set(b, right / 4);
  return {
    run: () => runner.run(calls),
    read: () => memory.float32.subarray(c / 4, c / 4 + rows * columns),
  };
}
