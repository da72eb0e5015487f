import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  type JsonValue,
  type MessageShape,
  mergeFromJson,
  ScalarType,
} from "@bufbuild/protobuf";
import {
  isFieldError,
  type PathBuilder,
  pathToString,
  type ReflectList,
  type ReflectMessage,
  reflect,
  scalarZeroValue,
} from "@bufbuild/protobuf/reflect";
import { added_in, closed } from "../../../gen/speckitty/dossier/v1/options_pb.js";
import { hasJsonOfItsOwn, isWrittenAsItIs } from "../codec/json-form.js";
import { optionsIn } from "../errors/arguments.js";
import {
  keysOf,
  NO_SUCH_FIELD,
  suggested,
  typeViolation,
  UNKNOWN_FIELD_VIOLATION,
  type Violation,
  valueAt,
} from "../errors/violation.js";
import { describeJson } from "../json/describe-json.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { MAX_LISTED } from "./large-value.js";
import { nearest } from "./nearest.js";
import { copyOfPayload } from "./struct-copy.js";
import { isJson, MAX_DEPTH, STRUCT_PROBLEMS } from "./struct-limits.js";
import { memberViolations } from "./struct-violations.js";
import { childPath } from "./unknown-fields.js";

/** How a message is read. */
export type ReadOptions = {
  /** Whether fields that the contract does not know are reported, not ignored. Default: false. */
  readonly strict?: boolean;
  /**
   * Whether the message is the payload of an event: data that a `google.protobuf.Struct` cannot
   * carry is reported even in unknown fields. Default: false.
   */
  readonly isPayload?: boolean;
  /**
   * Whether to apply the rules of the first generation of the contract alone: what it requires
   * is required, and fields of later generations are unknown. Default: in strict mode only.
   */
  readonly isExact?: boolean;
  /** Whether fields of later generations are not reported as unknown. Default: if not exact. */
  readonly allowsLaterFields?: boolean;
};

/** Decodes JSON field by field, so that one bad value does not hide the next. */
export class JsonReader {
  readonly violations: Violation[] = [];

  readonly isExact: boolean;
  private readonly strict: boolean;
  private readonly isPayload: boolean;
  private readonly allowsLaterFields: boolean;

  constructor(
    private readonly root: unknown,
    options?: ReadOptions,
  ) {
    const { strict = false, isPayload = false, isExact = strict } = optionsIn(options);
    const { allowsLaterFields = !isExact } = optionsIn(options);
    this.strict = strict;
    this.isPayload = isPayload;
    this.isExact = isExact;
    this.allowsLaterFields = allowsLaterFields;
  }

  /** Whether the limit of violations has been reached. */
  get isFull(): boolean {
    return this.violations.length >= MAX_LISTED;
  }

  message(desc: DescMessage, json: unknown, path: PathBuilder): MessageShape<DescMessage> {
    const message = create(desc);
    if (!isJsonObject(json)) {
      this.reject(path, `expected an object, got ${describeJson(json)}`);
      return message;
    }
    const reflected = reflect(desc, message);
    for (const field of this.fieldsOf(desc)) {
      const value = Object.hasOwn(json, field.jsonName) ? json[field.jsonName] : undefined;
      if (value !== undefined && value !== null) {
        this.field(reflected, field, value, path.clone().field(field));
      }
    }
    this.unknownFields(desc, json, path);
    return message;
  }

  private fieldsOf(desc: DescMessage): readonly DescField[] {
    return this.allowsLaterFields
      ? desc.fields
      : desc.fields.filter((field) => getOption(field, added_in) === "");
  }

  private unknownFields(desc: DescMessage, json: JsonMap, path: PathBuilder): void {
    const isClosed = this.strict || getOption(desc, closed);
    if (!isClosed && !this.isPayload) {
      return;
    }
    const known = new Set(this.fieldsOf(desc).map(({ jsonName }) => jsonName));
    const absent = [...known].filter((name) => !Object.hasOwn(json, name));
    const steps = path.toPath();
    const parent = { field: pathToString(steps), path: keysOf(steps) };
    const levels = MAX_DEPTH - 1 - steps.length;
    for (const name of Object.keys(json).filter((key) => !known.has(key))) {
      if (this.isFull) {
        return;
      }
      if (isClosed) {
        this.violations.push({
          field: childPath(parent.field, name),
          path: [...parent.path, name],
          message: NO_SUCH_FIELD,
          violationType: UNKNOWN_FIELD_VIOLATION,
          inputValue: json[name],
          ...suggested(nearest(name, absent)),
        });
      }
      const inside = this.isPayload ? memberViolations(name, json[name], parent, levels) : [];
      for (const violation of inside) {
        if (this.isFull) {
          return;
        }
        // In a closed message, the field itself is listed already.
        if (!isClosed || violation.path.length > parent.path.length + 1) {
          this.violations.push(violation);
        }
      }
    }
  }

  private field(parent: ReflectMessage, field: DescField, json: unknown, path: PathBuilder): void {
    switch (field.fieldKind) {
      case "list":
        if (Array.isArray(json)) {
          this.list(parent.get(field), field, json, path);
        } else {
          this.reject(path, `expected a list, got ${describeJson(json)}`);
        }
        break;
      case "map":
        if (isJsonObject(json)) {
          this.map(parent, field, json, path);
        } else {
          this.reject(path, `expected an object, got ${describeJson(json)}`);
        }
        break;
      default:
        if (field.message?.typeName === "google.protobuf.Struct") {
          // In a message, this is a plain JSON object. Decoding it would lose keys.
          if (!isJsonObject(json)) {
            this.reject(path, `expected an object, got ${describeJson(json)}`);
          } else if (!isJson(json)) {
            this.reject(path, STRUCT_PROBLEMS.json);
          } else {
            // The message owns the copy, which may be frozen.
            Reflect.set(parent.message, field.localName, copyOfPayload(json));
          }
        } else {
          this.element(field, json, path, (value) => parent.set(field, value));
        }
    }
  }

