import { pathToFileURL } from "node:url";
import type { JsonObject } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import type * as library from "../../src/index.js";
import { DOSSIER_EVENT_TYPES, type DossierEventType } from "../../src/index.js";
import { deep } from "../support/runs.js";
import { PROJECT, Workspace } from "./workspace.js";

const PAYLOADS = "proto/speckitty/dossier/v1/payloads.proto";

/** The one edit that adds an event to the contract. */
const FIFTH_PAYLOAD = `
// An artifact was removed on purpose.
message MissionDossierArtifactRemovedPayload {
  option (event_type) = "MissionDossierArtifactRemoved";
  option (closed_since) = "3.0.0";

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
const envelope = (digit: number, payload: JsonObject) => ({
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

const type = "MissionDossierArtifactRemoved";

// This generates, compiles and tests the whole project; codegen/contract-module and
// codegen/event-types test the same on contracts of a few lines.
describe.runIf(deep)(
  "an event that is added in proto/ and generated, with no edit under src/,",
  () => {
    const project = Workspace.ofProject();
    let dossier: typeof library & { readonly [name: string]: unknown };

    beforeAll(async () => {
      project.write(PAYLOADS, `${project.read(PAYLOADS)}${FIFTH_PAYLOAD}`);
      // As `npm run generate` does.
      await project.mustRun("node", "build/codegen/regenerate.js");
      dossier = await import(pathToFileURL(project.path("src/index.ts")).href);
    });

    /** The library with the new event. The compiler knows only the one without. */
    const parse = (json: unknown) => dossier.parsePayload(type as DossierEventType, json);

    test("has a constant, and is the last of all event types", () => {
      expect(dossier["MISSION_DOSSIER_ARTIFACT_REMOVED"]).toBe(type);
      expect(dossier.DOSSIER_EVENT_TYPES).toEqual([...DOSSIER_EVENT_TYPES, type]);
      expect(dossier.isDossierEventType(type)).toBe(true);
    });

    test("has the literals of its vocabulary", () => {
      expect(dossier["REMOVAL_REASONS"]).toEqual(["obsolete", "mistaken"]);
    });

    test("has a payload in the registry", () => {
      expect(dossier.PAYLOAD_SCHEMAS).toHaveProperty(
        [type, "typeName"],
        `speckitty.dossier.v1.${type}Payload`,
      );
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
      expect(parse(valid)).toMatchObject({
        removalReason: "obsolete",
        artifactId: { path: "old.md" },
      });
      expect(dossier.payloadToJson(parse(valid))).toEqual(valid);
    });

    test("has a payload whose wrong literal is rejected by the name of its field", () => {
      expect(() => parse(invalid)).toThrow(
        expect.objectContaining({
          name: "InvalidMessageError",
          violations: [
            expect.objectContaining({
              field: "removal_reason",
              violationType: "string.in",
              inputValue: "obsolette",
            }),
          ],
        }),
      );
    });

    test("is counted by the reducer, gives it the namespace, and is skipped when malformed", () => {
      const { state, skipped } = dossier.reduceWithReport([
        envelope(1, valid),
        envelope(2, invalid),
      ]);
      expect(state).toMatchObject({ eventCount: 2, namespace: { projectUuid: "p" } });
      expect(skipped).toMatchObject([
        {
          position: 1,
          eventId: "00000000000000000000000002",
          eventType: type,
          violations: [{ field: "removal_reason" }],
        },
      ]);
    });

    test("is known to the compiler", async () => {
      const consumer = (literal: string) => `import {
  type DossierEventType,
  MISSION_DOSSIER_ARTIFACT_REMOVED,
  type MissionDossierArtifactRemovedPayloadJson,
  parsePayload,
  type RemovalReason,
} from "./src/index.js";

const reason: RemovalReason = "${literal}";
const type: DossierEventType = MISSION_DOSSIER_ARTIFACT_REMOVED;
export const json = { removal_reason: reason } satisfies Partial<MissionDossierArtifactRemovedPayloadJson>;
export const path: string = parsePayload(MISSION_DOSSIER_ARTIFACT_REMOVED, json).artifactId.path;
export const types = [type];
`;
      const files = { "use.ts": consumer("mistaken"), "misuse.ts": consumer("mistakn") };
      expect(await project.complaintsAbout(files)).toEqual([
        expect.stringMatching(/^misuse\.ts\(9,7\): .*"mistakn"/),
      ]);
    });

    test("asks for its rules, its fixtures and its example, and says where they go", async () => {
      const files = [
        "event/model/rules",
        "conformance/fixture-coverage",
        "codegen/contract-page",
      ].map((name) => `test/${name}.test.ts`);
      for (const path of ["test/support", ...files]) {
        project.copy(`${PROJECT}/${path}`, path);
      }
      const args = ["run", "--reporter=json", "--outputFile=report.json", ...files];
      expect(await project.run("vitest", ...args)).toMatchObject({ status: 1 });
      const { testResults }: Report = JSON.parse(project.read("report.json"));
      const asked = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .flatMap(({ failureMessages }) => failureMessages)
        .flatMap((message) => message.replace(/\n {4}at [\s\S]*/, "").split("\n"));
      expect(new Set(asked)).toEqual(
        new Set([
          "AssertionError: To be added to the table `contract` of test/event/model/rules.test.ts:",
          `- speckitty.dossier.v1.${type}Payload: a valid example, and the rules of namespace, artifact_id, removal_reason`,
          "AssertionError: To be added to fixtures/boundary and fixtures/manifest.json:",
          `- a valid case of ${type}`,
          ...["namespace", "artifact_id", "removal_reason"].flatMap((field) => [
            `- a case that is invalid because of ${type}Payload.${field}, and of nothing else`,
            `- an invalid case that breaks the rule required of ${type}Payload.${field}, and nothing else`,
          ]),
          `- an invalid case that breaks the rule string.in of ${type}Payload.removal_reason, and nothing else`,
          `- a valid case in which ${type}Payload.removal_reason is "obsolete"`,
          `- a valid case in which ${type}Payload.removal_reason is "mistaken"`,
          `Error: ${type}: add a valid case to fixtures/, and run \`npm run generate\``,
        ]),
      );
    });
  },
);

/** The parts of vitest's report that matter here. */
type Report = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[];
  }[];
};
