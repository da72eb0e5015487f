import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  type JsonObject,
  type JsonValue,
  toJson,
} from "@bufbuild/protobuf";
import { isScalarZeroValue } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { empty_is_present } from "../../../gen/speckitty/dossier/v1/options_pb.js";
import { integerToJson } from "../json/integer-to-json.js";
import { hasJsonOfItsOwn, isWrittenAsItIs } from "./json-form.js";
import { scalarOf } from "./protobuf-es/wire-form.js";

/** How a message is written as JSON. */
type JsonWriteOptions = {
  /** Whether absent fields are written too, as `null`. By default they are left out. */
  readonly everyField?: boolean;
  /**
   * Whether maps are written as `Map`, which keeps the order of any keys, rather
   * than as objects, which move keys like `1` to the front.
   */
  readonly orderedMaps?: boolean;
};

/** A JSON value in which a map may be a `Map`. */
export type OrderedJson =
  | Exclude<JsonValue, object>
  | readonly OrderedJson[]
  | { readonly [key: string]: OrderedJson }
  | ReadonlyMap<string, OrderedJson>;

/**
 * Writes the wire JSON of a message: names as in the contract, fields in declaration order. A
 * map in the message may be an object or a `Map`.
 */
export function messageToJson(
  desc: DescMessage,
  message: object,
  options: JsonWriteOptions = {},
): { [key: string]: OrderedJson } {
  // No field is named `__proto__`: the generator refuses it.
  const written: { [key: string]: OrderedJson } = {};
  for (const field of desc.fields) {
    const json = fieldToJson(field, Reflect.get(message, field.localName), options);
    if (json !== undefined) {
      written[field.jsonName] = json;
    }
  }
  return written;
}

/** The entries of a map, in order, whether it is an object or a `Map`. */
export function mapEntries(map: object): (readonly [string, unknown])[] {
  return isMap(map) ? [...map] : Object.entries(map);
}

function isMap(value: object): value is ReadonlyMap<string, unknown> {
  return Symbol.iterator in value;
}

/** The JSON of a field, or `undefined` to leave it out. */
function fieldToJson(
  field: DescField,
  value: unknown,
  options: JsonWriteOptions,
): OrderedJson | undefined {
  const { everyField = false, orderedMaps = false } = options;
  const leftOut = everyField ? null : undefined;
  switch (field.fieldKind) {
    case "list": {
      const items = (Array.isArray(value) ? value : []).map((item) =>
        elementToJson(field, item, options),
      );
      return items.length > 0 || (everyField && getOption(field, empty_is_present))
        ? items
        : leftOut;
    }
    case "map": {
      const entries = mapEntries(isObject(value) ? value : {}).map(
        ([key, item]) => [key, elementToJson(field, item, options)] as const,
      );
      if (entries.length === 0 && !(everyField && getOption(field, empty_is_present))) {
        return leftOut;
      }
      return orderedMaps ? new Map(entries) : Object.fromEntries(entries);
    }
    default: {
      if (value === undefined) {
        return leftOut;
      }
      const isZero =
        field.presence === FeatureSet_FieldPresence.IMPLICIT &&
        isScalarZeroValue(scalarOf(field), value);
      return isZero && !everyField ? undefined : elementToJson(field, value, options);
    }
  }
}

function elementToJson(field: DescField, value: unknown, options: JsonWriteOptions): OrderedJson {
  if (typeof value === "bigint") {
    return integerToJson(value);
  }
  if (field.message?.typeName === "google.protobuf.Struct" && field.fieldKind === "message") {
    // In a message, this is a plain JSON object already.
    return value as JsonObject;
  }
  if (field.message !== undefined && !hasJsonOfItsOwn(field.message)) {
    return messageToJson(field.message, isObject(value) ? value : {}, options);
  }
  return isWrittenAsItIs(field) ? (value as Exclude<JsonValue, object>) : stockJson(field, value);
}

/** One value of a field as stock ProtoJSON writes it. */
function stockJson(field: DescField, value: unknown): JsonValue {
  const single = create(field.parent);
  const container =
    field.fieldKind === "list" ? [value] : field.fieldKind === "map" ? { key: value } : value;
  Reflect.set(single, field.localName, container);
  const json = toJson(field.parent, single, { alwaysEmitImplicit: true });
  const written = Reflect.get(isObject(json) ? json : {}, field.jsonName);
  switch (field.fieldKind) {
    case "list":
      return written[0];
    case "map":
      return written.key;
    default:
      return written;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
