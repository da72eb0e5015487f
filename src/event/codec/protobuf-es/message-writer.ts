import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isScalarZeroValue } from "@bufbuild/protobuf/reflect";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  FeatureSet_FieldPresence,
  ListValueSchema,
  StructSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { mapEntries } from "../message-to-json.js";
import { ENTRY, elementWireType, fieldsByNumber, isJson, methodOf, scalarOf } from "./wire-form.js";

/** Writes messages, with fields in the order of their numbers. */
export class MessageWriter {
  private readonly wire = new BinaryWriter(encode);

  finish(): Uint8Array {
    return this.wire.finish();
  }

  message(desc: DescMessage, message: object): this {
    for (const field of fieldsByNumber(desc).values()) {
      const value: unknown = Reflect.get(message, field.localName);
      if (value !== undefined) {
        this.field(field, value);
      }
    }
    const { $unknown = [] }: Pick<Message, "$unknown"> = message;
    for (const { no, wireType, data } of $unknown) {
      this.wire.tag(no, wireType).raw(data);
    }
    return this;
  }

  private field(field: DescField, value: unknown): void {
    const { number, fieldKind } = field;
    if (fieldKind === "map") {
      for (const [key, item] of mapEntries(asObject(value, field))) {
        this.nested(number, () => {
          this.wire.tag(ENTRY.key, WireType.LengthDelimited).string(key);
          this.element(ENTRY.value, field, item);
        });
      }
    } else if (fieldKind !== "list") {
      const isLeftOut =
        field.presence === FeatureSet_FieldPresence.IMPLICIT &&
        isScalarZeroValue(scalarOf(field), value);
      if (!isLeftOut) {
        this.element(number, field, value);
      }
    } else if (!Array.isArray(value)) {
      throw new TypeError(`${field} must be a list`);
    } else if (!field.packed) {
      for (const item of value) {
        this.element(number, field, item);
      }
    } else if (value.length > 0) {
      this.nested(number, () => this.scalars(field, value));
    }
  }

  private element(number: number, field: DescField, value: unknown): void {
    const { message } = field;
    if (message === undefined) {
      this.wire.tag(number, elementWireType(field));
      this.scalars(field, [value]);
    } else if (isJson(message)) {
      this.nested(number, () => this.json(message, field, value));
    } else {
      const object = asObject(value, field);
      this.nested(number, () => this.message(message, object));
    }
  }

  private scalars(field: DescField, values: readonly unknown[]): void {
    // The method throws when a value is of another type.
    const write = this.wire[methodOf(field)] as (value: unknown) => unknown;
    try {
      for (const value of values) {
        write.call(this.wire, value);
      }
    } catch (error) {
      throw new TypeError(`cannot encode ${field} to binary: ${Object(error).message}`);
    }
  }

  /** Writes plain JSON as the `Struct`, `ListValue` or `Value` that stands for it. */
  private json(desc: DescMessage, field: DescField, json: unknown): void {
    if (desc.name === StructSchema.name) {
      const members = Object.entries(asObject(json, field));
      const present = members.filter(([, value]) => value !== undefined);
      this.field(StructSchema.field.fields, new Map(present));
    } else if (desc.name === ListValueSchema.name) {
      this.field(ListValueSchema.field.values, json);
    } else {
      const kind = kindOf(json);
      this.element(kind.number, kind, json ?? 0);
    }
  }

  /** Writes a length-delimited field. */
  private nested(number: number, write: () => void): void {
    this.wire.tag(number, WireType.LengthDelimited).fork();
    write();
    this.wire.join();
  }
}

/** The field of a `Value` that holds a JSON value. */
function kindOf(json: unknown): DescField {
  const { nullValue, boolValue, numberValue, stringValue, listValue, structValue } =
    ValueSchema.field;
  switch (typeof json) {
    case "string":
      return stringValue;
    case "number":
      return numberValue;
    case "boolean":
      return boolValue;
    case "object":
      return json === null ? nullValue : Array.isArray(json) ? listValue : structValue;
    default:
      throw new TypeError(`a payload cannot hold a ${typeof json}`);
  }
}

const encoder = new TextEncoder();

function encode(text: unknown): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") {
    throw new TypeError(`invalid string: ${typeof text}`);
  }
  if (!text.isWellFormed()) {
    throw new TypeError("a lone surrogate cannot be written");
  }
  return encoder.encode(text);
}

function asObject(value: unknown, field: DescField): object {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${field} must be an object`);
  }
  return value;
}
