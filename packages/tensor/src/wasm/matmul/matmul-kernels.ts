import { coalesce, forEachRow } from '../../backend/reference/iterate.ts';
import type { Shape } from '../../shape.ts';
import type { View } from '../copy/copy-kernels.ts';
import type { Kernel, KernelCall, KernelLibrary } from '../threads/kernel-library.ts';
import { splitRange } from '../threads/split.ts';
import type { VectorFunction } from './epilogue.ts';
import { inOrder, type MatmulArguments, matmulModule } from './matmul-module.ts';
import { workspaceBytes } from './multiply-blocks.ts';
import type { MatmulVariant } from './variant.ts';

/** What is done to every element of a product before it is stored; `name` tells functions apart. */
export interface Activation {
  readonly name: string;
  readonly emit: VectorFunction;
}

/** A product of float32 matrices, c ← activation(a·b + rowBias + columnBias). */
export interface MatmulTask {
  readonly batch: Shape;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** [...batch, rows, depth], any strides: a transposed operand differs in its strides only. */
  readonly a: View;
  /** [...batch, depth, columns], any strides. */
  readonly b: View;
  /** [...batch, rows, columns]: elements are distinct, the last stride is 1, and nothing of it is read by a or b. */
  readonly c: View;
  /** Adds the product to what c holds. */
  readonly accumulate?: boolean;
  /** The address of a number for every row, contiguous, the same for all matrices of the batch. */
  readonly rowBias?: number;
  /** As much for every column. */
  readonly columnBias?: number;
  readonly activation?: Activation;
}

const elementBytes = 4;

/** Parts begin at multiples of this many columns: whole tiles, and cache lines of c. */
const columnsTogether = 16;

/**
 * Matrix products of float32. Sums are accumulated in float32, in blocks of L = blockLength(depth) ≤ 512 steps: with
 * u = 2⁻²⁴ and n = L + ⌈depth / L⌉, |error| ≤ n·u / (1 − n·u) · Σₖ |aₖ·bₖ|, before biases and activation (Higham,
 * Accuracy and Stability of Numerical Algorithms, §3.1 and §4.2).
 */
export class MatmulKernels {
  readonly #library: KernelLibrary;
  readonly #variant: MatmulVariant;
  readonly #kernels = new Map<string, Kernel>();
  readonly #workspaces: number[] = [];

  constructor(library: KernelLibrary, variant: MatmulVariant) {
    this.#library = library;
    this.#variant = variant;
  }

