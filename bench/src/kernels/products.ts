import { evenNumbers } from './even-numbers.ts';

/** A matrix product to time: c[rows, columns] ← op(a)·op(b) over `depth`. */
export interface ProductShape {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Whether a lies as [depth, rows], or b as [columns, depth]. */
  readonly transposed?: 'a' | 'b';
}

const cube = (n: number): ProductShape => ({ rows: n, depth: n, columns: n });

/** Cubes, and what a training step of the 784-400-20 VAE asks for, forwards and backwards; last, a wide layer's. */
export const products: readonly ProductShape[] = [
  ...[64, 128, 256, 512, 1024].map(cube),
  { rows: 128, depth: 784, columns: 400 },
  { rows: 128, depth: 400, columns: 784 },
  { rows: 128, depth: 784, columns: 400, transposed: 'b' },
  { rows: 400, depth: 128, columns: 784, transposed: 'a' },
  { rows: 784, depth: 128, columns: 400, transposed: 'a' },
  { rows: 128, depth: 400, columns: 20 },
  { rows: 64, depth: 3136, columns: 256 },
  { rows: 64, depth: 256, columns: 3136, transposed: 'b' },
];

export function productTitle({ rows, depth, columns, transposed }: ProductShape): string {
  const [a, b] = [transposed === 'a' ? 'aᵀ' : 'a', transposed === 'b' ? 'bᵀ' : 'b'];
  return `${a}·${b} ${rows}×${depth}×${columns}`;
}

export function operationsOf({ rows, depth, columns }: ProductShape): number {
  return 2 * rows * depth * columns;
}

/** c and Σ |a·b| in float64, as [rows, columns]. */
export interface Shadow {
  readonly product: Float64Array;
  readonly magnitude: Float64Array;
}

/** The operands of a product, row by row as they lie in memory, and what is right. */
export function createOperands(shape: ProductShape): { a: Float32Array; b: Float32Array; shadow: Shadow } {
  const { rows, depth, columns } = shape;
  const [a, b] = [evenNumbers(rows * depth, 1), evenNumbers(depth * columns, 2)];
  return { a, b, shadow: shadowOf(shape, a, b) };
}

function shadowOf(
  { rows, depth, columns, transposed }: ProductShape,
  a: Float32Array,
  b: Float32Array,
): Shadow {
  const product = new Float64Array(rows * columns);
  const magnitude = new Float64Array(rows * columns);
  const [aRow, aStep] = transposed === 'a' ? [1, rows] : [depth, 1];
  const [bStep, bColumn] = transposed === 'b' ? [1, depth] : [columns, 1];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < depth; k++) {
      const left = a[i * aRow + k * aStep]!;
      for (let j = 0; j < columns; j++) {
        const term = left * b[k * bStep + j * bColumn]!;
        product[i * columns + j]! += term;
        magnitude[i * columns + j]! += Math.abs(term);
      }
    }
  }
  return { product, magnitude };
}

/**
 * What is wrong with a computed product; undefined if nothing. In float32 with unit roundoff u = 2⁻²⁴, a sum of n
 * products in any order is within n·u/(1 − n·u)·Σ|a·b| (Higham, Accuracy and Stability of Numerical Algorithms, §4.2).
 */
export function faultOf(
  computed: ArrayLike<number>,
  { depth }: ProductShape,
  shadow: Shadow,
): string | undefined {
  const u = 2 ** -24;
  const allowed = (depth * u) / (1 - depth * u);
  for (let i = 0; i < shadow.product.length; i++) {
    const error = Math.abs(computed[i]! - shadow.product[i]!);
    if (!(error <= allowed * shadow.magnitude[i]!)) {
      return `element ${i} is ${computed[i]}, not ${shadow.product[i]}`;
    }
  }
  return undefined;
}
