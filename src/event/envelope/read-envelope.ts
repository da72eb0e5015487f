import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import {
  type ContractOptions,
  FIRST_GENERATION,
  type Generation,
} from "../generation/generation.js";
import { judgingGeneration } from "../generation/shown.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import type { JudgeOptions } from "../model/payload.js";
import { type ModelResult, readModel } from "../model/read-model.js";
import { eventSchemaForJson } from "../model/registry.js";

/** How an envelope is read. */
export type EnvelopeOptions = JudgeOptions & {
  /**
   * Whether the rules of one generation hold: of the chosen one, or of that which the payload
   * shows. Otherwise, a field is required if all generations require it. Default: in strict mode
   * only.
   */
  readonly isExact?: boolean;
};

/** Reads an envelope. */
export function readEnvelope(
  json: unknown,
  options: EnvelopeOptions | undefined,
): ModelResult<typeof EventSchema> {
  const { strict = false, isExact = strict, ...choice } = optionsIn(options);
  const generation = generationOfEnvelope(json, choice);
  if (isExact && generation !== FIRST_GENERATION) {
    const judged = readModel(eventSchemaForJson(generation), json, { strict });
    return judged.kind === "invalid" ? judged : readModel(EventSchema, json);
  }
  return readModel(EventSchema, json, { strict, isExact });
}

/** The generation that judges an envelope. */
export function generationOfEnvelope(json: unknown, choice?: ContractOptions): Generation {
  const { event_type: eventType, payload } = isJsonObject(json) ? json : NO_ENVELOPE;
  return judgingGeneration(typeof eventType === "string" ? eventType : "", payload, choice);
}

const NO_ENVELOPE: JsonMap = Object.freeze({});
