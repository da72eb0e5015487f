import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { mapEntries } from "../json.js";
import { isPlainGoogle, orderedDesc } from "./ordered-desc.js";
import { checkWire } from "./wire-check.js";

// In TypeScript, the maps of a message are plain objects. They cannot hold the
// key `__proto__` while they are decoded, and they do not keep the order of keys
// like `1`. On the wire, a map is a list of entries. And the text decoder that
// stock Protobuf uses takes a byte-order mark off the front of every string. So
// messages are written and read here by a descriptor that has lists where the
// contract has maps, and bytes where it has strings: the same bytes on the wire,
// and nothing lost.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NO_BYTES = new Uint8Array();

/** The binary form of a message. A map in it may be an object or a `Map`. */
export function orderedToBinary(desc: DescMessage, message: object): Uint8Array {
  const ordered = orderedDesc(desc);
  return toBinary(ordered, toOrdered(desc, ordered, message));
}

/**
 * Reads the binary form of a message.
 *
 * @param makeMap Makes each map from its entries, for example a plain object.
 * @throws Error when the bytes are no message at all.
 */
export function orderedFromBinary(
  desc: DescMessage,
  bytes: Uint8Array,
  makeMap: (entries: (readonly [string, unknown])[]) => object = Object.fromEntries,
): Message {
  const ordered = orderedDesc(desc);
  checkWire(ordered, bytes);
  return fromOrdered(desc, fromBinary(ordered, bytes), makeMap);
}

function toOrdered(desc: DescMessage, ordered: DescMessage, message: object): Message {
  const result = create(ordered);
  for (const [field, orderedField] of pairs(desc, ordered)) {
    const value: unknown = Reflect.get(message, field.localName);
    if (value !== undefined) {
      Reflect.set(result, orderedField.localName, fieldToOrdered(field, orderedField, value));
    }
  }
  return withUnknown(result, message);
}

function fieldToOrdered(field: DescField, ordered: DescField, value: unknown): unknown {
  switch (field.fieldKind) {
    case "map": {
      const entry = messageOf(ordered);
      return mapEntries(asObject(value)).map(([key, item]) =>
        create(entry, {
          key: bytesOf(key),
          value: elementToOrdered(field, entry.field["value"], item),
        }),
      );
    }
    case "list":
      return asList(value).map((item) => elementToOrdered(field, ordered, item));
    default:
      return elementToOrdered(field, ordered, value);
  }
}

function elementToOrdered(
  field: DescField,
  ordered: DescField | undefined,
  value: unknown,
): unknown {
  if (field.scalar === ScalarType.STRING) {
    if (typeof value !== "string") {
      throw new TypeError(`${field} must be a string`);
    }
    return bytesOf(value);
  }
  if (field.message === undefined || isPlainGoogle(field.message.file)) {
    return value;
  }
  const orderedMessage = messageOf(ordered);
  return field.message.typeName === StructSchema.typeName
    ? structToOrdered(orderedMessage, asObject(value))
    : toOrdered(field.message, orderedMessage, asObject(value));
}

/** An encoder would write something else for what is no Unicode. */
function bytesOf(text: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new TypeError("half of a surrogate pair cannot be written");
  }
  return encoder.encode(text);
}

function structToOrdered(struct: DescMessage, json: object): Message {
  const entry = messageOf(struct.field["fields"]);
  const valueDesc = messageOf(entry.field["value"]);
  return create(struct, {
    fields: Object.entries(json)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) =>
        create(entry, { key: bytesOf(key), value: valueToOrdered(valueDesc, value) }),
      ),
  });
}

function valueToOrdered(desc: DescMessage, json: unknown): Message {
  switch (typeof json) {
    case "string":
      return create(desc, { kind: { case: "stringValue", value: bytesOf(json) } });
    case "number":
      return create(desc, { kind: { case: "numberValue", value: json } });
    case "boolean":
      return create(desc, { kind: { case: "boolValue", value: json } });
    case "object":
      if (json === null) {
        return create(desc, { kind: { case: "nullValue", value: 0 } });
      }
      if (Array.isArray(json)) {
        const list = messageOf(desc.field["listValue"]);
        const values = json.map((item) => valueToOrdered(desc, item));
        return create(desc, { kind: { case: "listValue", value: create(list, { values }) } });
      }
      return create(desc, {
        kind: {
          case: "structValue",
          value: structToOrdered(messageOf(desc.field["structValue"]), json),
        },
      });
    default:
      throw new TypeError(`a payload cannot hold a ${typeof json}`);
  }
}

