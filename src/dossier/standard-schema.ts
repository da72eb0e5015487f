import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonByName, ValueByName } from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { JSON_SCHEMAS } from "../../gen/speckitty/dossier/v1/json_schemas.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import {
  type ParsedDossierEvent,
  type ParsedOtherEvent,
  safeParseEvent,
} from "../event/envelope/safe-parse-event.js";
import { InvalidArgumentError, InvalidMessageError } from "../event/errors/errors.js";
import type { Violation } from "../event/errors/violation.js";
import { deepFreeze } from "../event/json/immutable.js";
import { withToJson } from "../event/json/to-json.js";
import { readModel } from "../event/model/read-model.js";
import { parseState } from "./read-state.js";
import type { MissionDossierState } from "./state.js";

type MessageName = keyof JsonByName;

type OutputOf<Name extends MessageName> = Name extends "speckitty.dossier.v1.Event"
  ? ParsedDossierEvent | ParsedOtherEvent
  : Name extends "speckitty.dossier.v1.MissionDossierState"
    ? MissionDossierState
    : ValueByName[Name];

/** A message of the contract as a [Standard Schema](https://standardschema.dev). */
export type StandardMessage<Name extends MessageName> = {
  readonly "~standard": StandardJSONSchemaV1.Props<JsonByName[Name], OutputOf<Name>> & {
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
 * @throws InvalidArgumentError when the message is not one of the contract's.
 */
export function standardSchema<Desc extends DescMessage>(
  desc: Desc,
): StandardMessage<MessageShape<Desc>["$typeName"] & MessageName> {
  type Name = MessageShape<Desc>["$typeName"] & MessageName;
  const schema = JSON_SCHEMAS[desc?.typeName];
  if (schema === undefined) {
    throw new InvalidArgumentError("desc", "a message of the contract", desc?.typeName);
  }
  const convert = ({ target }: StandardJSONSchemaV1.Options) => jsonSchemaFor(target, schema);
  return Object.freeze({
    "~standard": Object.freeze({
      version: 1,
      vendor: "mission-dossier",
      validate: (value: unknown) =>
        // The readers follow the descriptor that the type was generated from.
        validate(desc, value) as StandardSchemaV1.Result<OutputOf<Name>>,
      jsonSchema: Object.freeze({ input: convert, output: convert }),
    }),
  });
}

function validate(desc: DescMessage, json: unknown): StandardSchemaV1.Result<unknown> {
  switch (desc.typeName) {
    case EventSchema.typeName: {
      const result = safeParseEvent(json);
      return result.success ? { value: result.event } : failure(result.violations);
    }
    case MissionDossierStateSchema.typeName:
      try {
        return { value: parseState(json) };
      } catch (error) {
        if (error instanceof InvalidMessageError) {
          return failure(error.violations);
        }
        throw error;
      }
    default: {
      const result = readModel(desc, json);
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
