import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import {
  Edition,
  FeatureSet_FieldPresence,
  isWrapperDesc,
  StructSchema,
} from "@bufbuild/protobuf/wkt";

/** The form of a field in bytes. */
export type WireForm = {
  readonly field: DescField;
  readonly number: number;
  readonly localName: string;
  readonly kind: "map" | "list" | "packed" | "single";
  /** Whether a zero value is left out. */
  readonly isImplicit: boolean;
  /** The message of a value, of a list item, or of a map value. */
  readonly message: DescMessage | undefined;
  /** Whether that message stands for plain JSON. */
  readonly isJson: boolean;
  /** The wire type of a value, of a list item, or of a map value. */
  readonly wireType: WireType;
  /** The method of `BinaryReader` and `BinaryWriter` for one scalar. */
  readonly method: ScalarMethod;
};

/** Both the stock reader and the stock writer have a method named after each type. */
export type ScalarMethod = Lowercase<keyof typeof ScalarType>;

const formsByDesc = new WeakMap<DescMessage, ReadonlyMap<number, WireForm>>();
const formsByField = new WeakMap<DescField, WireForm>();

/**
 * The fields of a message by their numbers, in ascending order.
 *
 * @throws TypeError when this folder cannot read or write a field of it.
 */
export function fieldsByNumber(desc: DescMessage): ReadonlyMap<number, WireForm> {
  let forms = formsByDesc.get(desc);
  if (forms === undefined) {
    const sorted = [...desc.fields].sort((a, b) => a.number - b.number);
    if (!isJson(desc)) {
      sorted.forEach(requireKnownKind);
    }
    forms = new Map(sorted.map((field) => [field.number, formOf(field)]));
    formsByDesc.set(desc, forms);
  }
  return forms;
}

export function formOf(field: DescField): WireForm {
  let form = formsByField.get(field);
  if (form === undefined) {
    form = makeForm(field);
    formsByField.set(field, form);
  }
  return form;
}

function makeForm(field: DescField): WireForm {
  const { number, localName, fieldKind, presence, message } = field;
  const isPacked = fieldKind === "list" && field.packed;
  return {
    field,
    number,
    localName,
    kind: isPacked ? "packed" : fieldKind === "list" || fieldKind === "map" ? fieldKind : "single",
    isImplicit: presence === FeatureSet_FieldPresence.IMPLICIT,
    message,
    isJson: message !== undefined && isJson(message),
    wireType: wireTypeOf(field),
    method: methodOf(field),
  };
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

function wireTypeOf(field: DescField): WireType {
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

function methodOf(field: DescField): ScalarMethod {
  return ScalarType[scalarOf(field)].toLowerCase() as ScalarMethod;
}
