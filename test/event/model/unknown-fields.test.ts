import type { DescMessage } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { MissionDossierStateSchema } from "../../../gen/speckitty/dossier/v1/state_pb.js";
import { ArtifactIdentitySchema } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import {
  childPath,
  isPlainName,
  unknownFieldsOf,
} from "../../../src/event/model/unknown-fields.js";
import { drift, envelope, identity, indexed } from "../../support/examples.js";

const INDEXED = PAYLOAD_SCHEMAS.MissionDossierArtifactIndexed;
const DRIFT = PAYLOAD_SCHEMAS.MissionDossierParityDriftDetected;

// These tests come first, because names are collected once per descriptor, and mutation testing
// credits the test that runs first.
test.each(["artifact_ids_changed", "namespace"])("one that is only in %s is found", (field) => {
  const known = Reflect.get({ ...drift, artifact_ids_changed: [] }, field);
  const inner = Array.isArray(known) ? [identity, { ...identity, a: 1 }] : { ...known, a: 1 };
  expect(unknownFieldsOf(DRIFT, { ...drift, [field]: inner })).toHaveLength(1);
});

test.each<[string, DescMessage, unknown]>([
  ["a payload with its required fields", INDEXED, indexed],
  ["a map with any keys", INDEXED, { ...indexed, context_diagnostics: { any: "", "no name": "" } }],
  ["a map of messages", MissionDossierStateSchema, { artifacts: { any: {}, path: { a: 1 } } }],
  ["a payload of any kind", EventSchema, { ...envelope, payload: { any: { thing: 1 } } }],
  ["a message that is null", INDEXED, { ...indexed, supersedes: null }],
  ["a message that is text", INDEXED, { ...indexed, supersedes: "text" }],
  ["a list of messages", DRIFT, { ...drift, artifact_ids_changed: [identity, null, "text", 1] }],
  ["null", INDEXED, null],
  ["text", INDEXED, "text"],
  ["nothing", INDEXED, undefined],
])("%s has no unknown fields", (_what, desc, json) => {
  expect(unknownFieldsOf(desc, json)).toEqual([]);
});

test("unknown fields are found at every level, each with its message", () => {
  const json = {
    ...drift,
    "no name": 1,
    artifact_ids_changed: [identity, { ...identity, a: null, b: { c: 1 } }, { "": 2 }],
    z: [3],
  };
  expect(unknownFieldsOf(DRIFT, json)).toEqual([
    { path: '["no name"]', value: 1, desc: DRIFT },
    { path: "artifact_ids_changed[1].a", value: null, desc: ArtifactIdentitySchema },
    { path: "artifact_ids_changed[1].b", value: { c: 1 }, desc: ArtifactIdentitySchema },
    { path: 'artifact_ids_changed[2][""]', value: 2, desc: ArtifactIdentitySchema },
    { path: "z", value: [3], desc: DRIFT },
  ]);
});

test.each([
  ["a", true],
  ["_", true],
  ["Z_9", true],
  ["__proto__", true],
  ["", false],
  ["9", false],
  ["9a", false],
  [" a", false],
  ["a ", false],
  ["a.b", false],
  ["é", false],
])("whether %j needs no quotes in a path: %s", (name, isPlain) => {
  expect(isPlainName(name)).toBe(isPlain);
  const quoted = `[${JSON.stringify(name)}]`;
  expect(childPath("", name)).toBe(isPlain ? name : quoted);
  expect(childPath("parent", name)).toBe(isPlain ? `parent.${name}` : `parent${quoted}`);
});

test("only the first hundred of very many are found", () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
  const found = unknownFieldsOf(EventSchema, many);
  expect(found.map(({ path }) => path)).toEqual(Object.keys(many).slice(0, 100));
});