  /**
   * The calls that compute a product, in about `parts` parts, which may run at the same time. The number of parts
   * does not change the bits of the result. Calls of two products must not run at the same time: they share room.
   */
  multiply(task: MatmulTask, parts = 1): KernelCall[] {
    if (task.batch.includes(0) || task.rows === 0 || task.columns === 0) return [];
    const kernel = this.#kernelFor(task.activation);
    return productsOf(task)
      .flatMap((product) => split(product, parts, this.#variant.rows))
      .map((product, i) => ({ kernel, args: inOrder({ ...product, workspace: this.#workspace(i) }) }));
  }

  #kernelFor(activation: Activation | undefined): Kernel {
    const name = activation?.name ?? '';
    let kernel = this.#kernels.get(name);
    if (kernel === undefined) {
      const { shared } = this.#library.memory;
      const options = activation === undefined ? { shared } : { shared, activation: activation.emit };
      kernel = this.#library.add(matmulModule(this.#variant, options), ['matmul']).matmul;
      this.#kernels.set(name, kernel);
    }
    return kernel;
  }

  /** Room for the call at this position of a list. */
  #workspace(position: number): number {
    let address = this.#workspaces[position];
    if (address === undefined) {
      address = this.#library.memory.allocate(workspaceBytes);
      this.#workspaces[position] = address;
    }
    return address;
  }
}

type Product = Omit<MatmulArguments, 'workspace'>;

/** A task in bytes: one product, unless its batch has more than two axes that do not merge. */
function productsOf(task: MatmulTask): Product[] {
  const { shape, strides } = coalesce(
    task.batch,
    [task.a, task.b, task.c].map((view) => view.strides.slice(0, -2).map((stride) => stride * elementBytes)),
  );
  const [aBatch, bBatch, cBatch] = strides as [number[], number[], number[]];
  const matrices = ({ strides: all }: View) => all.slice(-2).map((stride) => stride * elementBytes);
  const [aRow, aStep] = matrices(task.a) as [number, number];
  const [bStep, bColumn] = matrices(task.b) as [number, number];
  const [cRow] = matrices(task.c) as [number, number];
  const axis = (fromLast: number) => ({
    count: shape.at(-fromLast) ?? 1,
    a: aBatch.at(-fromLast) ?? 0,
    b: bBatch.at(-fromLast) ?? 0,
    c: cBatch.at(-fromLast) ?? 0,
  });
  const [inner, outer] = [axis(1), axis(2)];
  const product = foldBatch({
    rows: task.rows,
    columns: task.columns,
    depth: task.depth,
    a: task.a.address,
    aRow,
    aStep,
    b: task.b.address,
    bStep,
    bColumn,
    c: task.c.address,
    cRow,
    accumulate: task.accumulate ? 1 : 0,
    rowBias: task.rowBias ?? 0,
    columnBias: task.columnBias ?? 0,
    outerCount: outer.count,
    outerA: outer.a,
    outerB: outer.b,
    outerC: outer.c,
    innerCount: inner.count,
    innerA: inner.a,
    innerB: inner.b,
    innerC: inner.c,
  });
  if (shape.length <= 2) return [rowsFirst(product)];
  const products: Product[] = [];
  const further = { shape: shape.slice(0, -2), strides: strides.map((view) => view.slice(0, -2)) };
  // A trailing axis of length 1 makes every position a row of the walk.
  const walk = { shape: [...further.shape, 1], strides: further.strides.map((view) => [...view, 0]) };
  forEachRow(walk, [product.a, product.b, product.c], ([a, b, c]) => {
    products.push(rowsFirst({ ...product, a: a!, b: b!, c: c! }));
  });
  return products;
}

/** One matrix b for a batch whose rows follow each other: the same as a single taller product. */
function foldBatch(product: Product): Product {
  const { rows, aRow, cRow, innerCount, innerA, innerB, innerC, rowBias } = product;
  const folds = innerB === 0 && innerA === rows * aRow && innerC === rows * cRow && rowBias === 0;
  if (!folds) return product;
  return { ...product, rows: rows * innerCount, innerCount: 1, innerA: 0, innerC: 0 };
}

/** A product with a vector gives a column; its transpose, the row (a·b)ᵀ = bᵀ·aᵀ, needs no packing. */
function rowsFirst(product: Product): Product {
  const { rows, columns, a, aRow, aStep, b, bStep, bColumn, cRow, rowBias, columnBias } = product;
  if (columns !== 1 || (cRow !== elementBytes && rows > 1)) return product;
  return {
    ...product,
    rows: 1,
    columns: rows,
    a: b,
    aRow: bColumn,
    aStep: bStep,
    b: a,
    bStep: aStep,
    bColumn: aRow,
    rowBias: columnBias,
    columnBias: rowBias,
    outerA: product.outerB,
    outerB: product.outerA,
    innerA: product.innerB,
    innerB: product.innerA,
  };
}

/** Parts along an axis of the batch if one is long enough, else along the longer side of c. */
function split(product: Product, parts: number, rowsTogether: number): Product[] {
  const { rows, columns, outerCount, innerCount } = product;
  if (parts <= 1) return [product];
  if (outerCount >= parts) {
    return splitRange(outerCount, parts).map(({ from, to }) => ({
      ...moved(product, product.outerA * from, product.outerB * from, product.outerC * from),
      outerCount: to - from,
    }));
  }
  if (innerCount >= parts) {
    return splitRange(innerCount, parts).map(({ from, to }) => ({
      ...moved(product, product.innerA * from, product.innerB * from, product.innerC * from),
      innerCount: to - from,
    }));
  }
  if (columns > rows) {
    return splitRange(columns, parts, columnsTogether).map(({ from, to }) => ({
      ...moved(product, 0, product.bColumn * from, elementBytes * from),
      columns: to - from,
      columnBias: biasFrom(product.columnBias, from),
    }));
  }
  return splitRange(rows, parts, rowsTogether).map(({ from, to }) => ({
    ...moved(product, product.aRow * from, 0, product.cRow * from),
    rows: to - from,
    rowBias: biasFrom(product.rowBias, from),
  }));
}

function moved(product: Product, a: number, b: number, c: number): Product {
  return { ...product, a: product.a + a, b: product.b + b, c: product.c + c };
}

function biasFrom(bias: number, position: number): number {
  return bias === 0 ? 0 : bias + elementBytes * position;
}
