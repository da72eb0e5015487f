import type { DescField } from "@bufbuild/protobuf";
import type { Path } from "@bufbuild/protobuf/reflect";

/** The keys that lead to a value in JSON. */
export type ViolationPath = readonly (string | number)[];

/** One rule of the contract that a value breaks. */
export type Violation = {
  /**
   * Where, as a dotted path from the message that was read: `artifact_id.path`,
   * `artifact_ids_changed[0].path`, `context_diagnostics["key"]`. Empty when the
   * whole message is meant.
   */
  readonly field: string;
  /**
   * The same as a list of keys, by which the value is found in JSON: names of fields and
   * keys of maps as text, places in lists as numbers.
   */
  readonly path: ViolationPath;
  /** What was expected, for people. */
  readonly message: string;
  /**
   * The rule: the id of a protovalidate rule, for example `required`,
   * `string.min_len` or `int32.gte`, or `type` for a value that cannot be
   * decoded at all.
   */
  readonly violationType: string;
  /** The value that was found, `undefined` when there was none. */
  readonly inputValue: unknown;
  /**
   * The name or literal that was probably meant, where the violation looks like a
   * typo: of a literal, of a field that the contract does not know, or of a
   * required field that is missing beside one that the contract does not know.
   */
  readonly suggestion?: string;
};

/** The rule that a value breaks when its JSON type or range is not that of its field. */
export const TYPE_VIOLATION = "type";

/** In strict reading, what a field breaks that the contract does not know. */
export const UNKNOWN_FIELD_VIOLATION = "unknown_field";

/** What is wrong with such a field, for people. */
export const NO_SUCH_FIELD = "the contract has no such field";

/** The last one of many: what a value of millions of items has wrong would fill the memory. */
export const MORE_VIOLATIONS: Violation = Object.freeze({
  field: "",
  path: Object.freeze([]),
  message: "may have more violations: of a value this large, not all are listed",
  violationType: "more",
  inputValue: undefined,
});

/** The part of a violation that says what was probably meant, if anything. */
export function suggested(suggestion: string | undefined): Pick<Violation, "suggestion"> {
  return suggestion === undefined ? {} : { suggestion };
}

/** The keys that a path of descriptors leads along in JSON. */
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
 * @param nameOf The name that a field has there.
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
