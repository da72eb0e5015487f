import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A stock reader that does not truncate lengths, and keeps the byte-order mark of text. */
export class CheckedReader extends BinaryReader {
  constructor(bytes: Uint8Array) {
    // Parts of a `Buffer` are slower to make.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    super(plain, (text) => decoder.decode(text));
  }

  /** Reads a length, and returns the position where the field ends. */
  end(): number {
    // Most lengths are one byte. `uint32` takes longer ones modulo 2^32.
    const isShort = (this.buf[this.pos] ?? 0) < 0x80;
    const length = isShort ? this.uint32() : Number(this.uint64());
    const end = this.pos + length;
    if (end > this.len) {
      throw new RangeError("a field extends beyond the end of the bytes");
    }
    return end;
  }

  override bytes(): Uint8Array<ArrayBuffer> {
    const end = this.end();
    const start = this.pos;
    this.pos = end;
    return this.from(start);
  }

  override sint64(): bigint | string {
    // Most are one byte, for which the stock method makes an array.
    const byte = this.buf[this.pos] ?? 0x80;
    if (byte < 0x80) {
      this.pos++;
      return BigInt((byte >>> 1) ^ -(byte & 1));
    }
    return super.sint64();
  }

  override skip(wireType: WireType, no: number, depth: number): Uint8Array<ArrayBuffer> {
    const start = this.pos;
    switch (wireType) {
      case WireType.LengthDelimited:
        this.pos = this.end();
        break;
      case WireType.Varint:
        // Unlike `skip`, this throws when a number has too many bytes.
        this.uint64();
        break;
      default:
        // A group skips its fields by this method.
        super.skip(wireType, no, depth);
    }
    return this.from(start);
  }

  private from(start: number): Uint8Array<ArrayBuffer> {
    // The stock reader promises this type for any buffer.
    return this.buf.subarray(start, this.pos) as Uint8Array<ArrayBuffer>;
  }
}
