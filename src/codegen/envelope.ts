import type { DescExtension, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";

/** The message that every event of a contract travels in. */
export type Envelope = {
  readonly message: DescMessage;
  /** The field that says the event type. It is named like the option of the payloads. */
  readonly typeField: DescField;
  /** The field that holds the payload as any JSON object. */
  readonly payloadField: DescField;
};

/**
 * The envelope with a full name, or `undefined` if no name is given.
 *
 * @param eventType The option that says the event type of a payload.
 * @throws Error when none of the files declares it, or when it lacks one of the two fields.
 */
export function findEnvelope(
  files: readonly DescFile[],
  name: string | undefined,
  eventType: DescExtension | undefined,
): Envelope | undefined {
  if (name === undefined) {
    return undefined;
  }
  const message = files
    .flatMap((file) => file.messages)
    .find((candidate) => candidate.typeName === name);
  const typeField = message?.fields.find((field) => field.name === eventType?.name);
  const payloadField = message?.fields.find(
    ({ fieldKind, message: held }) =>
      fieldKind === "message" && held.typeName === "google.protobuf.Struct",
  );
  if (message === undefined || typeField === undefined || payloadField === undefined) {
    throw new Error(
      `no message ${name} with a field ${eventType?.name ?? "for the event type"} ` +
        "and a google.protobuf.Struct among the inputs",
    );
  }
  return { message, typeField, payloadField };
}
