/** A rule in a sentence, for reports. Rules that protovalidate adds later have a general one. */
export function ruleDescription(id: string): string {
  const [type = "", rule = ""] = id.split(/\.(.*)/);
  return type === "schema"
    ? `A value breaks the keyword ${rule} of its JSON Schema.`
    : (DESCRIPTIONS.get(id) ?? DESCRIPTIONS.get(rule) ?? `A value breaks the rule ${id}.`);
}

/** By the id of a rule, or by the end of it, which is the same for numbers of each size. */
const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ["required", "A field that the contract requires is missing."],
  ["type", "A value does not have the JSON type, or is not in the range, of its field."],
  ["min_len", "Text is shorter than the contract allows."],
  ["max_len", "Text is longer than the contract allows."],
  ["in", "Text is not one of the literals of its field."],
  ["pattern", "Text does not have the form that the contract requires."],
  ["uuid", "Text is not a UUID."],
  ["uuid_empty", "Text is empty where a UUID belongs."],
  ["gte", "A number is smaller than the contract allows."],
  ["lte", "A number is larger than the contract allows."],
  ["gte_lte", "A number is outside the range that the contract allows."],
  ["unknown_field", "The contract has no such field."],
  ["project_mismatch", "The project of an envelope is not that of its namespace."],
  ["unknown_event_type", "An event type is not in the contract, but close to one that is."],
  ["flat_artifact_indexed", "A payload has the flat form of an earlier producer."],
  ["json", "A record is not JSON, or too long to be read."],
  ["more", "A value has more violations than are listed."],
]);
