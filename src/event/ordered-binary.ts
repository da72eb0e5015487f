import {
  clone,
  create,
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  OneofDescriptorProtoSchema,
  StructSchema,
} from "@bufbuild/protobuf/wkt";
import { mapEntries } from "./json.js";

// In TypeScript, the maps of a message are plain objects. They cannot hold the
// key `__proto__` while they are decoded, and they do not keep the order of keys
// like `1`. On the wire, a map is a list of entries. So messages are written and
// read here by a descriptor that has such lists where the contract has maps:
// the same bytes, and nothing lost.

/** Deep enough for any payload that the contract accepts, at three messages a level. */
const RECURSION_LIMIT = 400;
const PREFIX = "ordered.";

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
  const message = fromBinary(ordered, bytes, { recursionLimit: RECURSION_LIMIT });
  return fromOrdered(desc, message, makeMap);
}

const orderedDescs = new WeakMap<DescMessage, DescMessage>();

/** A descriptor of the same wire format, in which maps are lists of entries. */
function orderedDesc(desc: DescMessage): DescMessage {
  const known = orderedDescs.get(desc);
  if (known !== undefined) {
    return known;
  }
  const files = withDependencies(desc.file).map((file) => {
    const proto = clone(FileDescriptorProtoSchema, file.proto);
    if (isPlainGoogle(file)) {
      return proto;
    }
    proto.package = `${PREFIX}${proto.package}`;
    proto.extension = [];
    for (const message of proto.messageType) {
      makeOrdered(message);
    }
    return proto;
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files }));
  const ordered = registry.getMessage(`${PREFIX}${desc.typeName}`);
  if (ordered === undefined) {
    throw new Error(`no ordered form of ${desc.typeName}`);
  }
  orderedDescs.set(desc, ordered);
  return ordered;
}

function withDependencies(file: DescFile): DescFile[] {
  const files = new Set<DescFile>();
  const visit = (next: DescFile): void => {
    for (const dependency of next.dependencies) {
      visit(dependency);
    }
    files.add(next);
  };
  visit(file);
  return [...files];
}

/** Google's own files hold no maps, the one of `Struct` aside. */
function isPlainGoogle(file: DescFile): boolean {
  return file.proto.package === "google.protobuf" && file !== StructSchema.file;
}

function makeOrdered(message: DescriptorProto): void {
  if (message.options?.mapEntry) {
    message.options.mapEntry = false;
    // An entry of a map has its key and its value even where they are zero.
    for (const [index, field] of message.field.entries()) {
      field.proto3Optional = true;
      field.oneofIndex = index;
      message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${field.name}` }));
    }
  }
  for (const field of message.field) {
    if (field.typeName !== "" && !isPlainGoogleType(field.typeName)) {
      field.typeName = `.${PREFIX}${field.typeName.slice(1)}`;
    }
  }
  for (const nested of message.nestedType) {
    makeOrdered(nested);
  }
}

function isPlainGoogleType(typeName: string): boolean {
  return (
    typeName.startsWith(".google.protobuf.") &&
    !StructSchema.file.messages.some((message) => typeName.startsWith(`.${message.typeName}`)) &&
    !StructSchema.file.enums.some((desc) => typeName === `.${desc.typeName}`)
  );
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
        create(entry, { key, value: elementToOrdered(field, entry.field["value"], item) }),
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
  if (field.message === undefined || isPlainGoogle(field.message.file)) {
    return value;
  }
  const orderedMessage = messageOf(ordered);
  return field.message.typeName === StructSchema.typeName
    ? structToOrdered(orderedMessage, asObject(value))
    : toOrdered(field.message, orderedMessage, asObject(value));
}

function structToOrdered(struct: DescMessage, json: object): Message {
  const entry = messageOf(struct.field["fields"]);
  const valueDesc = messageOf(entry.field["value"]);
  return create(struct, {
    fields: Object.entries(json)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => create(entry, { key, value: valueToOrdered(valueDesc, value) })),
  });
}

function valueToOrdered(desc: DescMessage, json: unknown): Message {
  switch (typeof json) {
    case "string":
      return create(desc, { kind: { case: "stringValue", value: json } });
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
  return [String(Reflect.get(object, "key") ?? ""), element(Reflect.get(object, "value"))];
}

function elementFromOrdered(
  field: DescField,
  value: unknown,
  makeMap: (entries: (readonly [string, unknown])[]) => object,
): unknown {
  if (field.message === undefined || isPlainGoogle(field.message.file)) {
    return value;
  }
  if (field.message.typeName === StructSchema.typeName) {
    return structFromOrdered(value);
  }
  // An entry whose value is the empty message may leave it out.
  return value === undefined
    ? create(field.message)
    : fromOrdered(field.message, asObject(value) as Message, makeMap);
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
    case "numberValue":
    case "boolValue":
      return content as string | number | boolean;
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
