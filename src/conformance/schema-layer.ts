import type { DescMessage } from "@bufbuild/protobuf";
import {
  type SchemaError,
  VALIDATORS,
} from "../../gen/speckitty/dossier/v1/violations_validators.js";
import { VALIDATORS as LATER_VALIDATORS } from "../../gen/speckitty/dossier/v3/violations_validators.js";
import { FIRST_GENERATION, type Generation } from "../event/generation/generation.js";
import { isPlainName } from "../event/model/unknown-fields.js";

/** A violation of one keyword of a JSON Schema. */
export type SchemaViolation = {
  /** The path from the root of the value: `$.artifact_id.path`, `$.artifact_ids_changed[0]`. */
  readonly jsonPath: string;
  /** The expectation, for people. */
  readonly message: string;
  /** The keyword, for example `required`. */
  readonly validator: string;
  /** The value of the keyword in the schema. */
  readonly validatorValue: unknown;
  /** The place of the keyword in the schema, as a JSON pointer. */
  readonly schemaPath: string;
};

/**
 * Checks a value against the compiled JSON Schema of a message in a generation of the contract.
 *
 * @returns All violations; empty if the value conforms.
 */
export function schemaViolations(
  desc: DescMessage,
  json: unknown,
  generation: Generation,
): SchemaViolation[] {
  const validators = generation === FIRST_GENERATION ? VALIDATORS : LATER_VALIDATORS;
  const validate = Object.entries(validators).find(([name]) => name === desc.name)?.[1];
  if (validate === undefined) {
    throw new Error(`no schema of ${desc.name}`);
  }
  return validate(json) ? [] : (validate.errors ?? []).map((error) => toViolation(error, json));
}

function toViolation(error: SchemaError, json: unknown): SchemaViolation {
  return {
    jsonPath: jsonPath(error.instancePath, json),
    message: error.message ?? error.keyword,
    validator: error.keyword,
    validatorValue: error.schema,
    schemaPath: error.schemaPath,
  };
}

/** Converts a JSON pointer into a value to a path of the form `$.a[0]["b c"]`. */
function jsonPath(pointer: string, json: unknown): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let path = "$";
  let value: unknown = json;
  for (const step of steps) {
    path += Array.isArray(value) ? `[${step}]` : memberStep(step);
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return path;
}

function memberStep(name: string): string {
  return isPlainName(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
