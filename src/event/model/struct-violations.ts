import { typeViolation, type Violation, type ViolationPlace } from "../errors/violation.js";
import type { JsonMap } from "../json/json-object.js";
import { MAX_DEPTH, ownProblem, STRUCT_PROBLEMS } from "./struct-limits.js";
import { childPath } from "./unknown-fields.js";

/**
 * Every place in a value that keeps it out of a `google.protobuf.Struct`, as a violation.
 *
 * @param place The path of the value.
 * @param levels How many levels of objects and lists the value may have.
 */
export function* structViolations(
  value: unknown,
  place: ViolationPlace,
  levels = MAX_DEPTH,
): Generator<Violation, void, undefined> {
  const problem = ownProblem(value, levels);
  if (problem !== undefined) {
    yield typeViolation(STRUCT_PROBLEMS[problem], value, place);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const here = { field: `${place.field}[${index}]`, path: [...place.path, index] };
      yield* structViolations(item, here, levels - 1);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value as JsonMap)) {
      yield* memberViolations(key, item, place, levels - 1);
    }
  }
}

/**
 * The same for a member of an object, including its name. Its place is listed once, even if
 * both the name and the value have a problem.
 *
 * @param parent The path of the object.
 * @param levels How many levels of objects and lists the member may have.
 */
export function* memberViolations(
  name: string,
  value: unknown,
  parent: ViolationPlace,
  levels: number,
): Generator<Violation, void, undefined> {
  const place = { field: childPath(parent.field, name), path: [...parent.path, name] };
  if (!name.isWellFormed()) {
    yield typeViolation(STRUCT_PROBLEMS.text, value, place);
    if (ownProblem(value, levels) !== undefined) {
      return;
    }
  }
  yield* structViolations(value, place, levels);
}
