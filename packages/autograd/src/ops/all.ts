// Every public operation; what else these modules export is an operation too.
export * from './elementwise.ts';
export * from './indexing.ts';
export * from './matmul.ts';
export * from './movement.ts';
export * from './reductions.ts';
