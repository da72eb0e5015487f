import type { DescExtension, DescField, DescMessage } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { FieldOptionsSchema, MessageOptionsSchema } from "@bufbuild/protobuf/wkt";
import { textOption, withNested } from "../contract-model.js";
import type { EventTypes } from "../event-types.js";
import { type Refusal, refusal } from "../refusals.js";
import { reachable } from "../schema-names.js";
import { changesOf } from "./generation-options.js";
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
        ...messageRefusals(message, generation),
        ...message.oneofs.map((oneof) => refusal(oneof, "a oneof", NOT_WRITTEN)),
        ...message.fields.flatMap((field) => fieldRefusals(field, generation)),
      ]),
    ...openPayloads(eventTypes, generation),
  ];
}

/** The reason for what a later version of the generator may write. */
const NOT_WRITTEN = "cannot be written in another generation yet";

function messageRefusals(
  message: DescMessage,
  { options: { closedSince } }: Generation,
): Refusal[] {
  // Renamings are printed from the inside out.
  const isInItself = message.fields.some(
    (field) => field.message !== undefined && reachable(field.message).has(message),
  );
  return [
    ...(isInItself ? [refusal(message, "a message inside itself", NOT_WRITTEN)] : []),
    ...optionRefusals(message),
    ...versionRefusals(message, "closed_since", textOption(message, closedSince)),
  ];
}

function fieldRefusals(field: DescField, { options: { addedIn, changed } }: Generation): Refusal[] {
  return [
    ...(field.enum === undefined ? [] : [refusal(field, "an enum", NOT_WRITTEN)]),
    ...optionRefusals(field),
    ...versionRefusals(field, "added_in", textOption(field, addedIn)),
    ...changesOf(field, changed).flatMap(({ since, name }) => [
      ...versionRefusals(field, "changed.since", since),
      ...(name === "" ? [] : laterNameRefusals(field, name, changed)),
    ]),
  ];
}

/** Protobuf's own options, such as `packed`. Custom options are written. */
function optionRefusals(desc: DescMessage | DescField): Refusal[] {
  const options =
    desc.kind === "message"
      ? reflect(MessageOptionsSchema, desc.proto.options)
      : reflect(FieldOptionsSchema, desc.proto.options);
  return options.fields
    .filter((option) => options.isSet(option) && option.name !== "deprecated")
    .map(({ name }) => refusal(desc, `the option ${name}`, NOT_WRITTEN));
}

/** Readers take the names of all generations, so a later name belongs to one field alone. */
function laterNameRefusals(
  field: DescField,
  name: string,
  changed: DescExtension | undefined,
): Refusal[] {
  const refuse = (reason: string) => [
    refusal(field, `changed.name = ${JSON.stringify(name)}`, reason),
  ];
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return refuse("is no identifier: letters, digits and _, no digit first");
  }
  if (field.parent.proto.reservedName.includes(name)) {
    return refuse("is a reserved name");
  }
  const other = field.parent.fields.find(
    (one) =>
      one !== field &&
      [one.name, ...changesOf(one, changed).map((change) => change.name)].includes(name),
  );
  return other === undefined ? [] : refuse(`is a name of ${other.name}, too`);
}

/** Generations are compared by their numbers, and other text would be earlier or later than all. */
function versionRefusals(
  desc: DescMessage | DescField,
  option: string,
  version: string | undefined,
): Refusal[] {
  return version === undefined || /^\d+\.\d+\.\d+$/.test(version)
    ? []
    : [refusal(desc, `${option} = ${JSON.stringify(version)}`, "is no generation, such as 3.0.0")];
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
