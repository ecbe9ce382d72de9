// Every public operation; what else these modules export is an operation too.
export * from './argmax.ts';
export * from './counting.ts';
export * from './cumulative.ts';
export * from './elementwise.ts';
export * from './indexing.ts';
export * from './linear-algebra/cholesky.ts';
export * from './linear-algebra/determinant.ts';
export * from './linear-algebra/diagonal.ts';
export * from './linear-algebra/einsum.ts';
export * from './linear-algebra/products.ts';
export * from './linear-algebra/qr.ts';
export * from './linear-algebra/solve.ts';
export * from './linear-algebra/triangular-solve.ts';
export * from './matmul.ts';
export * from './movement.ts';
export * from './reductions.ts';
export * from './sorting.ts';
