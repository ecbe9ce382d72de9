import type { Shape } from '../../shape.ts';
import type { Instruction } from '../program.ts';

/** Instructions that become one: maps over the same shape, and reductions of what they compute. */
export interface Group {
  readonly id: number;
  /** What its members run over; undefined for an instruction that cannot be fused. */
  readonly shape: Shape | undefined;
  readonly members: Instruction[];
  /** Its place in the program: that of its last member. */
  position: number;
}

/** Which groups have to come before which, as bits: row `id` has those that group `id` depends on. */
export class Ancestry {
  readonly #words: number;
  readonly #bits: Uint32Array;

  constructor(groups: number) {
    this.#words = (groups + 31) >>> 5;
    this.#bits = new Uint32Array(groups * this.#words);
  }

  has(id: number, ancestor: number): boolean {
    return ((this.#bits[id * this.#words + (ancestor >>> 5)]! >>> (ancestor & 31)) & 1) === 1;
  }

  /** From here on `id` depends on `ancestor`, and on all that depends on. @returns whether that is new. */
  add(id: number, ancestor: number): boolean {
    const words = this.#words;
    let changed = !this.has(id, ancestor);
    this.#bits[id * words + (ancestor >>> 5)]! |= 1 << (ancestor & 31);
    for (let word = 0; word < words; word++) {
      const before = this.#bits[id * words + word]!;
      const after = (before | this.#bits[ancestor * words + word]!) >>> 0;
      changed ||= after !== before;
      this.#bits[id * words + word] = after;
    }
    return changed;
  }
}
