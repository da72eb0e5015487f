import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { deep } from "../support/runs.js";
import { type Outcome, Workspace } from "./workspace.js";

const VALUES = "proto/speckitty/dossier/v1/values.proto";
const PAYLOADS = "proto/speckitty/dossier/v1/payloads.proto";
const STATE = "proto/speckitty/dossier/v1/state.proto";
const EVENT = "proto/speckitty/dossier/v1/event.proto";

const SCHEMAS_ONLY = `version: v2
inputs:
  - directory: proto
    exclude_paths:
      - proto/buf
plugins:
  - local: [node, build/codegen/protoc-gen-jsonschema.js]
    out: schemas
    strategy: all
    opt:
      - target=ts
      - id_prefix=spec-kitty-events/
`;

/** A copy of all generations and of their release, with nothing to generate but schemas. */
function newProjectOfAll(...edits: readonly Edit[]): Workspace {
  const templates = ["buf.gen.yaml", "buf.gen.later.yaml"];
  const project = new Workspace("proto", "buf.yaml", "baseline", ...templates);
  for (const template of templates) {
    const { plugins, ...others } = parse(project.read(template));
    // The templates are part of this project, so their shape is not checked.
    const needed = (plugins as readonly { local: string | string[]; out: string }[]).filter(
      ({ local, out }) => out.startsWith("schemas") || /gen-generation/.test(String(local)),
    );
    project.write(template, stringify({ ...others, plugins: needed }));
  }
  for (const edit of edits) {
    project.edit(...edit);
  }
  return project;
}

/** A copy of the first generation and of its release, with nothing to generate but schemas. */
function newProject(edits: readonly Edit[] = []): Workspace {
  const project = new Workspace("proto", "buf.yaml", "baseline");
  project.remove("baseline/schemas/3.0.0");
  project.write("buf.gen.yaml", SCHEMAS_ONLY);
  for (const edit of edits) {
    project.edit(...edit);
  }
  return project;
}

type Edit = readonly [file: string, from: string | RegExp, to: string];

function check(project: Workspace, ...options: string[]): Promise<Outcome> {
  return project.run("node", "build/codegen/check-breaking.js", ...options);
}

