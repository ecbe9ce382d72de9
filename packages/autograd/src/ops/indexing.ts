export { gather, scatterAdd } from './indexing/gather.ts';
export { type BooleanArray, maskedFill } from './indexing/mask.ts';
export { type IndexSpec, index } from './indexing/mixed.ts';
export { oneHot } from './indexing/one-hot.ts';
export type { Indices } from './indexing/positions.ts';
export { take, takeAlongAxis } from './indexing/take.ts';
