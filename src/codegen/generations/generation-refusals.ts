import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { textOption, withNested } from "../contract-model.js";
import type { EventTypes } from "../event-types.js";
import { type Refusal, refusal } from "../refusals.js";
import { reachable } from "../schema-names.js";
import type { Generation } from "./print-generation.js";

/** Everything in messages that would be lost, or wrong, in the sources of another generation. */
export function generationRefusals(
  messages: readonly DescMessage[],
  eventTypes: EventTypes,
  generation: Generation,
): Refusal[] {
  return [
    ...messages
      .flatMap(withNested)
      .flatMap((message) => [
        ...messageRefusals(message),
        ...message.oneofs.map((oneof) => refusal(oneof, "a oneof", NOT_WRITTEN)),
        ...message.fields.flatMap(fieldRefusals),
      ]),
    ...openPayloads(eventTypes, generation),
  ];
}

/** The reason for what a later version of the generator may write. */
const NOT_WRITTEN = "cannot be written in another generation yet";

function messageRefusals(message: DescMessage): Refusal[] {
  // Renamings are printed from the inside out.
  const isInItself = message.fields.some(
    (field) => field.message !== undefined && reachable(field.message).has(message),
  );
  return isInItself ? [refusal(message, "a message inside itself", NOT_WRITTEN)] : [];
}

function fieldRefusals(field: DescField): Refusal[] {
  return field.enum === undefined ? [] : [refusal(field, "an enum", NOT_WRITTEN)];
}

/** The messages in payloads that do not say since when they are closed. */
function openPayloads(
  eventTypes: EventTypes,
  { name, options: { closedSince } }: Generation,
): Refusal[] {
  if (closedSince === undefined) {
    return [];
  }
  const inPayloads = new Set([...eventTypes.keys()].flatMap((payload) => [...reachable(payload)]));
  const reason = `is missing, and would leave payloads open: write option (${closedSince.name}) = "${name}";`;
  return [...inPayloads]
    .filter(
      (message) =>
        message.file.proto.package !== "google.protobuf" &&
        textOption(message, closedSince) === undefined,
    )
    .map((message) => refusal(message, closedSince.name, reason));
}
