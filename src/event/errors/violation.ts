import type { DescField } from "@bufbuild/protobuf";
import type { Path } from "@bufbuild/protobuf/reflect";
import { describeJson } from "../json/describe-json.js";

/** The keys that lead to a value in JSON. */
export type ViolationPath = readonly (string | number)[];

/** One rule of the contract that a value breaks. */
export type Violation = {
  /**
   * The place, as a dotted path from the message that was read: `artifact_id.path`,
   * `artifact_ids_changed[0].path`, `context_diagnostics["key"]`. Empty for the whole message.
   */
  readonly field: string;
  /**
   * The same path as a list of JSON keys: field names and map keys as text, list indexes as
   * numbers.
   */
  readonly path: ViolationPath;
  /** The expectation, for people. */
  readonly message: string;
  /**
   * The rule: the id of a protovalidate rule, for example `required`, `string.min_len` or
   * `int32.gte`, or `type` for a value that cannot be decoded.
   */
  readonly violationType: string;
  /** The value that was found, `undefined` when there was none. */
  readonly inputValue: unknown;
  /**
   * The name or literal that was probably meant, where the violation looks like a typo: a
   * misspelled literal, an unknown field, or a missing required field beside an unknown one.
   */
  readonly suggestion?: string;
};

/** The rule that a value breaks when its JSON type or range is not that of its field. */
export const TYPE_VIOLATION = "type";

/** A path, as text for people and as keys. */
export type ViolationPlace = Pick<Violation, "field" | "path">;

/** A value that cannot be decoded. By default, the whole message. */
export function typeViolation(
  message: string,
  inputValue: unknown,
  { field, path }: ViolationPlace = { field: "", path: [] },
): Violation {
  return { field, path, message, violationType: TYPE_VIOLATION, inputValue };
}

/** The rule that an unknown field breaks in strict mode. */
export const UNKNOWN_FIELD_VIOLATION = "unknown_field";

/** The message for an unknown field. */
export const NO_SUCH_FIELD = "the contract has no such field";

/**
 * Ends a truncated list: all violations of a value with millions of items would fill the
 * memory.
 */
export const MORE_VIOLATIONS: Violation = Object.freeze({
  field: "",
  path: Object.freeze([]),
  message: "may have more violations: the value is too large to list them all",
  violationType: "more",
  inputValue: undefined,
});

/** A frozen list of violations. The caller's values in it are not frozen. */
export function frozenViolations(violations: readonly Violation[]): readonly Violation[] {
  return Object.freeze(
    violations.map((violation) =>
      Object.freeze({ ...violation, path: Object.freeze([...violation.path]) }),
    ),
  );
}

/** The `suggestion` of a violation, if any. */
export function suggested(suggestion: string | undefined): Pick<Violation, "suggestion"> {
  return suggestion === undefined ? {} : { suggestion };
}

/**
 * The value that breaks a rule, for the end of a message: `, got 7`. Empty if there is no
 * value, or the message already names it.
 */
export function gotText({ inputValue, violationType }: Violation): string {
  const isNamed = violationType === TYPE_VIOLATION || violationType.endsWith(EMPTY_VALUE);
  return inputValue === undefined || isNamed ? "" : `, got ${describeJson(inputValue)}`;
}

/** The suffix of protovalidate's rule ids whose messages say that the value is empty. */
const EMPTY_VALUE = "_empty";

/** The JSON keys of a path of descriptors. */
export function keysOf(path: Path): ViolationPath {
  return path.map((step) => {
    switch (step.kind) {
      case "list_sub":
        return step.index;
      case "map_sub":
        return typeof step.key === "number" ? step.key : String(step.key);
      case "field":
        return step.jsonName;
      default:
        return step.name;
    }
  });
}

/**
 * The value that a path leads to, `undefined` when there is none.
 *
 * @param root Wire JSON, or with `nameOf` a message.
 * @param nameOf The name of a field in the message.
 */
export function valueAt(
  root: unknown,
  path: Path,
  nameOf: (field: DescField) => string = ({ jsonName }) => jsonName,
): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) {
      return undefined;
    }
    switch (step.kind) {
      case "field":
        value = ownValue(value, nameOf(step));
        break;
      case "list_sub":
        value = ownValue(value, step.index.toString());
        break;
      case "map_sub":
        value = ownValue(value, step.key.toString());
        break;
      default:
        return undefined;
    }
  }
  return value;
}

function ownValue(container: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}
