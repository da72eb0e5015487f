import { type DescMessage, getOption, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v1/contract.js";
import {
  EventSchema,
  file_speckitty_dossier_v1_event,
} from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { added_in } from "../../../gen/speckitty/dossier/v1/options_pb.js";
import { file_speckitty_dossier_v1_payloads } from "../../../gen/speckitty/dossier/v1/payloads_pb.js";
import {
  file_speckitty_dossier_v1_state,
  MissionDossierState_AnomalyEntrySchema,
  MissionDossierState_ArtifactEntrySchema,
  MissionDossierState_DriftRecordSchema,
  MissionDossierState_SnapshotSummarySchema,
  MissionDossierStateSchema,
} from "../../../gen/speckitty/dossier/v1/state_pb.js";
import {
  ArtifactIdentitySchema,
  ContentHashRefSchema,
  file_speckitty_dossier_v1_values,
  LocalNamespaceTupleSchema,
  ProvenanceRefSchema,
} from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { messageToJson } from "../../../src/event/codec/message-to-json.js";
import { readModel } from "../../../src/event/model/read-model.js";
import {
  ABSENT,
  contentRef,
  drift,
  envelope,
  identity,
  indexed,
  missing,
  namespace,
  snapshot,
  withValue,
} from "../../support/examples.js";
import { expectNothingMissing } from "../../support/missing.js";
import { schemaAccepts } from "../../support/schemas.js";

// The rules of CONTRACT sections 2 to 5, written down a second time on purpose: here they check
// the annotations.

type Kind =
  | { readonly text: "any" | "1+" }
  | { readonly literals: readonly string[] }
  | { readonly pattern: { readonly yes: readonly string[]; readonly no: readonly string[] } }
  | { readonly integer: { readonly min: number; readonly max: number; readonly bits: 32 | 64 } }
  | { readonly object: JsonObject }
  | { readonly list: JsonValue; readonly ofText?: true }
  | { readonly map: true }
  | { readonly mapOf: JsonObject }
  | { readonly flag: true }
  | { readonly struct: true };

type Field = Kind & {
  readonly required?: true;
  /** Absent and zero are the same. */
  readonly absentIsZero?: true;
};

const artifactClasses = ["input", "workflow", "output", "evidence", "policy", "runtime"];
const algorithms = ["sha256", "sha512", "md5"];
const driftKinds = [
  "artifact_added",
  "artifact_removed",
  "artifact_mutated",
  "anomaly_introduced",
  "anomaly_resolved",
  "manifest_version_changed",
];
const count = { integer: { min: 0, max: 2 ** 31 - 1, bits: 32 }, required: true } as const;
const requiredText = { text: "1+", required: true } as const;
const requiredTime = { text: "any", required: true } as const;
const optionalText = { text: "any" } as const;
const requiredNamespace = { object: namespace, required: true } as const;

const ulid = "01KJPZ8V2M4T6R1E9C3H5N7QWA";
const uuid = "a47275cb-634e-427c-abd3-3e5d17997d4e";
const eventIds = {
  pattern: {
    yes: [
      ulid,
      ulid.toLowerCase(),
      "0123456789abcdefghjkmnpqrs",
      "TVWXYZTVWXYZTVWXYZTVWXYZ01",
      uuid,
      uuid.toUpperCase(),
      uuid.replaceAll("-", ""),
      uuid.replaceAll("-", "").toUpperCase(),
    ],
    no: [
      ulid.slice(1),
      `${ulid}A`,
      ...["I", "L", "O", "U", "i", "l", "o", "u", "-", "é"].map((bad) => bad + ulid.slice(1)),
      uuid.slice(1),
      `${uuid}0`,
      uuid.replace("-", ""),
      uuid.replaceAll("-", "_"),
      `g${uuid.slice(1)}`,
      `{${uuid}}`,
      ` ${ulid}`,
      `${ulid} `,
      `${ulid}\n`,
    ],
  },
};
const timestamps = {
  pattern: {
    yes: [
      "2026-03-02T09:14:07Z",
      "2026-03-02T09:14:07",
      "2026-03-02t09:14:07z",
      "2026-03-02T09:14:07.1Z",
      "2026-03-02T09:14:07.123456789012345+00:00",
      "2026-03-02T09:14:07.517788+05:30",
      "2026-03-02T09:14:07-23:59",
      "2016-12-31T23:59:60Z",
      "2024-02-29T00:00:00Z",
      "2000-02-29T00:00:00Z",
      "0000-01-01T00:00:00Z",
      "2026-04-30T00:00:00Z",
      "2026-12-31T23:59:59Z",
    ],
    no: [
      "2026-03-02",
      "2026-03-02 09:14:07Z",
      "2026-03-02T09:14Z",
      "2026-3-2T09:14:07Z",
      "2026-03-02T9:14:07Z",
      "2026-13-02T09:14:07Z",
      "2026-00-02T09:14:07Z",
      "2026-03-00T09:14:07Z",
      "2026-03-32T09:14:07Z",
      "2026-04-31T09:14:07Z",
      "2026-02-29T09:14:07Z",
      "1900-02-29T09:14:07Z",
      "2024-02-30T09:14:07Z",
      "2026-03-02T24:00:00Z",
      "2026-03-02T09:60:07Z",
      "2026-03-02T09:14:61Z",
      "2026-03-02T09:14:07.Z",
      "2026-03-02T09:14:07+0530",
      "2026-03-02T09:14:07+24:00",
      "2026-03-02T09:14:07+05:60",
      "2026-03-02T09:14:07ZZ",
      "1772442847",
      " 2026-03-02T09:14:07Z",
    ],
  },
};

const entry = { identity, content_ref: contentRef, indexed_at: "" };
const anomaly = {
  anomaly_type: "missing_artifact",
  expected_identity: identity,
  manifest_step: "plan",
  checked_at: "",
};
const { namespace: _ofSnapshot, ...snapshotSummary } = snapshot;
const summary = { ...snapshotSummary, algorithm: "sha256" };
const { namespace: _ofDrift, ...record } = drift;

const contract: readonly {
  readonly desc: DescMessage;
  readonly valid: JsonObject;
  readonly fields: { readonly [name: string]: Field };
}[] = [
  {
    desc: LocalNamespaceTupleSchema,
    valid: namespace,
    fields: {
      project_uuid: requiredText,
      feature_slug: requiredText,
      target_branch: requiredText,
      mission_key: requiredText,
      manifest_version: requiredText,
      step_id: optionalText,
    },
  },
  {
    desc: ArtifactIdentitySchema,
    valid: identity,
    fields: {
      mission_key: requiredText,
      path: requiredText,
      artifact_class: { literals: artifactClasses, required: true },
      run_id: optionalText,
      wp_id: optionalText,
    },
  },
  {
    desc: ContentHashRefSchema,
    valid: contentRef,
    fields: {
      hash: requiredText,
      algorithm: { literals: algorithms, required: true },
      size_bytes: { integer: { min: 0, max: 2 ** 53, bits: 64 } },
      encoding: optionalText,
    },
  },
  {
    desc: ProvenanceRefSchema,
    valid: {},
    fields: {
      source_event_ids: { list: "01KJPZ8V2M4T6R1E9C3H5N7QWA", ofText: true },
      git_sha: optionalText,
      git_ref: optionalText,
      actor_id: optionalText,
      actor_kind: { literals: ["human", "llm", "system"] },
      revised_at: optionalText,
    },
  },
  {
    desc: PAYLOAD_SCHEMAS.MissionDossierArtifactIndexed,
    valid: indexed,
    fields: {
      namespace: requiredNamespace,
      artifact_id: { object: identity, required: true },
      content_ref: { object: contentRef, required: true },
      indexed_at: requiredTime,
      provenance: { object: {} },
      step_id: optionalText,
      supersedes: { object: identity },
      context_diagnostics: { map: true },
    },
  },
  {
    desc: PAYLOAD_SCHEMAS.MissionDossierArtifactMissing,
    valid: missing,
    fields: {
      namespace: requiredNamespace,
      expected_identity: { object: identity, required: true },
      manifest_step: requiredText,
      checked_at: requiredTime,
      last_known_ref: { object: {} },
      remediation_hint: optionalText,
      context_diagnostics: { map: true },
    },
  },
  {
    desc: PAYLOAD_SCHEMAS.MissionDossierSnapshotComputed,
    valid: snapshot,
    fields: {
      namespace: requiredNamespace,
      snapshot_hash: requiredText,
      artifact_count: count,
      anomaly_count: count,
      computed_at: requiredTime,
      algorithm: { literals: algorithms },
      context_diagnostics: { map: true },
    },
  },
  {
    desc: PAYLOAD_SCHEMAS.MissionDossierParityDriftDetected,
    valid: drift,
    fields: {
      namespace: requiredNamespace,
      expected_hash: requiredText,
      actual_hash: requiredText,
      drift_kind: { literals: driftKinds, required: true },
      detected_at: requiredTime,
      artifact_ids_changed: { list: identity },
      rebuild_hint: optionalText,
      context_diagnostics: { map: true },
    },
  },
  {
    desc: EventSchema,
    valid: envelope,
    fields: {
      event_id: { ...eventIds, required: true },
      event_type: requiredText,
      aggregate_id: requiredText,
      timestamp: { ...timestamps, required: true },
      node_id: requiredText,
      lamport_clock: { integer: { min: 0, max: 2 ** 53, bits: 64 }, required: true },
      project_uuid: {
        pattern: {
          yes: [uuid, uuid.toUpperCase()],
          no: ["orchard-api", uuid.slice(1), `${uuid}0`, uuid.replaceAll("-", ""), ulid],
        },
        required: true,
      },
      project_slug: optionalText,
      correlation_id: { ...eventIds, required: true },
      causation_id: eventIds,
      schema_version: {
        pattern: {
          yes: ["1.0.0", "0.0.0", "10.20.30"],
          no: ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0-rc.1", "1.0.x", "a.b.c"],
        },
      },
      data_tier: { integer: { min: 0, max: 4, bits: 32 }, absentIsZero: true },
      payload: { struct: true },
    },
  },
  {
    desc: MissionDossierStateSchema,
    valid: { parity_status: "unknown" },
    fields: {
      namespace: { object: namespace },
      artifacts: { mapOf: entry },
      anomalies: { list: anomaly },
      latest_snapshot: { object: summary },
      drift_history: { list: record },
      parity_status: { literals: ["clean", "drifted", "unknown"], required: true },
      event_count: { integer: { min: 0, max: 2 ** 31 - 1, bits: 32 }, absentIsZero: true },
    },
  },
  {
    desc: MissionDossierState_ArtifactEntrySchema,
    valid: entry,
    fields: {
      identity: { object: identity, required: true },
      content_ref: { object: contentRef, required: true },
      indexed_at: requiredTime,
      provenance: { object: {} },
      superseded: { flag: true },
      step_id: optionalText,
    },
  },
  {
    desc: MissionDossierState_AnomalyEntrySchema,
    valid: anomaly,
    fields: {
      anomaly_type: { literals: ["missing_artifact"], required: true },
      expected_identity: { object: identity, required: true },
      manifest_step: requiredText,
      checked_at: requiredTime,
      remediation_hint: optionalText,
    },
  },
  {
    desc: MissionDossierState_SnapshotSummarySchema,
    valid: summary,
    fields: {
      snapshot_hash: requiredText,
      artifact_count: count,
      anomaly_count: count,
      computed_at: requiredTime,
      algorithm: { literals: algorithms, required: true },
    },
  },
  {
    desc: MissionDossierState_DriftRecordSchema,
    valid: record,
    fields: {
      expected_hash: requiredText,
      actual_hash: requiredText,
      drift_kind: { literals: driftKinds, required: true },
      detected_at: requiredTime,
    },
  },
];

test("every message of the contract has its rules here", () => {
  const files = [
    file_speckitty_dossier_v1_values,
    file_speckitty_dossier_v1_payloads,
    file_speckitty_dossier_v1_event,
    file_speckitty_dossier_v1_state,
  ];
  const known = contract.map(({ desc }) => desc.typeName);
  expectNothingMissing(
    "the table `contract` of test/event/model/rules.test.ts",
    files
      .flatMap((file) => file.messages)
      .flatMap((message) => [message, ...message.nestedMessages])
      .filter(({ typeName }) => !known.includes(typeName))
      .map(
        ({ typeName, fields }) =>
          `${typeName}: a valid example, and the rules of ${fields.map(({ name }) => name).join(", ")}`,
      ),
  );
});

const notText: readonly JsonValue[] = [0, 1, true, false, [], ["a"], {}];

/** Values that a field accepts, and values that it rejects. */
function sides(field: Field): { yes: readonly JsonValue[]; no: readonly JsonValue[] } {
  if ("text" in field) {
    const yes = ["a", " ", "\u0000", "null", "é", "e\u0301", "😀", "a".repeat(10_000)];
    return field.text === "any"
      ? { yes: ["", ...yes], no: notText }
      : { yes, no: ["", ...notText] };
  }
  if ("literals" in field) {
    return {
      yes: field.literals,
      no: [
        "",
        "no_such_literal",
        ...field.literals.flatMap((literal) => [
          literal.toUpperCase(),
          ` ${literal}`,
          `${literal}s`,
          literal.slice(1),
        ]),
        ...notText,
      ],
    };
  }
  if ("pattern" in field) {
    return { yes: field.pattern.yes, no: ["", ...field.pattern.no, ...notText] };
  }
  if ("integer" in field) {
    const { min, max, bits } = field.integer;
    const wrong = [min - 1, -(2 ** 31) - 1, 0.5, 1e308, true, [], {}, "", "a", "1.0", "0x1", " 1"];
    return bits === 64
      ? {
          yes: [
            min,
            min + 1,
            max - 1,
            max,
            max + 2,
            `${min}`,
            "9007199254740993",
            "9223372036854775807",
          ],
          no: [...wrong, 2 ** 63, "-1", "01", "1e3", "9223372036854775808", "99999999999999999999"],
        }
      : { yes: [min, min + 1, max - 1, max], no: [...wrong, max + 1, `${min}`, "1"] };
  }
  if ("object" in field) {
    return {
      yes: [field.object, { ...field.object, no_such_field: 1 }],
      no: ["", "a", 0, true, [], [field.object]],
    };
  }
  if ("list" in field) {
    return {
      yes: [[], [field.list], [field.list, field.list]],
      no: [
        "",
        0,
        true,
        {},
        field.list,
        [null],
        [[]],
        [field.list, 7],
        ...(field.ofText ? [[{}]] : [[""]]),
      ],
    };
  }
  if ("map" in field) {
    return {
      yes: [{}, { a: "" }, JSON.parse('{"": "a", "__proto__": "b", "1": "c", "😀": "d"}')],
      no: ["", 0, true, [], ["a"], { a: null }, { a: 1 }, { a: {} }, { a: ["b"] }],
    };
  }
  if ("mapOf" in field) {
    return {
      yes: [{}, { a: field.mapOf }, Object.fromEntries([["__proto__", field.mapOf]])],
      no: ["", 0, true, [], { a: null }, { a: {} }, { a: [field.mapOf] }],
    };
  }
  if ("flag" in field) {
    return { yes: [true, false], no: ["true", "", 0, 1, [], {}] };
  }
  return {
    yes: [{}, { a: [1, null, { b: true }] }, JSON.parse('{"__proto__": {"a": 1}}')],
    no: ["", "{}", 0, true, [], [{}]],
  };
}

describe.each(contract.map((message) => ({ ...message, name: message.desc.name })))(
  "$name",
  ({ desc, valid, fields }) => {
    test("has the fields of the contract, under their names, and no others", () => {
      const own = desc.fields.filter((field) => getOption(field, added_in) === "");
      expect(own.map((field) => field.jsonName).sort()).toEqual(Object.keys(fields).sort());
      expect(desc.fields.map((field) => field.name)).toEqual(
        desc.fields.map((field) => field.jsonName),
      );
    });

    describe.each(Object.entries(fields))("%s", (name, field) => {
      const { yes, no } = sides(field);

      test("accepts the values of the contract", () => {
        for (const value of yes) {
          expect(verdict(withValue(valid, name, value)), JSON.stringify(value)).toEqual([]);
        }
      });

      if ("text" in field || "integer" in field) {
        test("keeps the values that it accepts, empty or not", () => {
          for (const value of yes) {
            const result = readModel(desc, withValue(valid, name, value));
            const kept = result.kind === "valid" && messageToJson(desc, result.message)[name];
            // Integers may be written in their other form.
            expect(String(kept ?? 0)).toBe(String(value));
            expect(kept === undefined).toBe(field.absentIsZero === true && value === 0);
          }
        });

        test("rejects other values, and says where", () => {
          for (const value of no) {
            const violations = verdict(withValue(valid, name, value));
            expect(violations, JSON.stringify(value)).not.toEqual([]);
            expect(violations.every((path) => path.split(/[.[]/)[0] === name)).toBe(true);
          }
        });
      }

      const absent = field.required ? [name] : [];

      test(field.required ? "must be there" : "may be absent", () => {
        expect(verdict(withValue(valid, name, ABSENT), ["required"])).toEqual(absent);
      });

      if (no.includes("")) {
        test("tells an empty value from a missing one", () => {
          const result = readModel(desc, withValue(valid, name, ""));
          expect(result).toMatchObject({ kind: "invalid", violations: [{ inputValue: "" }] });
          expect(result).not.toMatchObject({ violations: [{ violationType: "required" }] });
        });
      }

      test(field.required ? "must not be null" : "may be null", () => {
        expect(verdict(withValue(valid, name, null), ["required"])).toEqual(absent);
      });
    });

    test("ignores unknown fields", () => {
      expect(verdict({ ...valid, no_such_field: { a: 1 } })).toEqual([]);
    });

    /** The paths of the violations; both layers must agree that there are any. */
    function verdict(json: JsonObject, rules?: readonly string[]): string[] {
      const result = readModel(desc, json, { isExact: true });
      if (result.kind === "invalid" && rules !== undefined) {
        expect(result.violations.map(({ violationType }) => violationType)).toEqual(rules);
      }
      const paths = result.kind === "valid" ? [] : result.violations.map(({ field }) => field);
      expect(schemaAccepts(desc, json), `schema, ${JSON.stringify(json)}`).toBe(paths.length === 0);
      return paths;
    }
  },
);

test("artifact_class is in ArtifactIdentity only, manifest_version in the namespace only", () => {
  const holders = (name: string): string[] =>
    contract.filter(({ desc }) => desc.field[localName(name)]).map(({ desc }) => desc.name);
  expect(holders("artifact_class")).toEqual(["ArtifactIdentity"]);
  expect(holders("manifest_version")).toEqual(["LocalNamespaceTuple"]);
});

test("an empty list and an absent one are the same", () => {
  expect(readModel(ProvenanceRefSchema, { source_event_ids: [] })).toEqual(
    readModel(ProvenanceRefSchema, {}),
  );
});

test("all violations are reported, each with its rule and the value found", () => {
  const json = {
    ...snapshot,
    namespace: { ...namespace, feature_slug: "", target_branch: 5 },
    snapshot_hash: null,
    artifact_count: -1,
    anomaly_count: "3",
    algorithm: "sha1",
    context_diagnostics: { "a.b": 1, ok: "fine" },
  };
  const result = readModel(PAYLOAD_SCHEMAS.MissionDossierSnapshotComputed, json);
  const found =
    result.kind === "valid"
      ? []
      : result.violations.map(({ field, violationType, inputValue }) => [
          field,
          violationType,
          inputValue,
        ]);
  expect(found.sort()).toEqual(
    [
      ["namespace.feature_slug", "string.min_len", ""],
      ["namespace.target_branch", "type", 5],
      ["snapshot_hash", "required", null],
      ["artifact_count", "int32.gte", -1],
      ["anomaly_count", "type", "3"],
      ["algorithm", "string.in", "sha1"],
      ['context_diagnostics["a.b"]', "type", 1],
    ].sort(),
  );
});

test("a bad item of a list does not shift the others", () => {
  const json = { ...drift, artifact_ids_changed: [7, { ...identity, artifact_class: "no" }] };
  const result = readModel(PAYLOAD_SCHEMAS.MissionDossierParityDriftDetected, json);
  expect(result).toMatchObject({
    kind: "invalid",
    violations: [
      { field: "artifact_ids_changed[0]", violationType: "type", inputValue: 7 },
      { field: "artifact_ids_changed[1].artifact_class", violationType: "string.in" },
    ],
  });
});

function localName(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
