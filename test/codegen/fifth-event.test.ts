import { beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "./workspace.js";

const PAYLOADS = "proto/speckitty/dossier/v1/payloads.proto";

/** The one edit that adds an event to the contract. */
const FIFTH_PAYLOAD = `
// An artifact was removed on purpose.
message MissionDossierArtifactRemovedPayload {
  option (event_type) = "MissionDossierArtifactRemoved";

  // The dossier that held the artifact.
  LocalNamespaceTuple namespace = 1 [(buf.validate.field).required = true];

  // The artifact that was removed.
  ArtifactIdentity artifact_id = 2 [
    json_name = "artifact_id",
    (buf.validate.field).required = true
  ];

  // Why it was removed.
  string removal_reason = 3 [
    json_name = "removal_reason",
    (buf.validate.field).required = true,
    (buf.validate.field).string = {
      in: [
        "obsolete",
        "mistaken"
      ]
    }
  ];
}
`;

const namespace = {
  project_uuid: "p",
  feature_slug: "f",
  target_branch: "main",
  mission_key: "m",
  manifest_version: "1",
};
const artifact_id = { mission_key: "m", path: "old.md", artifact_class: "input" };
const valid = { namespace, artifact_id, removal_reason: "obsolete" };
const invalid = { namespace, artifact_id, removal_reason: "obsolette" };
const envelope = (digit: number, payload: unknown) => ({
  event_id: `0000000000000000000000000${digit}`,
  event_type: "MissionDossierArtifactRemoved",
  aggregate_id: "mission/1",
  timestamp: "2026-03-02T09:14:07Z",
  node_id: "n",
  lamport_clock: digit,
  project_uuid: "3f2c8a4e-0b1d-4c5e-9f00-a1b2c3d4e5f6",
  correlation_id: "00000000000000000000000000",
  payload,
});

describe("an event that is added in proto/ and generated, with no edit under src/,", () => {
  const project = Workspace.ofProject();
  let known: { readonly [fact: string]: unknown };

  beforeAll(async () => {
    project.write(PAYLOADS, `${project.read(PAYLOADS)}${FIFTH_PAYLOAD}`);
    // As `npm run generate` does.
    await project.mustRun("node", "build/codegen/regenerate.js");
    await project.mustRun("tsc", "--project", "tsconfig.build.json");
    project.write(
      "probe.js",
      `import * as dossier from "./dist/src/index.js";

const { parsePayload, payloadToJson, reduceMissionDossier, reduceWithReport } = dossier;
const type = dossier.MISSION_DOSSIER_ARTIFACT_REMOVED;
const [valid, invalid] = ${JSON.stringify([valid, invalid])};
const [first, second] = ${JSON.stringify([envelope(1, valid), envelope(2, invalid)])};
let rejection;
try {
  parsePayload(type, invalid);
} catch (error) {
  rejection = { name: error.name, violations: error.violations };
}
const { state, skipped } = reduceWithReport([first, second]);
console.log(
  JSON.stringify({
    type,
    eventTypes: dossier.DOSSIER_EVENT_TYPES,
    isKnown: dossier.isDossierEventType(type),
    literals: dossier.REMOVAL_REASONS,
    typeName: dossier.PAYLOAD_SCHEMAS[type].typeName,
    parsed: parsePayload(type, valid),
    written: payloadToJson(parsePayload(type, valid)),
    rejection,
    counted: reduceMissionDossier([first]).eventCount,
    namespace: reduceMissionDossier([first]).namespace?.projectUuid,
    countedWithSkipped: state.eventCount,
    skipped,
  }),
);
`,
    );
    known = JSON.parse(await project.mustRun("node", "probe.js"));
  });

  test("has a constant, and is the last of all event types", () => {
    expect(known).toMatchObject({
      type: "MissionDossierArtifactRemoved",
      isKnown: true,
      eventTypes: [
        "MissionDossierArtifactIndexed",
        "MissionDossierArtifactMissing",
        "MissionDossierSnapshotComputed",
        "MissionDossierParityDriftDetected",
        "MissionDossierArtifactRemoved",
      ],
    });
  });

  test("has the literals of its vocabulary", () => {
    expect(known["literals"]).toEqual(["obsolete", "mistaken"]);
  });

  test("has a payload in the registry", () => {
    expect(known["typeName"]).toBe("speckitty.dossier.v1.MissionDossierArtifactRemovedPayload");
  });

  test("has a JSON Schema", () => {
    const text = project.read("schemas/mission_dossier_artifact_removed_payload.schema.json");
    expect(JSON.parse(text)).toMatchObject({
      $id: "spec-kitty-events/mission_dossier_artifact_removed_payload",
      description: "An artifact was removed on purpose.",
      properties: {
        removal_reason: {
          description: "Why it was removed.",
          type: "string",
          enum: ["obsolete", "mistaken"],
        },
      },
      required: ["namespace", "artifact_id", "removal_reason"],
    });
  });

  test("has a payload that is read and written", () => {
    expect(known).toMatchObject({
      parsed: { removalReason: "obsolete", artifactId: { path: "old.md" } },
      written: valid,
    });
  });

  test("has a payload whose wrong literal is rejected by the name of its field", () => {
    expect(known["rejection"]).toMatchObject({
      name: "InvalidMessageError",
      violations: [
        { field: "removal_reason", violationType: "string.in", inputValue: "obsolette" },
      ],
    });
  });

  test("is counted by the reducer, and gives it the namespace", () => {
    expect(known).toMatchObject({ counted: 1, namespace: "p" });
  });

  test("is counted and listed as skipped when its payload is malformed", () => {
    expect(known).toMatchObject({
      countedWithSkipped: 2,
      skipped: [
        {
          position: 1,
          eventId: "00000000000000000000000002",
          eventType: "MissionDossierArtifactRemoved",
          violations: [{ field: "removal_reason" }],
        },
      ],
    });
  });

  test("is known to the compiler", async () => {
    const consumer = (literal: string) => `import {
  type DossierEventType,
  MISSION_DOSSIER_ARTIFACT_REMOVED,
  type MissionDossierArtifactRemovedPayloadJson,
  parsePayload,
  type RemovalReason,
} from "./dist/src/index.js";

const reason: RemovalReason = "${literal}";
const type: DossierEventType = MISSION_DOSSIER_ARTIFACT_REMOVED;
export const json = { removal_reason: reason } satisfies Partial<MissionDossierArtifactRemovedPayloadJson>;
export const path: string = parsePayload(MISSION_DOSSIER_ARTIFACT_REMOVED, json).artifactId.path;
export const types = [type];
`;
    project.write(
      "tsconfig.json",
      '{ "extends": "./tsconfig.base.json", "compilerOptions": { "noEmit": true }, "files": ["use.ts"] }',
    );
    project.write("use.ts", consumer("mistaken"));
    await project.mustRun("tsc", "--project", "tsconfig.json");
    project.write("use.ts", consumer("mistakn"));
    const { stdout } = await project.run("tsc", "--project", "tsconfig.json", "--pretty", "false");
    expect(stdout.trim().split(/\n(?=\S)/)).toEqual([
      expect.stringMatching(/^use\.ts\(9,7\): .*"mistakn"/),
    ]);
  });
});
