import { create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { WireType } from "@bufbuild/protobuf/wire";
import { ListValueSchema, StructSchema } from "@bufbuild/protobuf/wkt";
import { isJsonObject } from "../../json/json-object.js";
import { CheckedReader } from "./checked-reader.js";
import { ENTRY, fieldsByNumber, scalarOf, type WireForm } from "./wire-form.js";

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
    const forms = fieldsByNumber(desc);
    this.fields(end, (no, wireType) => {
      const form = forms.get(no);
      if (form === undefined) {
        message.$unknown ??= [];
        message.$unknown.push({ no, wireType, data: this.skip(no, wireType) });
        return;
      }
      const { localName, kind } = form;
      if (kind === "single") {
        message[localName] = this.element(form, wireType, message[localName]);
      } else if (kind === "map") {
        const [key, value] = this.entry(form, wireType);
        this.mapOf(message, localName).set(key, value ?? zeroOf(form.field));
      } else {
        this.items(form, wireType, message[localName] as unknown[]);
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

  private items(form: WireForm, wireType: WireType, items: unknown[]): void {
    if (wireType !== WireType.LengthDelimited || form.wireType === wireType) {
      items.push(this.element(form, wireType, undefined));
      return;
    }
    const { method } = form;
    const end = this.wire.end();
    while (this.wire.pos < end) {
      items.push(this.wire[method]());
    }
    this.expectNotBeyond(end);
  }

  /** An entry of a map may leave out a key or a value that is zero. */
  private entry(form: WireForm, ownWireType: WireType): readonly [key: string, value: unknown] {
    expectWireType(WireType.LengthDelimited, ownWireType, form);
    let key = "";
    let value: unknown;
    this.fields(this.wire.end(), (no, wireType) => {
      if (no === ENTRY.key) {
        expectWireType(WireType.LengthDelimited, wireType, form);
        key = this.wire.string();
      } else if (no === ENTRY.value) {
        value = this.element(form, wireType, value);
      } else {
        this.skip(no, wireType);
      }
    });
    return [key, value];
  }

  private element(form: WireForm, wireType: WireType, previous: unknown): unknown {
    expectWireType(form.wireType, wireType, form);
    const { message } = form;
    if (message === undefined) {
      return this.wire[form.method]();
    }
    const end = this.wire.end();
    return form.isJson ? this.json(message, end, previous) : this.message(message, end, previous);
  }

  /** The JSON that a `Struct`, a `ListValue` or a `Value` stands for. */
  private json(desc: DescMessage, end: number, previous: unknown): unknown {
    const forms = fieldsByNumber(desc);
    const object = isJsonObject(previous) ? previous : {};
    const list: unknown[] = Array.isArray(previous) ? previous : [];
    let json =
      desc.name === StructSchema.name
        ? object
        : desc.name === ListValueSchema.name
          ? list
          : previous;
    this.fields(end, (no, wireType) => {
      const form = forms.get(no);
      if (form === undefined) {
        this.skip(no, wireType);
      } else if (form.kind === "list") {
        this.items(form, wireType, list);
      } else if (form.kind === "map") {
        const [key, value = null] = this.entry(form, wireType);
        // An assignment would lose the key `__proto__`.
        Object.defineProperty(object, key, { ...PLAIN, value });
      } else {
        const value = this.element(form, wireType, json);
        json = form.field.fieldKind === "enum" ? null : value;
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
      const [no, wireType] = this.wire.tag();
      read(no, wireType);
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

function expectWireType(expected: WireType, found: WireType, { field }: WireForm): void {
  if (found !== expected) {
    throw new RangeError(`${field} is of wire type ${found}`);
  }
}

function zeroOf(field: DescField): unknown {
  return field.message === undefined
    ? scalarZeroValue(scalarOf(field), false)
    : create(field.message);
}
