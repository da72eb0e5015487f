import assert from "node:assert/strict";
import type { JsonObject } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { validateEnvelope, validateEvent } from "../../src/conformance/index.js";
import {
  acceptsPayload,
  type DossierEventType,
  parseEvent,
  parsePayload,
  parseState,
  payloadToJson,
  reduceMissionDossier,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { drift, envelope, indexed, missing, payloads, withValue } from "../support/examples.js";
import { asEvent, expectRejectedAndKept, idOf, indexing, violationsOf } from "./attacks.js";
import { eventCopies, payloadCopies, stateTexts } from "./copies.js";

// Output to a terminal is tested in hostile-text-command and in cli/output.

const INDEXED = "MissionDossierArtifactIndexed";
const MISSING = "MissionDossierArtifactMissing";
const HOSTILE = {
  NUL: "a\0b",
  "nothing but NUL": "\0",
  "line and paragraph separators": "\u2028\u2029\u0085",
  "text from right to left": "\u202egnp.exe\u202c\u2066\u2069",
  "escape sequences": "\u001b[2J\u001b]0;title\u0007\u009b31m",
  "line breaks": "\r\n\n\r",
  "invisible characters": "\u200b\u00ad\u{e0041}\u2060",
  "the last code points": "\ufffe\uffff\u{10ffff}",
  "the replacement character": "\ufffd",
  "a composed letter, and the same decomposed": "\u00e9 e\u0301",
  "quotes and backslashes": `"'\\\\"\\u0000`,
} as const;

describe.each(Object.entries(HOSTILE))("%s", (_what, text) => {
  test("is exact in every text of a payload", () => {
    const json = {
      ...indexed,
      artifact_id: { ...indexed.artifact_id, path: text, run_id: text },
      provenance: { source_event_ids: [text], git_ref: text },
      step_id: text,
      context_diagnostics: { [text]: text },
    };
    const payload = parsePayload(INDEXED, json);
    expect(payload.artifactId.path).toBe(text);
    for (const copy of payloadCopies(INDEXED, payload)) {
      assert.deepStrictEqual(copy, payload);
    }
    expect(JSON.parse(JSON.stringify(payloadToJson(payload)))).toEqual(json);
  });

  test("is exact in an envelope and its payload", () => {
    const json = {
      ...envelope,
      event_type: text,
      node_id: text,
      project_slug: text,
      payload: { [text]: [text, { [text]: text }] },
    };
    const event = parseEvent(json);
    for (const copy of eventCopies(event)) {
      assert.deepStrictEqual(copy, event);
    }
    expect(event).toMatchObject({ nodeId: text, payload: json.payload });
  });

  test("is exact in a state and in a checkpoint, as a path among others", () => {
    const events = [
      indexing("z", 1),
      indexing(text, 2, { indexed_at: text, step_id: text }),
      {
        ...envelope,
        event_id: idOf(3),
        event_type: MISSING,
        payload: { ...missing, manifest_step: text, remediation_hint: text },
      },
    ].map(asEvent);
    const state = reduceMissionDossier(events);
    expect([...state.artifacts.keys()]).toEqual(["z", text]);
    expect(state.anomalies[0]).toMatchObject({ manifestStep: text, remediationHint: text });
    expect(new Set(stateTexts(events))).toEqual(new Set([stateToJsonString(state)]));
  });
});

const LONE = ["\ud800", "a\udfff", "\udc00\ud800"];

describe.each(LONE)("a lone surrogate: %j", (lone) => {
  test.each<[DossierEventType, string]>([
    [INDEXED, "artifact_id.path"],
    [INDEXED, "indexed_at"],
    [INDEXED, "namespace.step_id"],
    [INDEXED, "provenance.git_ref"],
    [INDEXED, "context_diagnostics.key"],
    [MISSING, "remediation_hint"],
    ["MissionDossierSnapshotComputed", "snapshot_hash"],
    ["MissionDossierParityDriftDetected", "rebuild_hint"],
  ])("in a text of %s is a violation: %s", (eventType, path) => {
    const payload = withValue(payloads[eventType], path, lone);
    const field = path.replace(".key", '["key"]');
    expect(violationsOf(() => parsePayload(eventType, payload))).toEqual([`${field} type`]);
    expect(acceptsPayload(eventType, payload)).toBe(false);
    expect(validateEvent(payload, eventType).valid).toBe(false);
  });

  test("in an item of a list is a violation", () => {
    const provenance = { source_event_ids: ["a", lone] };
    expect(violationsOf(() => parsePayload(INDEXED, { ...indexed, provenance }))).toEqual([
      "provenance.source_event_ids[1] type",
    ]);
    const identity = { ...indexed.artifact_id, path: lone };
    const payload = { ...drift, artifact_ids_changed: [indexed.artifact_id, identity] };
    expect(violationsOf(() => parsePayload("MissionDossierParityDriftDetected", payload))).toEqual([
      "artifact_ids_changed[1].path type",
    ]);
  });

  test("in a text of an envelope is a violation", () => {
    for (const field of ["event_id", "event_type", "node_id", "project_slug"]) {
      expect(violationsOf(() => parseEvent({ ...envelope, [field]: lone }))).toContain(
        `${field} type`,
      );
    }
  });

  test("in a text of a state is a violation", () => {
    const state = stateToJson(reduceMissionDossier([asEvent(indexing("a", 1))]));
    const entry = { ...state.artifacts["a"], indexed_at: lone };
    expect(violationsOf(() => parseState({ ...state, artifacts: { a: entry } }))).toEqual([
      'artifacts["a"].indexed_at type',
    ]);
  });

  const at = `["${lone}"] type`;

  test("as a key of context_diagnostics is a violation", () => {
    const payload = { ...indexed, context_diagnostics: { a: "b", [lone]: "c" } };
    expect(violationsOf(() => parsePayload(INDEXED, payload))).toEqual([
      `context_diagnostics${at}`,
    ]);
    expect(acceptsPayload(INDEXED, payload)).toBe(false);
    expect(validateEvent(payload, INDEXED).valid).toBe(false);
  });

  test("as a path of a state is a violation", () => {
    const state = stateToJson(reduceMissionDossier([asEvent(indexing("a", 1))]));
    const artifacts = { [lone]: state.artifacts["a"] };
    expect(violationsOf(() => parseState({ ...state, artifacts }))).toEqual([`artifacts${at}`]);
  });

  test.each<[string, JsonObject]>([
    ["a value", { a: lone }],
    ["a key", { [lone]: 1 }],
    ["an item of a list", { a: [[lone]] }],
    ["a key further inside", { a: { b: [{ [lone]: null }] } }],
  ])("in an unknown field rejects only the payload: %s", (_where, unknown) => {
    const payload = { ...indexed, unknown };
    expect(acceptsPayload(INDEXED, payload)).toBe(false);
    expect(violationsOf(() => parsePayload(INDEXED, payload))).toEqual([
      expect.stringMatching(/^unknown.* type$/),
    ]);
    const event = { ...envelope, payload };
    expect(parseEvent(event).payload).toEqual(payload);
    expect(validateEnvelope(event).map(({ valid }) => valid)).toEqual([true, false]);
    expectRejectedAndKept(asEvent(event));
  });
});

describe("two keys that differ in a lone surrogate", () => {
  // In binary, both would be U+FFFD, and one of their values lost.
  test("are two violations", () => {
    const context_diagnostics = { "\ud800": "a", "\ud801": "b" };
    expect(violationsOf(() => parsePayload(INDEXED, { ...indexed, context_diagnostics }))).toEqual([
      'context_diagnostics["\ud800"] type',
      'context_diagnostics["\ud801"] type',
    ]);
  });
});
