import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { hasJsonOfItsOwn } from "../codec/json-form.js";
import { NO_SUCH_FIELD, UNKNOWN_FIELD_VIOLATION, type Violation } from "../errors/violation.js";
import { isJsonObject } from "../json/json-object.js";

/** A field that the contract does not know. */
export type UnknownField = {
  /** Its path: `artifact_id.paht`, `artifact_ids_changed[0]["no name"]`. */
  readonly path: string;
  /** Its value. */
  readonly value: unknown;
  /** The message that lacks the field. */
  readonly desc: DescMessage;
};

/**
 * The fields of a message's wire JSON that the contract does not know, at every level, a
 * hundred at most. JSON without any, the usual case, costs little.
 */
export function unknownFieldsOf(desc: DescMessage, json: unknown): readonly UnknownField[] {
  if (!hasUnknown(namesOf(desc), json)) {
    return NONE;
  }
  const found: UnknownField[] = [];
  collect(desc, json, "", found);
  return found;
}

const NONE: readonly UnknownField[] = Object.freeze([]);

/** The fields of a message by name: those of a nested message, or `LEAF`. */
type Names = ReadonlyMap<string, Names | typeof LEAF>;

const LEAF = null;
const namesByDesc = new WeakMap<DescMessage, Names>();

function namesOf(desc: DescMessage): Names {
  let names = namesByDesc.get(desc);
  if (names === undefined) {
    const made = new Map<string, Names | typeof LEAF>();
    names = made;
    // Set before its fields are visited: a message may contain its own type.
    namesByDesc.set(desc, made);
    for (const field of desc.fields) {
      const message = messageOfField(field);
      made.set(field.jsonName, message === undefined ? LEAF : namesOf(message));
    }
  }
  return names;
}

/** The message type of a field or list. The entries of a map are data. */
function messageOfField(field: DescField): DescMessage | undefined {
  return field.message === undefined || field.fieldKind === "map" || hasJsonOfItsOwn(field.message)
    ? undefined
    : field.message;
}

/** A fast check, since every event passes through here. */
function hasUnknown(names: Names, json: unknown): boolean {
  if (typeof json !== "object" || json === null) {
    return false;
  }
  if (Array.isArray(json)) {
    return json.some((item) => hasUnknown(names, item));
  }
  const object = json as { readonly [key: string]: unknown };
  for (const key in object) {
    const held = names.get(key);
    if (held === undefined || (held !== LEAF && hasUnknown(held, object[key]))) {
      return true;
    }
  }
  return false;
}

/** The most unknown fields listed. A producer that sends more has not misspelled one. */
export const MAX_UNKNOWN = 100;

function collect(desc: DescMessage, json: unknown, parent: string, found: UnknownField[]): void {
  if (found.length === MAX_UNKNOWN) {
    return;
  }
  if (Array.isArray(json)) {
    for (const [index, item] of json.entries()) {
      collect(desc, item, `${parent}[${index}]`, found);
    }
  } else if (isJsonObject(json)) {
    for (const [key, value] of Object.entries(json)) {
      const path = childPath(parent, key);
      const field = desc.fields.find(({ jsonName }) => jsonName === key);
      const message = field && messageOfField(field);
      if (found.length === MAX_UNKNOWN) {
        return;
      }
      if (field === undefined) {
        found.push({ path, value, desc });
      } else if (message !== undefined) {
        collect(message, value, path, found);
      }
    }
  }
}

/**
 * The unknown fields of a message that was read from binary, a hundred at most. Binary has only
 * their numbers, as in `artifact_id.#17`.
 */
export function unknownNumbersIn(desc: DescMessage, message: object): readonly string[] {
  const found: string[] = [];
  collectNumbers(desc, message, "", found);
  return found.length > MAX_UNKNOWN ? found.slice(0, MAX_UNKNOWN) : found;
}

function collectNumbers(desc: DescMessage, message: object, parent: string, found: string[]): void {
  const unknown: unknown = Reflect.get(message, "$unknown");
  const numbers = Array.isArray(unknown) ? unknown.map((field) => Number(Object(field).no)) : [];
  const prefix = parent === "" ? "" : `${parent}.`;
  found.push(...[...new Set(numbers)].slice(0, MAX_UNKNOWN).map((number) => `${prefix}#${number}`));
  for (const field of desc.fields) {
    const held = messageOfField(field);
    const value: unknown = held && Reflect.get(message, field.localName);
    if (held === undefined || typeof value !== "object" || value === null) {
      continue;
    }
    const path = `${prefix}${field.jsonName}`;
    const items = Array.isArray(value) ? value.entries() : [[undefined, value] as const];
    for (const [index, item] of items) {
      if (found.length > MAX_UNKNOWN) {
        return;
      }
      collectNumbers(held, Object(item), index === undefined ? path : `${path}[${index}]`, found);
    }
  }
}

/** The unknown fields of a message that was read from binary, as violations. */
export function unknownNumberViolations(desc: DescMessage, message: object): Violation[] {
  return unknownNumbersIn(desc, message).map((field) => ({
    field,
    // Names in the contract do not begin with a digit.
    path: field.match(/[^.[\]]+/g)?.map((key) => (/^[0-9]/.test(key) ? Number(key) : key)) ?? [],
    message: NO_SUCH_FIELD,
    violationType: UNKNOWN_FIELD_VIOLATION,
    inputValue: undefined,
  }));
}

/** The path of an unknown field, whose name may be any text. */
export function childPath(parent: string, name: string): string {
  if (!isPlainName(name)) {
    return `${parent}[${JSON.stringify(name)}]`;
  }
  return parent === "" ? name : `${parent}.${name}`;
}

/** Whether a name needs no quotes in a path. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
