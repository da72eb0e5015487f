import {
  type DescMessage,
  getOption,
  type MessageShape,
  type MessageValidType,
} from "@bufbuild/protobuf";
import { buildPath, type Path, pathToString } from "@bufbuild/protobuf/reflect";
import {
  CompilationError,
  createValidator,
  type Violation as ProtovalidateViolation,
} from "@bufbuild/protovalidate";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { changed, must_be } from "../../../gen/speckitty/dossier/v1/options_pb.js";
import {
  keysOf,
  MORE_VIOLATIONS,
  suggested,
  TYPE_VIOLATION,
  typeViolation,
  type Violation,
  valueAt,
} from "../errors/violation.js";
import { integerToJson } from "../json/integer-to-json.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { JsonReader, type ReadOptions } from "./json-reader.js";
import { isLarge } from "./large-value.js";
import { nearest } from "./nearest.js";
import { MAX_UNKNOWN } from "./unknown-fields.js";

/** The result of reading a message: the message, or every broken rule. */
export type ModelResult<Desc extends DescMessage> =
  | { readonly kind: "valid"; readonly message: MessageValidType<Desc> }
  | { readonly kind: "invalid"; readonly violations: readonly Violation[] };

const validator = createValidator();
/** Stops at the first violation. */
const hastyValidator = createValidator({ failFast: true });

/**
 * Reads the wire JSON of a message, first as ProtoJSON, then by the rules in its annotations.
 *
 * It accepts the same JSON as stock ProtoJSON and ignores unknown fields, with the exceptions
 * of the contract: 32-bit integers are JSON numbers and never strings; 64-bit integers may be
 * strings of plain decimal digits; and all violations are reported, not only the first. A map
 * may have any key, `__proto__` included, which stock ProtoJSON loses. Outside strict mode, a
 * field that a later generation of the contract does not require may be absent.
 */
export function readModel<Desc extends DescMessage>(
  desc: Desc,
  json: unknown,
  options?: ReadOptions,
): ModelResult<Desc> {
  const reader = new JsonReader(json, options);
  // The reader makes the message by its descriptor, so this is its type.
  const message = reader.message(desc, json, buildPath(desc)) as MessageShape<Desc>;
  return reader.isFull
    ? { kind: "invalid", violations: [...reader.violations, MORE_VIOLATIONS] }
    : judge(desc, message, json, reader.violations, reader.isExact);
}

/** Judges an existing message by the rules in its annotations. */
export function checkModel<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
): ModelResult<Desc> {
  return judge(desc, message, undefined, [], false);
}

function judge<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
  json: unknown,
  undecodable: readonly Violation[],
  isExact: boolean,
): ModelResult<Desc> {
  // Most messages are valid, and need no second look.
  const first = hastyValidator.validate(desc, message);
  const isHasty = first.kind === "invalid" && isLarge(message);
  const result = first.kind === "invalid" && !isHasty ? validator.validate(desc, message) : first;
  switch (result.kind) {
    case "valid":
      return verdictOn(message, undecodable);
    case "invalid": {
      // A value that could not be decoded was left out of the message, but is not missing.
      const rejected = new Set(
        undecodable
          .filter(({ violationType }) => violationType === TYPE_VIOLATION)
          .map(({ field }) => field),
      );
      const judged = result.violations.filter((violation) => isExact || isForAll(violation));
      const broken = judged
        .map((violation) => ({
          field: pathToString(violation.field),
          path: keysOf(violation.field),
          message: messageOf(violation),
          violationType: violation.ruleId,
          inputValue:
            json === undefined
              ? jsonOf(valueAt(message, violation.field, ({ localName }) => localName))
              : valueAt(json, violation.field),
          ...suggestionFor(violation, json),
        }))
        .filter((_, index) => !isWithin(judged[index]?.field ?? [], rejected));
      const more = isHasty ? [MORE_VIOLATIONS] : [];
      return verdictOn(message, [...undecodable, ...broken, ...more]);
    }
    case "error":
      if (result.error instanceof CompilationError) {
        throw result.error;
      }
      // The message was built by hand, with values of wrong types.
      return { kind: "invalid", violations: [typeViolation(result.error.message, undefined)] };
  }
}

/** A value of a message, as JSON has it if it is a 64-bit integer. */
function jsonOf(value: unknown): unknown {
  return typeof value === "bigint" ? integerToJson(value) : value;
}

function verdictOn<Desc extends DescMessage>(
  message: MessageShape<Desc>,
  violations: readonly Violation[],
): ModelResult<Desc> {
  return violations.length === 0
    ? // Valid, except for fields that are required in one generation of the contract only.
      { kind: "valid", message: message as MessageValidType<Desc> }
    : { kind: "invalid", violations };
}

/** Whether a rule holds in all generations of the contract. */
function isForAll({ field: path, ruleId }: ProtovalidateViolation): boolean {
  const field = path.at(-1);
  return (
    ruleId !== "required" ||
    field?.kind !== "field" ||
    getOption(field, changed).every(({ required }) => required !== false)
  );
}

/** The message of a violation. A pattern is replaced by its description. */
function messageOf({ field, message, ruleId }: ProtovalidateViolation): string {
  const last = field.at(-1);
  const words = last?.kind === "field" ? getOption(last, must_be) : "";
  return ruleId === "string.pattern" && words !== "" ? `must be ${words}` : message;
}

/** The suggestion for a literal, or for a missing field beside an unknown one. */
function suggestionFor(
  { field: path, ruleId }: ProtovalidateViolation,
  json: unknown,
): Pick<Violation, "suggestion"> {
  const field = path.at(-1);
  if (field?.kind !== "field") {
    return {};
  }
  if (ruleId === "string.in") {
    const { type } = getOption(field, fieldRules);
    const value = valueAt(json, path);
    return type.case === "string" && typeof value === "string"
      ? suggested(nearest(value, type.value.in))
      : {};
  }
  const siblings = valueAt(json, path.slice(0, -1));
  if (ruleId === "required" && isJsonObject(siblings)) {
    return suggested(nearest(field.jsonName, unknownNames(field.parent, siblings)));
  }
  return {};
}

/** The first names that are not fields of the message. */
function unknownNames(desc: DescMessage, json: JsonMap): string[] {
  const known = new Set(desc.fields.map(({ jsonName }) => jsonName));
  return Object.keys(json)
    .filter((name) => !known.has(name))
    .slice(0, MAX_UNKNOWN);
}

/** Whether a path or one of its ancestors is in a set of paths. */
function isWithin(path: Path, ancestors: ReadonlySet<string>): boolean {
  return (
    ancestors.size > 0 &&
    [...path.keys(), path.length].some((end) => ancestors.has(pathToString(path.slice(0, end))))
  );
}
