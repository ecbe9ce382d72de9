import { coalesce } from '../../backend/reference/iterate.ts';
import type { Layout } from '../../layout.ts';
import { sizeOf } from '../../shape.ts';

/** A batch of products [...batch, M, K] × [...batch, K, N], of views: a transposed matrix differs in its strides only. */
export interface MatmulLayout {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly a: MatrixLayout;
  readonly b: MatrixLayout;
}

export interface MatrixLayout {
  readonly offset: number;
  /** Steps from matrix to matrix, along the axes of `batch`. */
  readonly batchStrides: readonly number[];
  readonly rowStride: number;
  readonly columnStride: number;
}

export function matmulLayout(a: Layout, b: Layout): MatmulLayout {
  const batch = coalesce(
    a.shape.slice(0, -2),
    [a, b].map(({ strides }) => strides.slice(0, -2)),
  );
  const matrix = ({ offset, strides }: Layout, batchStrides: readonly number[]): MatrixLayout => ({
    offset,
    batchStrides,
    rowStride: strides.at(-2)!,
    columnStride: strides.at(-1)!,
  });
  return {
    batch: batch.shape,
    rows: a.shape.at(-2)!,
    inner: a.shape.at(-1)!,
    columns: b.shape.at(-1)!,
    a: matrix(a, batch.strides[0]!),
    b: matrix(b, batch.strides[1]!),
  };
}

export function productSize({ batch, rows, columns }: MatmulLayout): number {
  return sizeOf(batch) * rows * columns;
}
