import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";

/**
 * Makes sure that bytes are a message whose fields have the wire types that they
 * should have, and whose lengths hold. Stock Protobuf for TypeScript takes a length
 * modulo 2^32, reads on beyond the end of a message within another, and reads a field
 * of another wire type as if it had its own, where other implementations do not: the
 * same bytes would say one thing to one program, and something else to another.
 *
 * @throws RangeError when they are not.
 */
export function checkWire(desc: DescMessage, bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  reader.message(desc, bytes.length, 0);
}

/** As stock Protobuf has it. */
const MAX_DEPTH = 100;
const MAX_FIELD = 2 ** 29 - 1;
/** A varint has at most so many bytes. */
const MAX_VARINT = 10;

class WireReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(desc: DescMessage | undefined, end: number, depth: number): void {
    while (this.at < end) {
      const [field, wireType] = this.tag(end);
      this.field(desc, field, wireType, end, depth);
    }
  }

  private tag(end: number): readonly [field: number, wireType: number] {
    const tag = this.varint(end);
    const field = Math.floor(tag / 8);
    if (field === 0 || field > MAX_FIELD) {
      throw new RangeError(`there is no field ${field}`);
    }
    return [field, tag % 8];
  }

  private field(
    desc: DescMessage | undefined,
    number: number,
    wireType: number,
    end: number,
    depth: number,
  ): void {
    const field = desc?.fields.find((known) => known.number === number);
    if (field !== undefined && !mayHave(field, wireType)) {
      throw new RangeError(`${field.name} is of wire type ${wireType}`);
    }
    switch (wireType) {
      case WireType.Varint:
        this.varint(end);
        break;
      case WireType.Bit64:
        this.skip(8, end);
        break;
      case WireType.Bit32:
        this.skip(4, end);
        break;
      case WireType.LengthDelimited: {
        const length = this.varint(end);
        const start = this.at;
        this.skip(length, end);
        if (field?.message !== undefined) {
          this.at = start;
          this.message(field.message, start + length, deeper(depth));
        }
        break;
      }
      case WireType.StartGroup:
        this.group(number, end, deeper(depth));
        break;
      default:
        throw new RangeError(`field ${number} is of wire type ${wireType}`);
    }
  }

  /** No message here has groups of its own: what is in one is not known. */
  private group(number: number, end: number, depth: number): void {
    for (;;) {
      const [field, wireType] = this.tag(end);
      if (wireType === WireType.EndGroup && field === number) {
        return;
      }
      this.field(undefined, field, wireType, end, depth);
    }
  }

  /** A number, exact as far as numbers are. What is larger is no length and no tag. */
  private varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let read = 0; read < MAX_VARINT && this.at < end; read++) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
      scale *= 0x80;
    }
    throw new RangeError("a number goes on beyond its end");
  }

  private skip(length: number, end: number): void {
    if (length > end - this.at) {
      throw new RangeError("a field goes on beyond the end of its message");
    }
    this.at += length;
  }
}

function deeper(depth: number): number {
  if (depth === MAX_DEPTH) {
    throw new RangeError(`there are more than ${MAX_DEPTH} messages within each other`);
  }
  return depth + 1;
}

/** Whether a field may come with a wire type. A list of numbers may come packed. */
function mayHave(field: DescField, wireType: number): boolean {
  const own = wireTypeOf(field);
  return (
    wireType === own ||
    (field.fieldKind === "list" &&
      field.listKind !== "message" &&
      wireType === WireType.LengthDelimited)
  );
}

function wireTypeOf({ scalar, enum: desc }: DescField): WireType {
  switch (scalar) {
    case undefined:
      return desc === undefined ? WireType.LengthDelimited : WireType.Varint;
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}
