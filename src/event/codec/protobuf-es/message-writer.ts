import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isScalarZeroValue } from "@bufbuild/protobuf/reflect";
import { WireType } from "@bufbuild/protobuf/wire";
import { ListValueSchema, StructSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import { mapEntries } from "../message-to-json.js";
import { ENTRY, fieldsByNumber, formOf, scalarOf, type WireForm } from "./wire-form.js";
import { WireWriter } from "./wire-writer.js";

/** Writes messages, with fields in the order of their numbers. */
export class MessageWriter {
  private readonly wire = new WireWriter();

  finish(): Uint8Array {
    return this.wire.finish();
  }

  message(desc: DescMessage, message: object): this {
    // Faster than `Reflect.get`.
    const values = message as { readonly [localName: string]: unknown };
    for (const form of fieldsByNumber(desc).values()) {
      const value = values[form.localName];
      if (value !== undefined) {
        this.field(form, value);
      }
    }
    const { $unknown = [] }: Pick<Message, "$unknown"> = message;
    for (const { no, wireType, data } of $unknown) {
      this.wire.tag(no, wireType);
      this.wire.raw(data);
    }
    return this;
  }

  private field(form: WireForm, value: unknown): void {
    const { field, number, kind } = form;
    if (kind === "single") {
      if (!form.isImplicit || !isScalarZeroValue(scalarOf(field), value)) {
        this.element(number, form, value);
      }
    } else if (kind === "map") {
      for (const [key, item] of mapEntries(asObject(value, field))) {
        this.nested(number, () => {
          this.wire.tag(ENTRY.key, WireType.LengthDelimited);
          this.wire.scalar("string", key);
          this.element(ENTRY.value, form, item);
        });
      }
    } else if (!Array.isArray(value)) {
      throw new TypeError(`${field} must be a list`);
    } else if (kind === "list") {
      for (const item of value) {
        this.element(number, form, item);
      }
    } else if (value.length > 0) {
      this.nested(number, () => {
        for (const item of value) {
          this.scalar(form, item);
        }
      });
    }
  }

  private element(number: number, form: WireForm, value: unknown): void {
    const { message, field } = form;
    if (message === undefined) {
      this.wire.tag(number, form.wireType);
      this.scalar(form, value);
    } else if (form.isJson) {
      this.nested(number, () => this.json(message, field, value));
    } else {
      const object = asObject(value, field);
      this.nested(number, () => this.message(message, object));
    }
  }

  private scalar({ field, method }: WireForm, value: unknown): void {
    try {
      this.wire.scalar(method, value);
    } catch (error) {
      throw new TypeError(`cannot encode ${field} to binary: ${Object(error).message}`);
    }
  }

  /** Writes plain JSON as the `Struct`, `ListValue` or `Value` that stands for it. */
  private json(desc: DescMessage, field: DescField, json: unknown): void {
    if (desc.name === StructSchema.name) {
      const members = Object.entries(asObject(json, field));
      const present = members.filter(([, value]) => value !== undefined);
      this.field(formOf(StructSchema.field.fields), new Map(present));
    } else if (desc.name === ListValueSchema.name) {
      this.field(formOf(ListValueSchema.field.values), json);
    } else {
      const kind = kindOf(json);
      this.element(kind.number, formOf(kind), json ?? 0);
    }
  }

  /** Writes a length-delimited field. */
  private nested(number: number, write: () => void): void {
    this.wire.tag(number, WireType.LengthDelimited);
    this.wire.nested(write);
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

function asObject(value: unknown, field: DescField): object {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${field} must be an object`);
  }
  return value;
}