  private list(
    list: ReflectList,
    field: DescField & { fieldKind: "list" },
    items: readonly unknown[],
    path: PathBuilder,
  ): void {
    for (const [index, item] of items.entries()) {
      if (this.isFull) {
        return;
      }
      const itemPath = path.clone().list(index);
      // An empty item replaces a bad one, so that the others keep their index.
      if (!this.element(field, item, itemPath, (value) => list.add(value))) {
        list.add(emptyElement(field));
      }
    }
  }

  private map(
    parent: ReflectMessage,
    field: DescField & { fieldKind: "map" },
    json: JsonMap,
    path: PathBuilder,
  ): void {
    if (field.mapKey !== ScalarType.STRING) {
      this.attempt(path, () => mergeStock(parent, field, json));
      return;
    }
    const entries: [string, unknown][] = [];
    for (const [key, value] of Object.entries(json)) {
      if (this.isFull) {
        return;
      }
      if (!key.isWellFormed()) {
        this.reject(path.clone().map(key), `expected ${UNICODE_TEXT} as a key`);
        continue;
      }
      // Each entry is decoded in a map of its own, under a safe key: stock ProtoJSON would lose
      // `__proto__`.
      const single = reflect(field.parent);
      const map = single.get(field);
      if (this.element(field, value, path.clone().map(key), (decoded) => map.set("key", decoded))) {
        entries.push([key, localMap(single, field)["key"]]);
      }
    }
    Reflect.set(parent.message, field.localName, Object.fromEntries(entries));
  }

  /** Decodes one value of a field, and passes it to `set` unless it is rejected. */
  private element(
    field: DescField,
    json: unknown,
    path: PathBuilder,
    set: (value: unknown) => void,
  ): boolean {
    const problem = scalarProblem(field.scalar, json);
    if (problem !== undefined) {
      this.reject(path, `expected ${problem}, got ${describeJson(json)}`);
      return false;
    }
    if (field.message !== undefined && !hasJsonOfItsOwn(field.message)) {
      set(reflect(field.message, this.message(field.message, json, path)));
      return true;
    }
    return this.attempt(path, () =>
      set(isWrittenAsItIs(field) ? plainZero(json) : stockValue(field, json)),
    );
  }

  private attempt(path: PathBuilder, decode: () => void): boolean {
    try {
      decode();
      return true;
    } catch (error) {
      const cause = error instanceof Error && isFieldError(error.cause) ? error.cause : error;
      this.reject(path, cause instanceof Error ? withoutPosition(cause.message) : String(cause));
      return false;
    }
  }

  private reject(path: PathBuilder, message: string): void {
    const steps = path.toPath();
    const place = { field: pathToString(steps), path: keysOf(steps) };
    this.violations.push(typeViolation(message, valueAt(this.root, steps), place));
  }
}

/** An integer has no negative zero, and JSON text does not keep it. */
function plainZero(json: unknown): unknown {
  return json === 0 ? 0 : json;
}

const UNICODE_TEXT = "Unicode text without lone surrogates";

/** The expected form of a scalar, where stock ProtoJSON is not used or is more lenient. */
function scalarProblem(scalar: ScalarType | undefined, json: unknown): string | undefined {
  switch (scalar) {
    case ScalarType.STRING:
      // Stock Protobuf calls `encodeURIComponent` for this, and some bundlers remove the call,
      // since it has no side effects.
      if (typeof json !== "string") {
        return "a string";
      }
      return json.isWellFormed() ? undefined : UNICODE_TEXT;
    case ScalarType.BOOL:
      return typeof json === "boolean" ? undefined : "true or false";
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number.isInteger(json) ? undefined : "an integer";
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return Number.isInteger(json) ||
        (typeof json === "string" && /^(?:0|-?[1-9][0-9]*)$/.test(json))
        ? undefined
        : "an integer, or a string of its decimal digits";
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return typeof json === "number" || NOT_FINITE.has(json) ? undefined : "a number";
    default:
      return undefined;
  }
}

const NOT_FINITE: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity"]);

function mergeStock(target: ReflectMessage, field: DescField, json: unknown): void {
  // Stock ProtoJSON rejects anything that is not JSON.
  const single = { [field.jsonName]: json as JsonValue };
  mergeFromJson(target.desc, target.message, single);
}

/** One value of a field as stock ProtoJSON decodes it. */
function stockValue(field: DescField, json: unknown): unknown {
  const single = reflect(field.parent);
  switch (field.fieldKind) {
    case "list":
      mergeStock(single, field, [json]);
      return single.get(field).get(0);
    case "map":
      mergeStock(single, field, { key: json });
      return single.get(field).get("key");
    default:
      mergeStock(single, field, json);
      return single.get(field);
  }
}

function localMap(message: ReflectMessage, field: DescField): JsonMap {
  const map: unknown = Reflect.get(message.message, field.localName);
  return isJsonObject(map) ? map : {};
}

function emptyElement(field: DescField & { fieldKind: "list" }): unknown {
  switch (field.listKind) {
    case "message":
      return reflect(field.message);
    case "enum":
      return field.enum.values[0]?.number;
    case "scalar":
      return scalarZeroValue(field.scalar, false);
  }
}

/** The message of a stock error without the position, which the path already gives. */
function withoutPosition(message: string): string {
  return message
    .replace(/^(?:list item #[0-9]+|map entry (?:"[^"]*"|string)): /, "")
    .replace(/^expected \w+ \((\w+)\): (\S+) out of range$/, "$2 is out of the range of $1");
}
