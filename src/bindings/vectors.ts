import { readFileSync } from "node:fs";
import { type DescMessage, getOption, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { buildPath } from "@bufbuild/protobuf/reflect";
import { event_type } from "../../gen/speckitty/dossier/v1/options_pb.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { NAMESPACE_SCOPES } from "../../gen/speckitty/reducer/v1/contract.js";
import { loadReducerOutput, loadReplayStream } from "../conformance/fixtures.js";
import { MANIFEST_FILE, readManifest } from "../conformance/manifest.js";
import { packageFile } from "../conformance/package-files.js";
import { judgedMessage, validateEvent } from "../conformance/validate-event.js";
import {
  type Namespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
} from "../dossier/namespace.js";
import { reduceWithReport } from "../dossier/reduce.js";
import { stateToBinary } from "../dossier/state.js";
import { messageToJson } from "../event/codec/json.js";
import { hasJsonOfItsOwn } from "../event/codec/json-form.js";
import { orderedToBinary } from "../event/codec/protobuf-es/ordered-binary.js";
import { UNKNOWN_FIELD_VIOLATION } from "../event/errors/violation.js";
import { JsonReader } from "../event/model/json-reader.js";

/** What every language must make of one message. A line of `messages.jsonl`. */
export type MessageVector = {
  readonly id: string;
  /** The full name of the message. */
  readonly message: string;
  /** What the option `event_type` of the message says, `null` where it has none. */
  readonly event_type: string | null;
  /** The wire JSON, as text: numbers are to be read as they are written. */
  readonly json: string;
  /** The message in binary, as hexadecimal digits, `null` where the JSON is no such message. */
  readonly binary: string | null;
  readonly valid: boolean;
  /** Every rule that is broken. `type` stands for JSON that is no such message. */
  readonly violations: readonly RuleAt[];
  /** The fields that the contract does not know, by path. */
  readonly unknown_fields: readonly string[];
};

/** A rule, by its id, and the path of the field that breaks it. */
export type RuleAt = { readonly field: string; readonly rule: string };

/** What every reducer must make of one stream in one scope. A line of `streams.jsonl`. */
export type StreamVector = {
  readonly id: string;
  /** The files of the events, relative to the folder of the fixtures. */
  readonly events: readonly string[];
  readonly scope: NamespaceScope;
  /** The id of the state that they give, in `messages.jsonl`; `null` where they give none. */
  readonly state: string | null;
  /** The namespaces that do not go together, `null` where all do. */
  readonly mixed: { readonly expected: JsonObject; readonly got: JsonObject } | null;
  /** The events whose payload the contract rejects, in the order of their sort keys. */
  readonly skipped: readonly {
    readonly event_id: string;
    readonly violations: readonly RuleAt[];
  }[];
};

/** All vectors, made of the fixtures. */
export type Vectors = {
  readonly messages: readonly MessageVector[];
  readonly streams: readonly StreamVector[];
};

/** Makes the vectors of the fixtures that ship with the package. */
export function makeVectors(): Vectors {
  const entries = readManifest(JSON.parse(fixtureText(MANIFEST_FILE)));
  const messages = entries.flatMap((entry): MessageVector[] => {
    if (entry.kind === "payload") {
      return [payloadVector(entry.id, entry.eventType, fixtureText(entry.path))];
    }
    return entry.kind === "reducer_output" ? [stateVector(entry.id, entry.stream)] : [];
  });
  const replays = entries.filter((entry) => entry.kind === "replay_stream");
  const streams = NAMESPACE_SCOPES.flatMap((scope) => [
    ...replays.map((stream) => streamVector(stream.id, [stream], scope)),
    ...Object.entries(MIXTURES).map(([id, parts]) =>
      streamVector(
        id,
        replays.filter((stream) => parts.includes(stream.id)),
        scope,
      ),
    ),
  ]);
  return { messages, streams };
}

/** Streams of two missions, by id, each with the streams that it consists of. */
export const MIXTURES: { readonly [id: string]: readonly string[] } = {
  "two-missions": ["dossier-replay-happy-path", "dossier-replay-drift-scenario"],
  "two-missions-run-together": [
    "stream-fields-run-together-left",
    "stream-fields-run-together-right",
  ],
};

function payloadVector(
  id: string,
  eventType: Parameters<typeof validateEvent>[1],
  text: string,
): MessageVector {
  const desc = judgedMessage(eventType);
  const json: unknown = JSON.parse(withExactIntegers(desc, text));
  const { modelViolations } = validateEvent(json, eventType, { strict: true });
  const unknown = modelViolations.filter(isUnknownField);
  const broken = modelViolations.filter((violation) => !isUnknownField(violation));
  return {
    ...described(id, desc),
    json: withoutSpace(text),
    binary: binaryOf(desc, json),
    valid: broken.length === 0,
    violations: rulesOf(broken),
    unknown_fields: unknown.map(({ field }) => field),
  };
}

function stateVector(id: string, stream: string): MessageVector {
  // In a value of JavaScript, paths like `1` would move to the front.
  const { state } = reduceWithReport(loadReplayStream(stream));
  return {
    ...described(id, MissionDossierStateSchema),
    json: withoutSpace(loadReducerOutput(stream)),
    binary: hex(stateToBinary(state)),
    valid: true,
    violations: [],
    unknown_fields: [],
  };
}

function streamVector(
  id: string,
  parts: readonly { readonly id: string; readonly path: string }[],
  scope: NamespaceScope,
): StreamVector {
  const stream = { id, events: parts.map(({ path }) => path), scope };
  const events = parts.flatMap((part) => loadReplayStream(part.id));
  try {
    const { skipped } = reduceWithReport(events, { namespaceScope: scope });
    return {
      ...stream,
      state: `${id}-state`,
      mixed: null,
      skipped: skipped.map(({ eventId, violations }) => ({
        event_id: eventId,
        violations: rulesOf(violations),
      })),
    };
  } catch (error) {
    if (!(error instanceof NamespaceMixedStreamError)) {
      throw error;
    }
    const mixed = { expected: namespaceJson(error.expected), got: namespaceJson(error.got) };
    return { ...stream, state: null, mixed, skipped: [] };
  }
}

function namespaceJson(namespace: Namespace): JsonObject {
  // A namespace holds nothing but text.
  return messageToJson(LocalNamespaceTupleSchema, namespace) as JsonObject;
}

function described(
  id: string,
  desc: DescMessage,
): Pick<MessageVector, "id" | "message" | "event_type"> {
  const eventType = getOption(desc, event_type);
  return { id, message: desc.typeName, event_type: eventType === "" ? null : eventType };
}

/** The binary form of any message that can be decoded, also one that breaks rules. */
function binaryOf(desc: DescMessage, json: unknown): string | null {
  const reader = new JsonReader(json, false);
  const message = reader.message(desc, json, buildPath(desc));
  return reader.violations.length === 0 ? hex(orderedToBinary(desc, message)) : null;
}

function isUnknownField({ violationType }: { readonly violationType: string }): boolean {
  return violationType === UNKNOWN_FIELD_VIOLATION;
}

function rulesOf(
  violations: readonly { readonly field: string; readonly violationType: string }[],
): RuleAt[] {
  return violations.map(({ field, violationType }) => ({ field, rule: violationType }));
}

/**
 * JSON text in which integers of 64 bits are strings, so that `JSON.parse` does
 * not round them. The contract reads both.
 */
function withExactIntegers(desc: DescMessage, json: string): string {
  const names = integersIn(desc).join("|");
  return json.replace(new RegExp(`("(?:${names})"\\s*:\\s*)(\\d{16,})\\b`, "g"), '$1"$2"');
}

/** The names of the fields of 64 bits in a message, and in those that it holds. */
function integersIn({ fields }: DescMessage): string[] {
  return fields.flatMap((field) =>
    field.scalar === ScalarType.INT64
      ? [field.jsonName]
      : field.message !== undefined && !hasJsonOfItsOwn(field.message)
        ? integersIn(field.message)
        : [],
  );
}

/** JSON text without the space between its tokens, which `JSON.parse` would take numbers apart for. */
function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function fixtureText(path: string): string {
  return readFileSync(packageFile(`fixtures/${path}`), "utf8");
}
