import { type DType, dtypeOf, type NumericArray } from './dtype.ts';

/**
 * The elements of a tensor where they are no array of this process: on a device, in the arena of a program, or not
 * computed yet.
 */
export abstract class Storage {
  abstract readonly dtype: DType;
  /** The elements. @throws where they cannot be had just now, saying how they can. */
  abstract array(): NumericArray;

  /** The elements, as soon as they can be had. */
  async read(): Promise<NumericArray> {
    return this.array();
  }
}

/** What a tensor is a view of. */
export type Elements = NumericArray | Storage;

export function dtypeOfElements(elements: Elements): DType {
  return elements instanceof Storage ? elements.dtype : dtypeOf(elements);
}
