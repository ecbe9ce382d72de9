import { ArgumentError } from '../errors.ts';

interface Block {
  address: number;
  bytes: number;
}

/** Address ranges that are free, in order of address and never touching, and the sizes of those that were taken. */
export class FreeList {
  readonly #free: Block[] = [];
  readonly #taken = new Map<number, number>();

  /** Makes a range available. */
  add(address: number, bytes: number): void {
    const next = this.#firstAfter(address);
    const before = this.#free[next - 1];
    const after = this.#free[next];
    const joinsBefore = before !== undefined && before.address + before.bytes === address;
    const joinsAfter = after !== undefined && address + bytes === after.address;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      this.#free.splice(next, 1);
    } else if (joinsBefore) before.bytes += bytes;
    else if (joinsAfter) {
      after.address = address;
      after.bytes += bytes;
    } else this.#free.splice(next, 0, { address, bytes });
  }

  /** The address of the first range that is large enough, or undefined. */
  take(bytes: number): number | undefined {
    const found = this.#free.findIndex((block) => block.bytes >= bytes);
    const block = this.#free[found];
    if (block === undefined) return undefined;
    const { address } = block;
    if (block.bytes === bytes) this.#free.splice(found, 1);
    else {
      block.address += bytes;
      block.bytes -= bytes;
    }
    this.#taken.set(address, bytes);
    return address;
  }

  /** Makes a range that was taken available again; an {@link ArgumentError} if none begins at `address`. */
  giveBack(address: number): void {
    const bytes = this.#taken.get(address);
    if (bytes === undefined) {
      throw new ArgumentError('free', 'address', address, `nothing is allocated at address ${address}`);
    }
    this.#taken.delete(address);
    this.add(address, bytes);
  }

  /** The bytes that are free right before `address`. */
  freeBefore(address: number): number {
    const last = this.#free[this.#firstAfter(address) - 1];
    return last !== undefined && last.address + last.bytes === address ? last.bytes : 0;
  }

  /** The index of the first free range beyond `address`. */
  #firstAfter(address: number): number {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#free[middle]!.address < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
