import type { Renaming } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { optionsIn } from "../errors/arguments.js";
import { isAbsent, isJsonObject, type JsonMap } from "../json/json-object.js";
import {
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type WriteOptions,
} from "./generation.js";

// The fields of one contract in two generations differ in some of their names. The tables of
// names are generated from the IDL.

/** A field in a payload, by the names of two generations. */
type NamePair = {
  /** The path of the message that has it, from the payload. */
  readonly parent: readonly (string | number)[];
  readonly later: string;
  readonly first: string;
  readonly hasLater: boolean;
  readonly hasFirst: boolean;
};

/** The fields of a value that have different names in two generations, at every level. */
export function* renamedFields(
  renaming: Renaming | undefined,
  json: unknown,
  parent: readonly (string | number)[] = [],
): Generator<NamePair> {
  if (renaming === undefined || !isJsonObject(json)) {
    return;
  }
  for (const [later, first] of renaming.names) {
    const [hasLater, hasFirst] = [!isAbsent(json[later]), !isAbsent(json[first])];
    if (hasLater || hasFirst) {
      yield { parent, later, first, hasLater, hasFirst };
    }
  }
  for (const [field, inner] of renaming.messages) {
    const path = [...parent, field];
    const value = json[field];
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        yield* renamedFields(inner, item, [...path, index]);
      }
    } else {
      yield* renamedFields(inner, value, path);
    }
  }
}

/**
 * A value with the names of a generation; the same object if nothing changes. A message with
 * both names of a field keeps them.
 */
export function withNamesOf<T>(generation: Generation, renaming: Renaming | undefined, json: T): T {
  if (renaming === undefined) {
    return json;
  }
  const direction: Direction =
    generation === FIRST_GENERATION
      ? (later, first) => [later, first]
      : (later, first) => [first, later];
  // The types do not tell the names of the generations apart.
  return renamed(renaming, json, direction) as T;
}

/**
 * The JSON of a writer, which has the names of the first generation, renamed to the generation
 * that the caller asked for.
 *
 * @throws InvalidArgumentError when there is no such generation.
 */
export function jsonIn<T>(
  renaming: Renaming | undefined,
  json: T,
  options: WriteOptions<Generation> | undefined,
): T {
  const generation = chosenGeneration(optionsIn(options)) ?? FIRST_GENERATION;
  return generation === FIRST_GENERATION ? json : withNamesOf(generation, renaming, json);
}

type Direction = (later: string, first: string) => readonly [from: string, to: string];

function renamed(renaming: Renaming, json: unknown, direction: Direction): unknown {
  if (Array.isArray(json)) {
    const items = json.map((item) => renamed(renaming, item, direction));
    return items.every((item, index) => item === json[index]) ? json : items;
  }
  return isJsonObject(json) ? renamedMessage(renaming, json, direction) : json;
}

function renamedMessage(renaming: Renaming, json: JsonMap, direction: Direction): JsonMap {
  const names = new Map<string, string>();
  for (const [later, first] of renaming.names) {
    const [from, to] = direction(later, first);
    // A message with both names is not of any generation, and stays as it is.
    if (Object.hasOwn(json, from) && isAbsent(json[to])) {
      names.set(from, to);
    }
  }
  const values = new Map<string, unknown>();
  for (const [field, inner] of renaming.messages) {
    values.set(field, renamed(inner, json[field], direction));
  }
  for (const [field, inner] of renaming.maps) {
    values.set(field, renamedValues(inner, json[field], direction));
  }
  const isSame = [...values].every(([field, value]) => value === json[field]);
  if (names.size === 0 && isSame) {
    return json;
  }
  const replaced = new Set(names.values());
  return Object.fromEntries(
    Object.entries(json)
      .filter(([key]) => !replaced.has(key))
      .map(([key, value]) => [names.get(key) ?? key, values.has(key) ? values.get(key) : value]),
  );
}

/** The values of a map, which may be a `Map` to keep their order. */
function renamedValues(renaming: Renaming, map: unknown, direction: Direction): unknown {
  if (map instanceof Map) {
    return new Map([...map].map(([key, value]) => [key, renamed(renaming, value, direction)]));
  }
  return isJsonObject(map)
    ? Object.fromEntries(
        Object.entries(map).map(([key, value]) => [key, renamed(renaming, value, direction)]),
      )
    : map;
}
