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
  ["Empty", { type: "object" }],
  ["ListValue", { type: "array" }],
  ["Struct", { type: "object" }],
  ["Value", {}],
]);

/**
 * Whether a well-known message has a ProtoJSON form that no schema is written for: calendars,
 * ranges, names of fields and types in the contract.
 */
export function isUnsupportedWellKnown(desc: DescMessage): boolean {
  return desc.file.proto.package === "google.protobuf" && UNSUPPORTED.has(desc.name);
}

const UNSUPPORTED: ReadonlySet<string> = new Set(["Any", "Duration", "FieldMask", "Timestamp"]);