function fromOrdered(
  desc: DescMessage,
  message: Message,
  makeMap: (entries: (readonly [string, unknown])[]) => object,
): Message {
  const result = create(desc);
  for (const field of desc.fields) {
    const value: unknown = Reflect.get(message, field.localName);
    if (value !== undefined) {
      const element = (item: unknown): unknown => elementFromOrdered(field, item, makeMap);
      const local =
        field.fieldKind === "map"
          ? makeMap(asList(value).map((entry) => mapEntry(entry, element)))
          : field.fieldKind === "list"
            ? asList(value).map(element)
            : element(value);
      Reflect.set(result, field.localName, local);
    }
  }
  return withUnknown(result, message);
}

function mapEntry(entry: unknown, element: (item: unknown) => unknown): readonly [string, unknown] {
  const object = asObject(entry);
  // An entry may leave out a key or a value that is zero.
  return [textOf(Reflect.get(object, "key") ?? NO_BYTES), element(Reflect.get(object, "value"))];
}

function elementFromOrdered(
  field: DescField,
  value: unknown,
  makeMap: (entries: (readonly [string, unknown])[]) => object,
): unknown {
  if (field.scalar === ScalarType.STRING) {
    return textOf(value ?? NO_BYTES);
  }
  if (field.message === undefined) {
    return value ?? zeroOf(field);
  }
  if (isPlainGoogle(field.message.file)) {
    return value ?? create(field.message);
  }
  if (field.message.typeName === StructSchema.typeName) {
    return structFromOrdered(value);
  }
  return value === undefined
    ? create(field.message)
    : fromOrdered(field.message, asObject(value) as Message, makeMap);
}

function zeroOf({ scalar, enum: desc }: DescField): unknown {
  return scalar === undefined ? desc?.values[0]?.number : scalarZeroValue(scalar, false);
}

function textOf(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError("expected a string");
  }
  return decoder.decode(bytes);
}

function structFromOrdered(struct: unknown): JsonObject {
  const fields = asList(Reflect.get(asObject(struct), "fields"));
  return Object.fromEntries(fields.map((entry) => mapEntry(entry, valueFromOrdered))) as JsonObject;
}

function valueFromOrdered(value: unknown): JsonValue {
  const kind = value === undefined ? {} : asObject(Reflect.get(asObject(value), "kind"));
  const content: unknown = Reflect.get(kind, "value");
  switch (Reflect.get(kind, "case")) {
    case "stringValue":
      return textOf(content);
    case "numberValue":
    case "boolValue":
      return content as number | boolean;
    case "structValue":
      return structFromOrdered(content);
    case "listValue":
      return asList(Reflect.get(asObject(content), "values")).map(valueFromOrdered);
    default:
      return null;
  }
}

function* pairs(desc: DescMessage, ordered: DescMessage): Iterable<[DescField, DescField]> {
  for (const field of desc.fields) {
    const orderedField = ordered.field[field.localName];
    if (orderedField !== undefined) {
      yield [field, orderedField];
    }
  }
}

function withUnknown(target: Message, source: object): Message {
  const unknown: unknown = Reflect.get(source, "$unknown");
  if (unknown !== undefined) {
    Reflect.set(target, "$unknown", unknown);
  }
  return target;
}

function messageOf(field: DescField | undefined): DescMessage {
  if (field?.message === undefined) {
    throw new TypeError(`${field ?? "the field"} is not a message`);
  }
  return field.message;
}

function asObject(value: unknown): object {
  if (typeof value !== "object" || value === null) {
    throw new TypeError("expected a message");
  }
  return value;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError("expected a list");
  }
  return value;
}
