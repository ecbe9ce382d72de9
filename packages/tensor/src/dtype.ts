import { DTypeError } from './errors.ts';

/** float32 computes, float64 checks float32, int32 indexes. */
export type DType = 'float32' | 'float64' | 'int32';

export type NumericArray = Float32Array | Float64Array | Int32Array;

interface DTypeRecord {
  readonly construct: (source: number | ArrayLike<number>) => NumericArray;
  readonly bytes: number;
  readonly floating: boolean;
}

/** The one place that knows the element types. */
export const dtypes: Readonly<Record<DType, DTypeRecord>> = {
  float32: { construct: (source) => fill(Float32Array, source), bytes: 4, floating: true },
  float64: { construct: (source) => fill(Float64Array, source), bytes: 8, floating: true },
  int32: { construct: (source) => fill(Int32Array, source), bytes: 4, floating: false },
};

interface NumericArrayConstructor<A extends NumericArray> {
  new (length: number): A;
  new (values: ArrayLike<number>): A;
}

function fill<A extends NumericArray>(
  Constructor: NumericArrayConstructor<A>,
  source: number | ArrayLike<number>,
): A {
  return typeof source === 'number' ? new Constructor(source) : new Constructor(source);
}

/** A zeroed array of `length` elements, or a converted copy of `values`. */
export function allocate(dtype: DType, source: number | ArrayLike<number>): NumericArray {
  return dtypes[dtype].construct(source);
}

export function dtypeOf(array: NumericArray): DType {
  if (array instanceof Float32Array) return 'float32';
  return array instanceof Float64Array ? 'float64' : 'int32';
}

/** @throws DTypeError when the named arguments differ in element type: nothing is converted in silence. */
export function requireSameDType(operation: string, named: Readonly<Record<string, DType>>): DType {
  const [first, ...rest] = Object.entries(named);
  if (first === undefined) throw new DTypeError(operation, 'needs at least one tensor', named);
  for (const [name, dtype] of rest) {
    if (dtype !== first[1]) {
      throw new DTypeError(
        operation,
        `element types differ: ${first[0]} is ${first[1]} but ${name} is ${dtype}. ` +
          `Convert one of them, for example ${name}.cast('${first[1]}').`,
        named,
      );
    }
  }
  return first[1];
}

/** @throws DTypeError when a named argument is not float32 or float64. */
export function requireFloating(operation: string, name: string, dtype: DType): void {
  if (!dtypes[dtype].floating) {
    throw new DTypeError(
      operation,
      `${name} is ${dtype}, but needs to be float32 or float64. Use ${name}.cast('float32').`,
      { [name]: dtype },
    );
  }
}
