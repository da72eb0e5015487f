import { pathToFileURL } from "node:url";
import { fromJson, toJson } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import { beforeAll, describe, expect, test } from "vitest";
import type * as validating from "../../src/conformance/validate-event.js";
import type * as library from "../../src/index.js";
import { envelope, indexed } from "../support/examples.js";
import { deep } from "../support/runs.js";
import { Workspace } from "./workspace.js";

const type = "MissionDossierArtifactIndexed";
const LATER = { contract: "3.0.0" } as const;

/** A payload or a state with the names of contract 3.0.0, and the third one. */
function later<T>(json: T): T {
  return JSON.parse(
    JSON.stringify(json)
      .replaceAll('"feature_slug":', '"mission_slug":')
      .replaceAll('"mission_key":', '"mission_type":')
      .replaceAll('"manifest_version":', '"manifest_revision":'),
  );
}

// This generates and compiles the whole project.
describe.runIf(deep)(
  "a third field that one edit in proto/ renames, with no edit under src/,",
  () => {
    const project = Workspace.ofProject();
    let dossier: typeof library;
    let judge: (typeof validating)["validateEvent"];
    let Namespace: GenMessage<library.LocalNamespaceTuple>;

    beforeAll(async () => {
      project.edit(
        "proto/speckitty/dossier/v1/values.proto",
        'json_name = "manifest_version",',
        'json_name = "manifest_version", (changed) = { since: "3.0.0" name: "manifest_revision" },',
      );
      // As `npm run generate` does.
      await project.mustRun("node", "build/codegen/regenerate.js");
      const load = (file: string) => import(pathToFileURL(project.path(file)).href);
      dossier = await load("src/index.ts");
      ({ validateEvent: judge } = await load("src/conformance/validate-event.ts"));
      ({ LocalNamespaceTupleSchema: Namespace } = await load(
        "gen/speckitty/dossier/v3/values_pb.ts",
      ));
    });

    test("is read and written in both names", () => {
      const read = dossier.parsePayload(type, later(indexed));
      expect(read).toEqual(dossier.parsePayload(type, indexed));
      expect(dossier.payloadToJson(read)).toEqual(indexed);
      expect(dossier.payloadToJson(read, LATER)).toEqual(later(indexed));
    });

    test("is reduced from both names to one state, written in either", () => {
      const event = { ...envelope, payload: indexed };
      const state = dossier.reduceMissionDossier([event]);
      expect(dossier.reduceMissionDossier([{ ...event, payload: later(indexed) }])).toEqual(state);
      const json = dossier.stateToJson(state);
      expect(json).toMatchObject({ namespace: { manifest_version: expect.any(String) } });
      expect(dossier.stateToJson(state, LATER)).toEqual(later(json));
    });

    test("is judged by its name in each generation", () => {
      expect(judge(indexed, type)).toMatchObject({ valid: true, contract: "2.4.0" });
      expect(judge(later(indexed), type)).toMatchObject({ valid: true, contract: "3.0.0" });
      const mixed = later(indexed);
      const { manifest_version } = indexed.namespace;
      const namespace = { ...mixed.namespace, manifest_version };
      const { modelViolations } = judge({ ...mixed, namespace }, type);
      expect(modelViolations.map(({ field }) => field)).toContain("namespace.manifest_version");
    });

    test("is in both schemas, both documents and the sources of the later generation", () => {
      const names = (folder: string) => {
        const file = `${folder}/local_namespace_tuple.schema.json`;
        return Object.keys(JSON.parse(project.read(file)).properties);
      };
      expect(names("schemas")).toContain("manifest_version");
      expect(names("schemas")).not.toContain("manifest_revision");
      expect(names("schemas/3.0.0")).toContain("manifest_revision");
      expect(names("schemas/3.0.0")).not.toContain("manifest_version");
      expect(project.read("docs/contract.md")).toContain("`manifest_revision`");
      expect(project.read("gen/proto/speckitty/dossier/v3/values.proto")).toContain(
        'json_name = "manifest_revision"',
      );
    });

    test("is read and written by stock ProtoJSON in the later name", () => {
      const { namespace } = later(indexed);
      expect(toJson(Namespace, fromJson(Namespace, namespace))).toEqual(namespace);
      expect(() => fromJson(Namespace, indexed.namespace)).toThrow("unknown");
    });

    test("is known to the compiler in both names", async () => {
      const consumer = (version: 1 | 3, name: string) =>
        `import type { LocalNamespaceTupleJson } from "./gen/speckitty/dossier/v${version}/contract.js";
export const name: keyof LocalNamespaceTupleJson = "${name}";
`;
      const files = {
        "first.ts": consumer(1, "manifest_version"),
        "later.ts": consumer(3, "manifest_revision"),
        "misuse.ts": consumer(3, "manifest_version"),
      };
      expect(await project.complaintsAbout(files)).toEqual([
        expect.stringMatching(/^misuse\.ts\(2,14\): .*"manifest_version"/),
      ]);
    });
  },
);
