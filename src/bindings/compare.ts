import { createRegistry, type DescMessage, getOption } from "@bufbuild/protobuf";
import { buildPath } from "@bufbuild/protobuf/reflect";
import { file_speckitty_dossier_v1_event } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { closed } from "../../gen/speckitty/dossier/v1/options_pb.js";
import { file_speckitty_dossier_v1_payloads } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import { file_speckitty_dossier_v1_state } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { file_speckitty_dossier_v3_event } from "../../gen/speckitty/dossier/v3/event_pb.js";
import { file_speckitty_dossier_v3_payloads } from "../../gen/speckitty/dossier/v3/payloads_pb.js";
import { file_speckitty_dossier_v3_state } from "../../gen/speckitty/dossier/v3/state_pb.js";
import { schemaViolations } from "../conformance/schema-layer.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { messageFromBinary } from "../event/codec/protobuf-es/message-binary.js";
import { TYPE_VIOLATION } from "../event/errors/violation.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import {
  FIRST_GENERATION,
  type Generation,
  LATER_GENERATION,
} from "../event/generation/generation.js";
import { JsonReader } from "../event/model/json-reader.js";
import type { Observation } from "./observation.js";
import type { MessageVector, RuleAt } from "./vectors.js";

/** The checks of a vector, in the order of the table's columns. */
export const CHECKS = [
  "json in",
  "verdict",
  "rules",
  "bytes out",
  "bytes in",
  "json out",
  "option",
] as const;

/** One of {@link CHECKS}. */
export type Check = (typeof CHECKS)[number];

/** The outcome of one check of one vector: no difference if it passed. */
export type Outcome = {
  readonly check: Check;
  readonly difference?: Difference;
};

/** The content of a vector and what the driver saw instead, as text for people. */
export type Difference = { readonly expected: string; readonly found: string };

/**
 * Compares what a driver saw with the vector. A check without an expectation is left
 * out: a vector whose JSON cannot be read has no bytes to compare.
 */
export function compare(vector: MessageVector, seen: Observation): readonly Outcome[] {
  const desc = messageNamed(vector.message);
  const readable = vector.violations.every(({ rule }) => rule !== TYPE_VIOLATION);
  // A closed message is judged as it is read without options.
  const read = (getOption(desc, closed) ? seen.plain : seen.lenient) === null;
  return [
    outcome("json in", jsonIn(vector, readable), jsonInSeen(seen)),
    outcome(
      "verdict",
      vector.valid ? "valid" : "invalid",
      read && seen.violations?.length === 0 ? "valid" : "invalid",
    ),
    ...(readable
      ? [outcome("rules", rulesText(vector.violations), rulesText(seen.violations))]
      : []),
    ...(vector.binary === null ? [] : [bytesOut(desc, vector.binary, seen.binary)]),
    ...(vector.binary === null ? [] : [bytesIn(vector, seen)]),
    ...(vector.binary === null ? [] : [jsonOut(desc, vector, vector.binary, seen.json)]),
    outcome("option", String(vector.event_type), String(seen.event_type)),
  ];
}

function outcome(check: Check, expected: string, found: string): Outcome {
  return expected === found ? { check } : { check, difference: { expected, found } };
}

function jsonIn(vector: MessageVector, readable: boolean): string {
  if (!readable) {
    return "not read";
  }
  return vector.unknown_fields.length === 0 ? "read" : "read when unknown fields are ignored";
}

function jsonInSeen({ plain, lenient }: Observation): string {
  if (lenient !== null) {
    return plain === null
      ? `read, but not when unknown fields are ignored: ${lenient}`
      : "not read";
  }
  return plain === null ? "read" : "read when unknown fields are ignored";
}

function bytesOut(desc: DescMessage, expected: string, found: string | null): Outcome {
  if (found === null || expected === found) {
    return outcome("bytes out", expected, found ?? "nothing");
  }
  // The entries of a map may have any order.
  const [wanted, got] = [expected, found].map((digits) => contentOf(desc, digits));
  return wanted === got
    ? { check: "bytes out" }
    : outcome("bytes out", `${expected}\n${wanted}`, `${found}\n${got}`);
}

function bytesIn(vector: MessageVector, { lenient, from_binary: seen }: Observation): Outcome {
  if (seen === null || seen.error !== null) {
    return outcome("bytes in", "decoded", seen?.error ?? "nothing");
  }
  const same = lenient === null && seen.equal === true;
  return outcome(
    "bytes in",
    `the message of the JSON; ${rulesText(vector.violations)}`,
    `${same ? "the message of the JSON" : "another message"}; ${rulesText(seen.violations)}`,
  );
}

function jsonOut(
  desc: DescMessage,
  { valid }: MessageVector,
  binary: string,
  text: string | null,
): Outcome {
  if (text === null) {
    return outcome("json out", "JSON", "nothing");
  }
  const json: unknown = JSON.parse(text);
  const accepted = schemaViolations(desc, json, generationOfMessage(desc)).length === 0;
  const content = contentOf(desc, binary);
  const reader = new JsonReader(json, { strict: true });
  const message = reader.message(desc, json, buildPath(desc));
  const found =
    reader.violations.length === 0
      ? textOf(desc, message)
      : reader.violations.map(({ field, message }) => `${field}: ${message}`).join("\n");
  return outcome(
    "json out",
    `${valid ? "accepted" : "rejected"} by the schema; ${content}`,
    `${accepted ? "accepted" : "rejected"} by the schema; ${found}`,
  );
}

/** Each generation has the messages of one Protobuf package. */
function generationOfMessage({ file }: DescMessage): Generation {
  const isLater = file.proto.package === file_speckitty_dossier_v3_event.proto.package;
  return isLater ? LATER_GENERATION : FIRST_GENERATION;
}

/** The content of a message in binary as text, the same for equal messages. */
export function contentOf(desc: DescMessage, digits: string): string {
  return textOf(desc, messageFromBinary(desc, Buffer.from(digits, "hex")));
}

function textOf(desc: DescMessage, message: object): string {
  return canonicalJson(messageToJson(desc, message));
}

/** A set of broken rules as text, sorted. */
export function rulesText(rules: readonly RuleAt[] | null): string {
  if (rules === null) {
    return "not judged";
  }
  const lines = rules.map(({ field, rule }) => `${field === "" ? "(message)" : field}: ${rule}`);
  return lines.length === 0 ? "no rule is broken" : [...new Set(lines)].sort().join(", ");
}

const registry = createRegistry(
  file_speckitty_dossier_v1_event,
  file_speckitty_dossier_v1_payloads,
  file_speckitty_dossier_v1_state,
  file_speckitty_dossier_v3_event,
  file_speckitty_dossier_v3_payloads,
  file_speckitty_dossier_v3_state,
);

/**
 * The message with the given full name.
 *
 * @throws Error when the contract does not have it.
 */
export function messageNamed(name: string): DescMessage {
  const desc = registry.getMessage(name);
  if (desc === undefined) {
    throw new Error(`no message ${name}`);
  }
  return desc;
}
