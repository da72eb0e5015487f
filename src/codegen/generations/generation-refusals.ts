import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { withNested } from "../contract-model.js";
import { type Refusal, refusal } from "../refusals.js";
import { reachable } from "../schema-names.js";

/** Everything in messages that would be lost, or wrong, in the sources of another generation. */
export function generationRefusals(messages: readonly DescMessage[]): Refusal[] {
  return messages
    .flatMap(withNested)
    .flatMap((message) => [
      ...messageRefusals(message),
      ...message.oneofs.map((oneof) => refusal(oneof, "a oneof", NOT_WRITTEN)),
      ...message.fields.flatMap(fieldRefusals),
    ]);
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
