import { type DescField, type DescMessage, type DescOneof, getOption } from "@bufbuild/protobuf";
import { oneof as oneofOption } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { JsonSchema } from "./schema-text.js";

/** The schemas that a message adds for its oneofs: at most one member, or exactly one. */
export function oneofSchemas(desc: DescMessage): JsonSchema[] {
  return desc.oneofs.map(oneofSchema);
}

function oneofSchema(oneof: DescOneof): JsonSchema {
  const none: JsonSchema = {
    properties: Object.fromEntries(
      oneof.fields.map((field) => [field.jsonName, takesNull(field) ? false : { type: "null" }]),
    ),
  };
  const isRequired = getOption(oneof, oneofOption).required;
  return { oneOf: [...oneof.fields.map(present), ...(isRequired ? [] : [none])] };
}

/** The schema of an object in which a field is set: a parser takes `null` as absent. */
function present(field: DescField): JsonSchema {
  return {
    required: [field.jsonName],
    properties: { [field.jsonName]: takesNull(field) ? {} : { not: { type: "null" } } },
  };
}

/** Whether `null` is a value of a field. */
function takesNull({ message, enum: values }: DescField): boolean {
  return (
    message?.typeName === "google.protobuf.Value" ||
    values?.typeName === "google.protobuf.NullValue"
  );
}
