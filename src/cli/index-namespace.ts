import { readFileSync } from "node:fs";
import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { RENAMINGS } from "../../gen/speckitty/dossier/v3/renaming.js";
import { reasonOf } from "../event/errors/mission-dossier-error.js";
import { isJsonObject } from "../event/json/json-object.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { givenName, knownNamesHint } from "./known-names.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { printable } from "./terminal-text.js";

/** The fields of a namespace that were given as options. */
export type GivenNamespace = Readonly<Partial<Record<Field, string>>>;

type Field = keyof LocalNamespaceTupleJson;

const FIELDS = LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName as Field);
const STEP: Field = "step_id";
const RENAMING = RENAMINGS[LocalNamespaceTupleSchema.typeName];

/**
 * The fields that the values of `--namespace` give: each is `field=value`, or `@FILE` for the
 * fields of a JSON object. If a field is given twice, the later value counts.
 *
 * @throws CommandError when there is no such field or file.
 */
export function givenNamespace(values: readonly string[]): GivenNamespace {
  return Object.assign({}, ...values.map(fieldsIn));
}

/**
 * The namespace of new events.
 *
 * @param recorded The namespace of the log, which completes what was given.
 * @throws CommandError when a required field is missing, or the log is of another mission.
 */
export function namespaceFor(
  given: GivenNamespace,
  recorded: LocalNamespaceTupleJson | undefined,
): LocalNamespaceTupleJson {
  const required = FIELDS.filter((field) => field !== STEP);
  const missing = required.filter((field) => (given[field] ?? recorded?.[field]) === undefined);
  if (missing.length > 0) {
    // A recorded namespace has all of them.
    throw misuse(
      `the namespace lacks ${missing.join(", ")} (there is no log with events to take it from; see --namespace)`,
    );
  }
  const other = required.find(
    (field) =>
      recorded !== undefined && given[field] !== undefined && given[field] !== recorded[field],
  );
  if (other !== undefined) {
    throw new CommandError(
      `the log is of another mission: its ${other} is ${printable(JSON.stringify(recorded?.[other]))}, ` +
        `not ${printable(JSON.stringify(given[other]))}`,
      EXIT_CODES.rejected.code,
    );
  }
  // No required field is missing.
  return { ...recorded, ...given } as LocalNamespaceTupleJson;
}

function fieldsIn(value: string): GivenNamespace {
  if (value.startsWith("@")) {
    return namespaceIn(value.slice(1));
  }
  const [name = "", ...rest] = value.split("=");
  if (rest.length === 0) {
    throw misuse(`--namespace ${value}: must be field=value, or @FILE for a JSON file`);
  }
  return { [fieldOf(name)]: rest.join("=") };
}

function namespaceIn(file: string): GivenNamespace {
  const json = readJson(file);
  if (!isJsonObject(json)) {
    throw misuse(`--namespace @${file}: must be a JSON object`);
  }
  const fields = Object.entries(json).filter(([, value]) => value !== null);
  return Object.fromEntries(
    fields.map(([name, value]) => {
      const field = fieldOf(name);
      if (typeof value !== "string") {
        throw misuse(`--namespace @${file}: ${name} must be text`);
      }
      return [field, value];
    }),
  );
}

/** The field of a name, which may be that of any generation of the contract. */
function fieldOf(name: string): Field {
  const [, first = name] = RENAMING?.names.find(([later]) => later === name) ?? [];
  const field = FIELDS.find((known) => known === first);
  if (field === undefined) {
    throw misuse(`--namespace: no field ${givenName(name)} (${knownNamesHint(name, FIELDS)})`);
  }
  return field;
}

/**
 * The JSON in a file that an option names.
 *
 * @throws CommandError when it cannot be read, or is not JSON.
 */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = isSystemError(error)
      ? systemErrorText(error)
      : `it is not JSON: ${reasonOf(error)}`;
    throw misuse(`cannot read ${file}: ${reason}`);
  }
}

function misuse(message: string): CommandError {
  return new CommandError(printable(message), EXIT_CODES.misuse.code);
}
