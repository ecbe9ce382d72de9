import { type DType, normal, type RandomKey, type Shape, type Tensor, uniform, zeros } from '@reparam/tensor';

export type FloatingType = Exclude<DType, 'int32'>;

/**
 * Starting values of a weight that sums `fanIn` inputs into each output and hands each input on to `fanOut` outputs.
 * Its shape is [fanIn, fanOut] unless told.
 */
export type Initializer = (
  key: RandomKey,
  fanIn: number,
  fanOut: number,
  dtype: FloatingType,
  shape?: Shape,
) => Tensor;

function uniformWithVariance(variance: (fanIn: number, fanOut: number) => number): Initializer {
  return (key, fanIn, fanOut, dtype, shape = [fanIn, fanOut]) => {
    const bound = Math.sqrt(3 * variance(fanIn, fanOut));
    return uniform(key, shape, { low: -bound, high: bound, dtype });
  };
}

function normalWithVariance(variance: (fanIn: number, fanOut: number) => number): Initializer {
  return (key, fanIn, fanOut, dtype, shape = [fanIn, fanOut]) =>
    normal(key, shape, { standardDeviation: Math.sqrt(variance(fanIn, fanOut)), dtype });
}

const glorot = (fanIn: number, fanOut: number): number => 2 / (fanIn + fanOut);
const he = (fanIn: number): number => 2 / fanIn;
const lecun = (fanIn: number): number => 1 / fanIn;

/** Variance 2/(fanIn + fanOut): for tanh and sigmoid (Glorot & Bengio 2010). */
export const glorotUniform = uniformWithVariance(glorot);
export const glorotNormal = normalWithVariance(glorot);
/** Variance 2/fanIn: for relu and its kin (He et al. 2015). */
export const heUniform = uniformWithVariance(he);
export const heNormal = normalWithVariance(he);
/** Variance 1/fanIn (LeCun et al. 1998). */
export const lecunUniform = uniformWithVariance(lecun);
export const lecunNormal = normalWithVariance(lecun);
export const zerosInitializer: Initializer = (_key, fanIn, fanOut, dtype, shape = [fanIn, fanOut]) =>
  zeros(shape, { dtype });

/** Normal with a chosen standard deviation, whatever the fan. */
export function normalInitializer(standardDeviation: number): Initializer {
  return normalWithVariance(() => standardDeviation ** 2);
}
