import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import {
  DOSSIER_EVENT_TYPES,
  type JsonByName,
  PAYLOAD_SCHEMAS,
  type ValueByName,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { JSON_SCHEMAS } from "../../gen/speckitty/dossier/v1/json_schemas.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import type { JsonByName as LaterJsonByName } from "../../gen/speckitty/dossier/v3/contract.js";
import { JSON_SCHEMAS as LATER_JSON_SCHEMAS } from "../../gen/speckitty/dossier/v3/json_schemas.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { safeParseEvent } from "../event/envelope/parse-event.js";
import type { ParsedDossierEvent, ParsedOtherEvent } from "../event/envelope/parsed-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError, InvalidMessageError } from "../event/errors/errors.js";
import type { Violation } from "../event/errors/violation.js";
import {
  type ContractOptions,
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type JsonIn,
} from "../event/generation/generation.js";
import { deepFreeze } from "../event/json/immutable.js";
import { withToJson } from "../event/json/to-json.js";
import { readPayload } from "../event/model/payload.js";
import { readInGeneration } from "../event/model/read-generation.js";
import { messageIn } from "../event/model/registry.js";
import { parseState } from "./read-state.js";
import type { MissionDossierState } from "./state.js";

type MessageName = keyof JsonByName;

type OutputOf<Name extends MessageName> = Name extends "speckitty.dossier.v1.Event"
  ? ParsedDossierEvent | ParsedOtherEvent
  : Name extends "speckitty.dossier.v1.MissionDossierState"
    ? MissionDossierState
    : ValueByName[Name];

type LaterJson<Name extends MessageName> = Name extends `${string}.v1.${infer Short}`
  ? LaterJsonByName[`speckitty.dossier.v3.${Short}` & keyof LaterJsonByName]
  : never;

/** A message of the contract as a [Standard Schema](https://standardschema.dev). */
export type StandardMessage<Name extends MessageName, G extends Generation = "2.4.0"> = {
  readonly "~standard": StandardJSONSchemaV1.Props<
    JsonIn<G, JsonByName[Name], LaterJson<Name>>,
    OutputOf<Name>
  > & {
    /** Returns its result at once, never a promise. */
    readonly validate: (value: unknown) => StandardSchemaV1.Result<OutputOf<Name>>;
  };
};

/**
 * The Standard Schema of a message, for libraries that accept any validator: it reads wire
 * JSON, and returns the same values as `parsePayload` and `parseState`, or every violation with
 * its path. For `EventSchema`, it judges the payload too, as {@link safeParseEvent} does.
 *
 * Its JSON Schema is the committed one, for the targets `draft-2020-12` and `draft-07`.
 *
 * @param options `contract` is the generation that judges, and that of the JSON Schema. By
 * default, each value is judged by the one that its names show, and the JSON Schema is of 2.4.0.
 * @throws InvalidArgumentError when the message is not one of the contract's, or there is no such
 * generation.
 */
export function standardSchema<Desc extends DescMessage, G extends Generation = "2.4.0">(
  desc: Desc,
  options?: ContractOptions & { readonly contract?: G | undefined },
): StandardMessage<MessageShape<Desc>["$typeName"] & MessageName, G> {
  type Name = MessageShape<Desc>["$typeName"] & MessageName;
  const contract = chosenGeneration(optionsIn(options));
  if (JSON_SCHEMAS[desc?.typeName] === undefined) {
    throw new InvalidArgumentError("desc", "a message of the contract", desc?.typeName);
  }
  const { typeName } = messageIn(contract ?? FIRST_GENERATION, desc);
  const schema = { ...JSON_SCHEMAS, ...LATER_JSON_SCHEMAS }[typeName] ?? {};
  const convert = ({ target }: StandardJSONSchemaV1.Options) => jsonSchemaFor(target, schema);
  return Object.freeze({
    "~standard": Object.freeze({
      version: 1,
      vendor: "mission-dossier",
      validate: (value: unknown) =>
        // The readers follow the descriptor that the type was generated from.
        validate(desc, value, contract) as StandardSchemaV1.Result<OutputOf<Name>>,
      jsonSchema: Object.freeze({ input: convert, output: convert }),
    }),
  });
}

function validate(
  desc: DescMessage,
  json: unknown,
  contract: Generation | undefined,
): StandardSchemaV1.Result<unknown> {
  switch (desc.typeName) {
    case EventSchema.typeName: {
      const result = safeParseEvent(json, { contract });
      return result.success ? { value: result.event } : failure(result.violations);
    }
    case MissionDossierStateSchema.typeName:
      try {
        return { value: parseState(json, { contract }) };
      } catch (error) {
        if (error instanceof InvalidMessageError) {
          return failure(error.violations);
        }
        throw error;
      }
    default: {
      const eventType = DOSSIER_EVENT_TYPES.find(
        (type) => PAYLOAD_SCHEMAS[type].typeName === desc.typeName,
      );
      const result =
        eventType === undefined
          ? readInGeneration(desc, json, contract)
          : readPayload(eventType, json, { contract });
      return result.kind === "valid"
        ? { value: deepFreeze(withToJson(result.message, (it) => messageToJson(desc, it))) }
        : failure(result.violations);
    }
  }
}

function failure(violations: readonly Violation[]): StandardSchemaV1.FailureResult {
  return { issues: violations.map(({ message, path }) => ({ message, path })) };
}

/** A copy of a schema, which the caller may change, in a version of JSON Schema. */
function jsonSchemaFor(target: string, schema: object): Record<string, unknown> {
  switch (target) {
    case "draft-2020-12":
      return JSON.parse(JSON.stringify(schema));
    case "draft-07": {
      const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/definitions/');
      const { $defs, ...rest } = JSON.parse(text);
      return {
        ...rest,
        $schema: "http://json-schema.org/draft-07/schema#",
        ...($defs === undefined ? {} : { definitions: $defs }),
      };
    }
    default:
      throw new InvalidArgumentError("target", "draft-2020-12 or draft-07", target);
  }
}
