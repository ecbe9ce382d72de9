export { max, min } from './reductions/extrema.ts';
export { standardDeviation, type VarianceOptions, variance } from './reductions/moments.ts';
export { type NormOptions, norm } from './reductions/norm.ts';
export { prod } from './reductions/product.ts';
export { logSoftmax, logsumexp, softmax } from './reductions/softmax.ts';
export { mean, sum } from './reductions/sum.ts';
