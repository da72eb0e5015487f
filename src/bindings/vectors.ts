import { readFileSync } from "node:fs";
import { type DescMessage, getOption, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { buildPath } from "@bufbuild/protobuf/reflect";
import { event_type } from "../../gen/speckitty/dossier/v1/options_pb.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { MissionDossierStateSchema as LaterStateSchema } from "../../gen/speckitty/dossier/v3/state_pb.js";
import { loadReducerOutput, loadReplayStream } from "../conformance/fixtures.js";
import {
  generationOfFixture,
  MANIFEST_FILE,
  type OutputEntry,
  type PayloadEntry,
  readManifest,
} from "../conformance/manifest.js";
import { packageFile } from "../conformance/package-files.js";
import { ENVELOPE, judgedMessage, validateEvent } from "../conformance/validate-event.js";
import {
  NAMESPACE_SCOPES,
  type Namespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
} from "../dossier/namespace.js";
import { keyOfNamespace } from "../dossier/namespace-key.js";
import { reduceWithReport } from "../dossier/reduce.js";
import { type MissionDossierState, stateToBinary, stateToJsonString } from "../dossier/state.js";
import { hasJsonOfItsOwn } from "../event/codec/json-form.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { messageToBinary } from "../event/codec/protobuf-es/message-binary.js";
import { UNKNOWN_FIELD_VIOLATION } from "../event/errors/violation.js";
import { FIRST_GENERATION } from "../event/generation/generation.js";
import { JsonReader } from "../event/model/json-reader.js";
import { messageIn } from "../event/model/registry.js";
import { structProblem } from "../event/model/struct-limits.js";
import { parityHash } from "../parity/parity-hash.js";
import { PARITY_RULES, type ParityRule } from "../parity/parity-rule.js";

/** A line of `messages.jsonl`: the expected results for one message, in every language. */
export type MessageVector = {
  readonly id: string;
  /** The full name of the message. */
  readonly message: string;
  /** The option `event_type` of the message; `null` if it is not set. */
  readonly event_type: string | null;
  /** The wire JSON, as text, so that no number is rounded. */
  readonly json: string;
  /**
   * The message in binary, as hexadecimal digits; `null` if the JSON cannot be read as one, for
   * unknown fields of a closed message, too.
   */
  readonly binary: string | null;
  readonly valid: boolean;
  /** Every broken rule of a field that is known. `type` stands for JSON that cannot be read. */
  readonly violations: readonly RuleAt[];
  /** The paths of the fields that the contract does not know. A closed message is then invalid. */
  readonly unknown_fields: readonly string[];
};

/** The id of a rule, and the path of the field that breaks it. */
export type RuleAt = { readonly field: string; readonly rule: string };

/** A line of `streams.jsonl`: the expected result of one stream in one scope. */
export type StreamVector = {
  readonly id: string;
  /** The files of the events, relative to the folder of the fixtures. */
  readonly events: readonly string[];
  readonly scope: NamespaceScope;
  /** The id of the expected state in `messages.jsonl`; `null` if the namespaces differ. */
  readonly state: string | null;
  /** The key of the state's namespace in the scope; `null` without a state or a namespace. */
  readonly namespace_key: string | null;
  /** The parity hash of the state by each rule; `null` without a state. */
  readonly parity_hash: ParityHashes | null;
  /** The expected namespace and the first that differs; `null` if none does. */
  readonly mixed: { readonly expected: JsonObject; readonly got: JsonObject } | null;
  /** The events whose payload the contract rejects, in the order of their sort keys. */
  readonly skipped: readonly {
    readonly event_id: string;
    readonly violations: readonly RuleAt[];
  }[];
};

/** The parity hash of a state by each rule. */
export type ParityHashes = { readonly [R in ParityRule]: string };

/** All vectors, generated from the fixtures. */
export type Vectors = {
  readonly messages: readonly MessageVector[];
  readonly streams: readonly StreamVector[];
};

/** Generates the vectors from the fixtures that ship with the package. */
export function makeVectors(): Vectors {
  const entries = readManifest(JSON.parse(fixtureText(MANIFEST_FILE)));
  const messages = entries.flatMap((entry): MessageVector[] => {
    if (entry.kind === "payload") {
      return [payloadVector(entry)];
    }
    return entry.kind === "reducer_output" ? [stateVector(entry)] : [];
  });
  // docs/porting.md describes a reader and a reducer of the first generation.
  const replays = entries.filter(
    (entry) => entry.kind === "replay_stream" && generationOfFixture(entry) === FIRST_GENERATION,
  );
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

function payloadVector({ id, path, eventType, ...entry }: PayloadEntry): MessageVector {
  const contract = generationOfFixture(entry);
  const desc = messageIn(contract, judgedMessage(eventType));
  const text = fixtureText(path);
  const json: unknown = JSON.parse(withExactIntegers(desc, text));
  const { modelViolations: broken } = validateEvent(json, eventType, { contract });
  const strict = validateEvent(json, eventType, { contract, strict: true });
  const unknown = strict.modelViolations.filter(isUnknownField);
  return {
    ...described(id, desc),
    json: withoutSpace(text),
    binary: binaryOf(desc, json),
    valid: broken.length === 0,
    // In a closed message, an unknown field is a violation, too.
    violations: rulesOf(broken.filter((violation) => !isUnknownField(violation))),
    unknown_fields: unknown.map(({ field }) => field),
  };
}

function stateVector({ id, stream, ...entry }: OutputEntry): MessageVector {
  const contract = generationOfFixture(entry);
  const isFirst = contract === FIRST_GENERATION;
  // Parsing the fixture's JSON would move paths like `1` to the front.
  const { state } = reduceWithReport(loadReplayStream(stream));
  return {
    ...described(id, isFirst ? MissionDossierStateSchema : LaterStateSchema),
    json: isFirst
      ? withoutSpace(loadReducerOutput(stream))
      : stateToJsonString(state, 0, { contract }),
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
    const { state, skipped } = reduceWithReport(events, { namespaceScope: scope });
    const { namespace } = state;
    return {
      ...stream,
      state: `${id}-state`,
      namespace_key: namespace === undefined ? null : keyOfNamespace(namespace, scope),
      parity_hash: parityHashes(state),
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
    return { ...stream, state: null, namespace_key: null, parity_hash: null, mixed, skipped: [] };
  }
}

function parityHashes(state: MissionDossierState): ParityHashes {
  // The entries have every rule exactly once.
  return Object.fromEntries(
    PARITY_RULES.map((rule) => [rule, parityHash(state, { rule })]),
  ) as ParityHashes;
}

function namespaceJson(namespace: Namespace): JsonObject {
  // A namespace has text fields only, so its JSON is an object.
  return messageToJson(LocalNamespaceTupleSchema, namespace) as JsonObject;
}

function described(
  id: string,
  desc: DescMessage,
): Pick<MessageVector, "id" | "message" | "event_type"> {
  const eventType = getOption(desc, event_type);
  return { id, message: desc.typeName, event_type: eventType === "" ? null : eventType };
}

/** The binary form of a message that can be read and carried, even if it breaks rules. */
function binaryOf(desc: DescMessage, json: unknown): string | null {
  const isEnvelope = desc.name === ENVELOPE;
  const reader = new JsonReader(json, { isPayload: !isEnvelope });
  const message = reader.message(desc, json, buildPath(desc));
  const isCarried = !isEnvelope || structProblem(Reflect.get(message, "payload")) === undefined;
  return reader.violations.length === 0 && isCarried ? hex(messageToBinary(desc, message)) : null;
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
 * Turns 64-bit integers in JSON text into strings, so that `JSON.parse` does not round
 * them. The contract accepts both forms.
 */
function withExactIntegers(desc: DescMessage, json: string): string {
  const names = integersIn(desc).join("|");
  return json.replace(new RegExp(`("(?:${names})"\\s*:\\s*)(\\d{16,})\\b`, "g"), '$1"$2"');
}

/** The names of the 64-bit fields of a message and of the messages within it. */
function integersIn({ fields }: DescMessage): string[] {
  return fields.flatMap((field) =>
    field.scalar === ScalarType.INT64
      ? [field.jsonName]
      : field.message !== undefined && !hasJsonOfItsOwn(field.message)
        ? integersIn(field.message)
        : [],
  );
}

/** Removes the space between tokens of JSON text, without parsing it, which rounds numbers. */
function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function fixtureText(path: string): string {
  return readFileSync(packageFile(`fixtures/${path}`), "utf8");
}
