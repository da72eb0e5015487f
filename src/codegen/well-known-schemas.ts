import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonSchema } from "./schema-text.js";

/**
 * The schema of a well-known message with a special ProtoJSON form, or `undefined` for
 * any other message. Wrappers are not included: ProtoJSON writes them as the scalar
 * that they wrap.
 */
export function wellKnownSchema(desc: DescMessage): JsonSchema | undefined {
  return desc.file.proto.package === "google.protobuf" ? schemas.get(desc.name) : undefined;
}

const schemas = new Map<string, JsonSchema>([
  ["Any", { type: "object", properties: { "@type": { type: "string" } } }],
  ["Duration", { type: "string", pattern: "^-?[0-9]+(?:\\.[0-9]{1,9})?s$" }],
  ["Empty", { type: "object" }],
  ["FieldMask", { type: "string" }],
  ["ListValue", { type: "array" }],
  ["Struct", { type: "object" }],
  [
    "Timestamp",
    {
      type: "string",
      pattern:
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$",
    },
  ],
  ["Value", {}],
]);
