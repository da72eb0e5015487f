import type { DescMessage, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { RuleSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** The names of the rules that are set in one of protovalidate's messages; unknown ones by number. */
export function setRules(message: Message): string[] {
  const desc = ruleDescriptor(message.$typeName);
  const reflected = reflect(desc, message);
  return [
    ...desc.fields.filter((field) => reflected.isSet(field)).map((field) => field.name),
    ...(message.$unknown ?? []).map((field) => `#${field.no}`),
  ];
}

/** The descriptor of one of protovalidate's rule messages. */
function ruleDescriptor(name: string): DescMessage {
  const shortName = name.replace(/^buf\.validate\./, "");
  const desc = RuleSchema.file.messages.find((message) => message.name === shortName);
  if (desc === undefined) {
    throw new Error(`protovalidate has no message ${name}`);
  }
  return desc;
}
