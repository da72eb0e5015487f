import { PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v1/contract.js";
import { FIRST_GENERATION, type Generation } from "../event/generation/generation.js";
import { isDossierEventType } from "../event/model/registry.js";
import { isJsonObject } from "../event/json/json-object.js";
import type { ViolationPath } from "../event/errors/violation.js";

/** The generated schemas by generation and title: `contract.json`, which the build writes. */
export type ContractSchemas = {
  readonly [generation: string]: { readonly [title: string]: unknown };
};

/** The contract's description of a field. */
export type FieldFacts = {
  /** The message that has the field. */
  readonly message: string;
  /** Its name; empty for a whole message. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** The literals that it allows, if the contract lists them. */
  readonly literals: readonly string[];
  /** Its JSON Schema, without those of the messages in it. */
  readonly schema: unknown;
};

type JsonSchema = { readonly [keyword: string]: unknown };

/** A message or value in a schema, and the message above it that has it as a field. */
type Step = { readonly schema: JsonSchema; readonly field: Field | undefined };
type Field = { readonly message: JsonSchema; readonly name: string };

/** The contract's description of the field that a path leads to from an event. */
export function fieldFacts(
  schemas: ContractSchemas,
  eventType: unknown,
  contract: Generation | undefined,
  path: ViolationPath,
): FieldFacts | undefined {
  const messages = schemas[contract ?? FIRST_GENERATION] ?? {};
  const isPayload = path[0] === "payload" && isDossierEventType(eventType) && path.length > 1;
  const title = isPayload ? PAYLOAD_SCHEMAS[eventType].name : "Event";
  const root = messages[title];
  if (!isJsonObject(root)) {
    return undefined;
  }
  let step: Step | undefined = { schema: root, field: undefined };
  for (const key of isPayload ? path.slice(1) : path) {
    step = step && below(step.schema, key, root);
  }
  return step && factsOf(step, root);
}

function factsOf({ schema, field }: Step, root: JsonSchema): FieldFacts {
  const { message, name } = field ?? { message: schema, name: "" };
  const { $defs: _, ...own } = schema;
  const values = literalsOf(schema);
  const referred = resolved(schema, root);
  return {
    message: String(message["title"] ?? ""),
    name,
    isRequired: Array.isArray(message["required"]) && message["required"].includes(name),
    description: String(schema["description"] ?? referred["description"] ?? ""),
    literals: values,
    schema: own,
  };
}

function literalsOf(schema: JsonSchema): string[] {
  const lists = [schema, ...listOf(schema["anyOf"])].map((each) => each["enum"]);
  return lists.flatMap((list) =>
    Array.isArray(list) ? list.filter((value) => typeof value === "string") : [],
  );
}

function below(given: JsonSchema, key: string | number, root: JsonSchema): Step | undefined {
  const schema = resolved(given, root);
  if (typeof key === "number") {
    return objectStep(schema["items"], undefined);
  }
  const properties = schema["properties"];
  if (isJsonObject(properties) && Object.hasOwn(properties, key)) {
    return objectStep(properties[key], { message: schema, name: key });
  }
  return objectStep(schema["additionalProperties"], undefined);
}

function objectStep(schema: unknown, field: Field | undefined): Step | undefined {
  return isJsonObject(schema) ? { schema, field } : undefined;
}

/** A schema without the reference, or the alternative to null, that stands before it. */
function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const ref = schema["$ref"];
  if (typeof ref === "string") {
    const definition = isJsonObject(root["$defs"])
      ? root["$defs"][ref.replace("#/$defs/", "")]
      : {};
    return isJsonObject(definition) ? definition : {};
  }
  const inner = listOf(schema["anyOf"]).find((each) => each["type"] !== "null");
  return inner === undefined ? schema : resolved(inner, root);
}

function listOf(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
