import { create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { WireType } from "@bufbuild/protobuf/wire";
import { ListValueSchema, StructSchema } from "@bufbuild/protobuf/wkt";
import { isJsonObject } from "../../json/json-object.js";
import { CheckedReader } from "./checked-reader.js";
import { ENTRY, elementWireType, fieldsByNumber, isJson, methodOf, scalarOf } from "./wire-form.js";

/** Makes the map of a message from its entries, in the order of the bytes. */
export type MakeMap = (entries: ReadonlyMap<string, unknown>) => object;

/** How deep messages may be nested, the outermost included, as in stock Protobuf. */
const MAX_DEPTH = 100;

/** A message while it is read. Its maps are `Map`s until it is complete. */
type Unfinished = Message & { [localName: string]: unknown };

/** Reads one message from its bytes. */
export class MessageReader {
  private readonly wire: CheckedReader;
  private readonly maps: { readonly message: Unfinished; readonly name: string }[] = [];
  private depth = 0;

  constructor(
    bytes: Uint8Array,
    private readonly makeMap: MakeMap,
  ) {
    this.wire = new CheckedReader(bytes);
  }

  read(desc: DescMessage): Message {
    const result = this.message(desc, this.wire.len, undefined);
    for (const { message, name } of this.maps) {
      message[name] = this.makeMap(message[name] as ReadonlyMap<string, unknown>);
    }
    return result;
  }

  /** A message field may be repeated: its later occurrences are merged into the first. */
  private message(desc: DescMessage, end: number, previous: unknown): Unfinished {
    const message = (previous ?? create(desc)) as Unfinished;
    const fields = fieldsByNumber(desc);
    this.fields(end, (no, wireType) => {
      const field = fields.get(no);
      if (field === undefined) {
        message.$unknown ??= [];
        message.$unknown.push({ no, wireType, data: this.skip(no, wireType) });
      } else if (field.fieldKind === "list") {
        this.items(field, wireType, message[field.localName] as unknown[]);
      } else if (field.fieldKind === "map") {
        const [key, value] = this.entry(field, wireType);
        this.mapOf(message, field.localName).set(key, value ?? zeroOf(field));
      } else {
        const { localName } = field;
        message[localName] = this.element(field, wireType, message[localName]);
      }
    });
    return message;
  }

  private mapOf(message: Unfinished, name: string): Map<string, unknown> {
    const known = message[name];
    if (known instanceof Map) {
      return known;
    }
    const map = new Map<string, unknown>();
    message[name] = map;
    this.maps.push({ message, name });
    return map;
  }

  private items(field: DescField, wireType: WireType, items: unknown[]): void {
    const own = elementWireType(field);
    if (wireType !== WireType.LengthDelimited || own === wireType) {
      items.push(this.element(field, wireType, undefined));
      return;
    }
    const method = methodOf(field);
    const end = this.wire.end();
    while (this.wire.pos < end) {
      items.push(this.wire[method]());
    }
    this.expectNotBeyond(end);
  }

  /** An entry of a map may leave out a key or a value that is zero. */
  private entry(field: DescField, ownWireType: WireType): readonly [key: string, value: unknown] {
    expectWireType(WireType.LengthDelimited, ownWireType, field);
    let key = "";
    let value: unknown;
    this.fields(this.wire.end(), (no, wireType) => {
      if (no === ENTRY.key) {
        expectWireType(WireType.LengthDelimited, wireType, field);
        key = this.wire.string();
      } else if (no === ENTRY.value) {
        value = this.element(field, wireType, value);
      } else {
        this.skip(no, wireType);
      }
    });
    return [key, value];
  }

  private element(field: DescField, wireType: WireType, previous: unknown): unknown {
    expectWireType(elementWireType(field), wireType, field);
    const { message } = field;
    if (message === undefined) {
      return this.wire[methodOf(field)]();
    }
    const end = this.wire.end();
    return isJson(message)
      ? this.json(message, end, previous)
      : this.message(message, end, previous);
  }

  /** The JSON that a `Struct`, a `ListValue` or a `Value` stands for. */
  private json(desc: DescMessage, end: number, previous: unknown): unknown {
    const fields = fieldsByNumber(desc);
    const object = isJsonObject(previous) ? previous : {};
    const list: unknown[] = Array.isArray(previous) ? previous : [];
    let json =
      desc.name === StructSchema.name
        ? object
        : desc.name === ListValueSchema.name
          ? list
          : previous;
    this.fields(end, (no, wireType) => {
      const field = fields.get(no);
      if (field === undefined) {
        this.skip(no, wireType);
      } else if (field.fieldKind === "list") {
        this.items(field, wireType, list);
      } else if (field.fieldKind === "map") {
        const [key, value = null] = this.entry(field, wireType);
        // An assignment would lose the key `__proto__`.
        Object.defineProperty(object, key, { ...PLAIN, value });
      } else {
        const value = this.element(field, wireType, json);
        json = field.fieldKind === "enum" ? null : value;
      }
    });
    return json ?? null;
  }

  /** Calls `read` for each field of a message, up to its end. */
  private fields(end: number, read: (no: number, wireType: WireType) => void): void {
    if (++this.depth > MAX_DEPTH) {
      throw new RangeError(`messages are nested more than ${MAX_DEPTH} levels deep`);
    }
    while (this.wire.pos < end) {
      read(...this.wire.tag());
      this.expectNotBeyond(end);
    }
    this.depth--;
  }

  private skip(no: number, wireType: WireType): Uint8Array {
    return this.wire.skip(wireType, no, MAX_DEPTH - this.depth);
  }

  private expectNotBeyond(end: number): void {
    if (this.wire.pos > end) {
      throw new RangeError("a field extends beyond the end of its message");
    }
  }
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

function expectWireType(expected: WireType, found: WireType, field: DescField): void {
  if (found !== expected) {
    throw new RangeError(`${field} is of wire type ${found}`);
  }
}

function zeroOf(field: DescField): unknown {
  return field.message === undefined
    ? scalarZeroValue(scalarOf(field), false)
    : create(field.message);
}
