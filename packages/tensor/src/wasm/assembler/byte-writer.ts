/**
 * Bytes that are appended to a list. It is an ordinary array: modules are small and written once, mostly by code that
 * was not optimised yet, and small typed arrays take longer to allocate than to fill.
 */
export class ByteWriter {
  readonly bytes: number[] = [];

  get length(): number {
    return this.bytes.length;
  }

  byte(value: number): void {
    this.bytes.push(value);
  }

  append(bytes: readonly number[]): void {
    for (const byte of bytes) this.bytes.push(byte);
  }

  /** A number in LEB128: seven bits a byte, the lowest first, the top bit of a byte says that more follow. */
  unsigned(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A signed 32-bit number: as many groups of seven bits as it takes for the last one to show the sign. */
  signed(value: number): void {
    let rest = value;
    while (rest < -0x40 || rest >= 0x40) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** As {@link signed}, for the low 64 bits of any integer. */
  signed64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest >= 0x40n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  /** A name: its length, then its characters, which are ASCII. */
  name(text: string): void {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }
}
