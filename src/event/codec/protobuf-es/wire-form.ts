import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { Edition, isWrapperDesc, StructSchema } from "@bufbuild/protobuf/wkt";

const fieldsByDesc = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

/**
 * The fields of a message by their numbers, in ascending order.
 *
 * @throws TypeError when this room cannot read or write a field of it.
 */
export function fieldsByNumber(desc: DescMessage): ReadonlyMap<number, DescField> {
  let fields = fieldsByDesc.get(desc);
  if (fields === undefined) {
    const sorted = [...desc.fields].sort((a, b) => a.number - b.number);
    if (!isJson(desc)) {
      sorted.forEach(requireKnownKind);
    }
    fields = new Map(sorted.map((field) => [field.number, field]));
    fieldsByDesc.set(desc, fields);
  }
  return fields;
}

function requireKnownKind(field: DescField): void {
  const { message, fieldKind, parent } = field;
  const isKnown =
    parent.file.edition === Edition.EDITION_PROTO3 &&
    field.oneof === undefined &&
    (fieldKind !== "map" || field.mapKey === ScalarType.STRING) &&
    (message === undefined || !isWrapperDesc(message)) &&
    (message === undefined ||
      !isJson(message) ||
      (fieldKind === "message" && message.name === StructSchema.name));
  if (!isKnown) {
    throw new TypeError(`${field} is of a kind that has no binary form here`);
  }
}

/** Whether a message stands for plain JSON: a `google.protobuf.Struct`, `ListValue` or `Value`. */
export function isJson(desc: DescMessage): boolean {
  return desc.file.name === StructSchema.file.name;
}

/** The field numbers of a map entry. */
export const ENTRY = { key: 1, value: 2 } as const;

/** The wire type of a field's value, of a list item, or of a map value. */
export function elementWireType(field: DescField): WireType {
  if (field.message !== undefined) {
    return WireType.LengthDelimited;
  }
  switch (scalarOf(field)) {
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

/** The type of one scalar of a field. On the wire, an enum is an `int32`. */
export function scalarOf({ scalar }: DescField): ScalarType {
  return scalar ?? ScalarType.INT32;
}

/** The method of `BinaryReader` and `BinaryWriter` for one scalar of a field. */
export function methodOf(field: DescField): Lowercase<keyof typeof ScalarType> {
  // Both have a method named after each type.
  return ScalarType[scalarOf(field)].toLowerCase() as Lowercase<keyof typeof ScalarType>;
}