describe.concurrent("the check for breaking changes refuses by name", () => {
  /** A change, and what is said of it. */
  type Case = readonly [change: string, edit: Edit, complaints: readonly RegExp[]];

  const cases: readonly Case[] = [
    [
      "an event type renamed",
      [
        PAYLOADS,
        '(event_type) = "MissionDossierSnapshotComputed"',
        '(event_type) = "MissionDossierSnapshotTaken"',
      ],
      [
        /MissionDossierSnapshotComputedPayload: the option event_type is now "MissionDossierSnapshotTaken", was "MissionDossierSnapshotComputed"$/,
      ],
    ],
    [
      "another meaning of an absent field",
      [EVENT, '(absent_means) = "1.0.0"', '(absent_means) = "2.0.0"'],
      [/Event\.schema_version: the option absent_means is now "2\.0\.0", was "1\.0\.0"$/],
    ],
    [
      "a field removed",
      [VALUES, "  optional string encoding = 4;\n", ""],
      [
        /values\.proto:.*present field "4" with name "encoding" on message "ContentHashRef" was del/,
      ],
    ],
    [
      "a field of another type",
      [VALUES, "optional string git_sha = 2", "optional bool git_sha = 2"],
      [
        /values\.proto:.*Field "2" with name "git_sha" on message "ProvenanceRef" changed type/,
        /\/properties\/git_sha: string is no longer accepted$/,
        /state\.schema\.json: \/.*\/properties\/git_sha: boolean is new$/,
      ],
    ],
    [
      "a field of another number",
      [VALUES, "optional string git_ref = 3", "optional string git_ref = 13"],
      [/values\.proto:.*present field "3" with name "git_ref" on message "ProvenanceRef" was del/],
    ],
    [
      "a field of another name",
      [
        VALUES,
        'optional string actor_id = 4 [json_name = "actor_id"',
        'optional string agent_id = 4 [json_name = "agent_id"',
      ],
      [
        /values\.proto:.*Field "4" on message "ProvenanceRef" changed name from "actor_id" to "agen/,
        /values\.proto:.*"agent_id" on message "ProvenanceRef" changed .* from "actor_id" to "agent/,
      ],
    ],
    [
      "a message removed",
      [PAYLOADS, /^message MissionDossierParityDriftDetectedPayload \{\n[\s\S]*?^\}\n/m, ""],
      [
        /payloads\.proto:.*message "MissionDossierParityDriftDetectedPayload(?:\.\w+)?" was deleted/,
        /^schemas\/mission_dossier_parity_drift_detected_payload\.schema\.json: the schema is gone$/,
      ],
    ],
    [
      "fewer literals, wherever they were accepted",
      [VALUES, '        "evidence",\n', ""],
      [
        "artifact_identity.schema.json: /properties/artifact_class",
        "mission_dossier_artifact_indexed_payload.schema.json: /properties/artifact_id/properties/artifact_class",
        "mission_dossier_artifact_missing_payload.schema.json: /properties/expected_identity/properties/artifact_class",
      ].map(
        (place) => new RegExp(`^schemas/${place}: the literal "evidence" is no longer accepted$`),
      ),
    ],
    [
      "literals where there were none",
      [
        VALUES,
        'revised_at = 6 [json_name = "revised_at"]',
        'revised_at = 6 [json_name = "revised_at", (buf.validate.field).string = { in: ["now"] }]',
      ],
      [/\/properties\/revised_at: only certain literals are accepted$/],
    ],
    [
      "a larger minimum length",
      [VALUES, /(?<=string hash = 1 \[\n.*\n.*min_len = )1/, "2"],
      [/\/properties\/hash: minLength is now 2, was 1$/],
    ],
    [
      "a field that is required now",
      [
        VALUES,
        'run_id = 4 [json_name = "run_id"]',
        'run_id = 4 [json_name = "run_id", (buf.validate.field).required = true]',
      ],
      [
        /json: (?:\/.*: )?run_id is now required$/,
        /\/properties\/run_id: null is no longer accepted$/,
      ],
    ],
    [
      "a new field that is required",
      [
        VALUES,
        "optional int64 size_bytes = 3",
        "string owner = 5 [(buf.validate.field).required = true];\noptional int64 size_bytes = 3",
      ],
      [/json: (?:\/.*: )?owner is now required$/],
    ],
    [
      "another pattern",
      [EVENT, '"^[0-9]+\\\\.[0-9]+\\\\.[0-9]+$"', '"^[0-9]\\\\.[0-9]+\\\\.[0-9]+$"'],
      [/\/properties\/schema_version: pattern has changed$/],
    ],
    [
      "a smaller maximum",
      [EVENT, "lte: 4", "lte: 3"],
      [/\/properties\/data_tier: maximum is now 3, was 4$/],
    ],
    [
      "a larger minimum",
      [EVENT, "      gte: 0\n", "      gte: 1\n"],
      [
        /\/properties\/data_tier: minimum is now 1, was 0$/,
        // Absent means 0.
        /json: data_tier is now required$/,
        /\/properties\/data_tier: null is no longer accepted$/,
      ],
    ],
    [
      "a larger minimum of a 64-bit integer",
      [EVENT, "int64.gte = 0", "int64.gte = 1"],
      [/\/properties\/lamport_clock\/anyOf\/0: minimum is now 1, was 0$/],
    ],
    [
      "a literal that readers of the state do not know",
      [STATE, 'in: ["missing_artifact"]', 'in: ["missing_artifact", "odd"]'],
      [/^schemas\/mission_dossier_state\..*\/properties\/anomaly_type: the literal "odd" is new$/],
    ],
    [
      "a list that must have items now",
      [
        VALUES,
        'source_event_ids = 1 [json_name = "source_event_ids"]',
        'source_event_ids = 1 [json_name = "source_event_ids", (buf.validate.field).repeated.min_items = 1]',
      ],
      [
        /\/properties\/source_event_ids: minItems is now 1, was not set$/,
        /json: (?:\/.*: )?source_event_ids is now required$/,
        /\/properties\/source_event_ids: null is no longer accepted$/,
      ],
    ],
  ];

  let outcome: Outcome;
  let lines: readonly string[];
  beforeAll(async () => {
    outcome = await check(newProject(cases.map(([_change, edit]) => edit)));
    lines = outcome.stderr.trimEnd().split("\n");
  });

  test.for(cases)("%s", ([_change, _edit, complaints]) => {
    for (const complaint of complaints) {
      expect(lines).toContainEqual(expect.stringMatching(complaint));
    }
    expect(outcome.stdout).toBe("");
    expect(outcome.status).toBe(1);
  });

  test("and nothing else", () => {
    const complaints = cases.flatMap((row) => row[2]);
    expect(lines.filter((line) => !complaints.some((complaint) => complaint.test(line)))).toEqual(
      [],
    );
  });

  test.runIf(deep)("a release that is missing, its image and its schemas", async () => {
    const project = newProject();
    project.remove("baseline/schemas");
    project.remove("baseline/contract.binpb");
    const { status, stderr } = await check(project);
    expect(stderr).toMatch(/^baseline\/schemas: no released schema/m);
    expect(stderr).toMatch(/baseline\/contract\.binpb/);
    expect(status).toBe(1);
  });

  test.runIf(deep)(
    "the file of a contract that does not compile, in the words of buf",
    async () => {
      const project = newProject([[VALUES, "message ContentHashRef {", "message {"]]);
      const { status, stderr } = await check(project);
      expect(stderr).toContain("speckitty/dossier/v1/values.proto:");
      expect(stderr).not.toContain("    at ");
      expect(status).toBe(1);
    },
  );
});

// codegen/tightened-rules also tests how looser rules are told from tighter ones.
describe.concurrent("the check for breaking changes lets pass", () => {
  const additions: readonly Edit[] = [
    // A new optional field.
    [
      VALUES,
      "optional string encoding = 4;",
      'optional string encoding = 4;\n  optional string line_ending = 5 [json_name = "line_ending"];',
    ],
    // A new message, required fields and all.
    [
      PAYLOADS,
      "// Two replicas of the dossier no longer agree.\n",
      "message Fresh {\n  string name = 1 [(buf.validate.field).required = true];\n}\n\n// Two replicas.\n",
    ],
    // More literals in payloads alone.
    [PAYLOADS, '"artifact_removed",', '"artifact_removed",\n        "artifact_moved",'],
    // A smaller minimum of a 64-bit integer.
    [EVENT, "int64.gte = 0", "int64.gte = -1"],
    // A larger maximum.
    [EVENT, "lte: 4", "lte: 5"],
    // A field that is no longer required.
    [PAYLOADS, /(?<=optional string indexed_at = 4 \[\n.*),\n.*required = true/, ""],
    // Other comments.
    [VALUES, "// The content of an artifact", "// The bytes of an artifact"],
  ];
  test.runIf(deep)("the contract as it is, and what accepts more", async () => {
    expect(await check(newProject(additions))).toEqual({
      status: 0,
      stdout:
        "Nothing that the released contract accepts is rejected.\nNothing that it rejects is given to consumers.\n",
      stderr: "",
    });
  });

  test.runIf(deep)("what it refused, once that is released, and refuses it no more", async () => {
    const project = newProject([[VALUES, '        "evidence",\n', ""]]);
    const release = await check(project, "--release");
    expect(release).toMatchObject({ status: 0, stderr: "" });
    project.edit(VALUES, "  optional string encoding = 4;\n", "");
    const { status, stderr } = await check(project);
    expect(stderr).toContain('"encoding"');
    expect(stderr).not.toContain('"evidence"');
    expect(status).toBe(1);
  });
});

describe.concurrent("the check for breaking changes holds the later generation by itself", () => {
  const RENAMED: Edit = [VALUES, 'name: "mission_slug"', 'name: "mission_name"'];
  const TIGHTENED: Edit = [EVENT, /(?<=since: "3\.0\.0"\n\s*required: true\n\s*min_len: )1/, "2"];

  test.runIf(deep)("and names a changed name and a tightened rule of it alone", async () => {
    const { status, stderr } = await check(newProjectOfAll(RENAMED, TIGHTENED));
    const lines = stderr.trimEnd().split("\n");
    for (const complaint of [
      /^gen\/proto\/.*\/v3\/values\.proto:.*Field "2" .* changed name from "mission_slug" to "mission_name"\.$/,
      /^schemas\/3\.0\.0\/local_namespace_tuple\.schema\.json: mission_name is now required$/,
      /^schemas\/3\.0\.0\/local_namespace_tuple\..*: \/properties\/mission_slug: nothing is accepted$/,
      /^schemas\/3\.0\.0\/event\.schema\.json: \/properties\/build_id: minLength is now 2, was 1$/,
    ]) {
      expect(lines).toContainEqual(expect.stringMatching(complaint));
    }
    const ofLater = /^(?:gen\/proto\/speckitty\/dossier\/v3|schemas\/3\.0\.0)\//;
    expect(lines.filter((line) => !ofLater.test(line))).toEqual([]);
    expect(status).toBe(1);
  });

  test.runIf(deep)("and its release is made with that of the first", async () => {
    const project = newProjectOfAll(RENAMED);
    expect(await check(project, "--release")).toMatchObject({ status: 0, stderr: "" });
    expect(await check(project)).toMatchObject({ status: 0, stderr: "" });
  });
});
