import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOSSIER_EVENT_TYPES } from "../../src/index.js";
import { cases, deep } from "../support/runs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The package as its users get it: packed, and installed into an empty folder.
// Packing and installing take most of a minute.
describe.runIf(deep)("the installed package", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-installed-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const quiet = { encoding: "utf8", stdio: "pipe" } as const;
    const pack = ["pack", "--ignore-scripts", "--pack-destination", folder];
    execFileSync("npm", pack, { cwd: root, ...quiet });
    const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "";
    writeFileSync(join(folder, "package.json"), '{"type": "module", "private": true}');
    execFileSync("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`], {
      cwd: folder,
      ...quiet,
    });
  });

  function evaluate(script: string): unknown {
    writeFileSync(join(folder, "script.js"), script);
    const output = execFileSync("node", ["script.js"], { cwd: folder, encoding: "utf8" });
    return JSON.parse(output);
  }

  test("loads the fixtures, both streams and a schema, validates and reduces", () => {
    expect(
      evaluate(`
        import { createRequire } from "node:module";
        import { reduceMissionDossier } from "mission-dossier";
        import { loadFixtures, loadReplayStream, loadReducerOutput, validateEvent } from "mission-dossier/conformance";
        const schema = createRequire(import.meta.url)("mission-dossier/schemas/event.schema.json");
        const cases = loadFixtures("dossier");
        const states = ["dossier-replay-happy-path", "dossier-replay-drift-scenario"].map((id) =>
          reduceMissionDossier(loadReplayStream(id)).parityStatus);
        console.log(JSON.stringify({
          cases: cases.length,
          asExpected: cases.filter((one) => validateEvent(one.payload, one.eventType).valid === one.expectedValid).length,
          states,
          expected: JSON.parse(loadReducerOutput("dossier-replay-happy-path")).event_count,
          schema: schema.$id,
        }));`),
    ).toEqual({
      cases: 13,
      asExpected: 13,
      states: ["clean", "drifted"],
      expected: 6,
      schema: "spec-kitty-events/event",
    });
  });

  test("runs its command", () => {
    const command = join(folder, "node_modules/.bin/mission-dossier");
    const { status, stdout } = spawnSync(command, ["conformance"], { encoding: "utf8" });
    expect(stdout).toMatch(/^dossier +13 +13 +0$/m);
    expect(status).toBe(0);
  });

  const consumer = `
    import { type ArtifactClass, type EventJson, type MissionDossierState, MISSION_DOSSIER_ARTIFACT_INDEXED, NamespaceMixedStreamError, parsePayload, reduceMissionDossier } from "mission-dossier";
    import { loadFixtures, type ValidationResult, validateEvent } from "mission-dossier/conformance";
    import { EventSchema } from "mission-dossier/gen/speckitty/dossier/v1/event_pb.js";
    const events: EventJson[] = [];
    const state: MissionDossierState = reduceMissionDossier(events, { namespaceScope: "mission" });
    const first: string | undefined = state.artifacts.get("spec.md")?.identity.path;
    const path: string = parsePayload(MISSION_DOSSIER_ARTIFACT_INDEXED, {}).artifactId.path;
    const result: ValidationResult = validateEvent({}, MISSION_DOSSIER_ARTIFACT_INDEXED, { strict: true });
    const classes: ArtifactClass[] = ["input"];
    export { classes, EventSchema, first, loadFixtures, NamespaceMixedStreamError, path, result };
  `;

  const settings = [
    ["node16", "node16"],
    ["esnext", "bundler"],
  ] as const;
  test.each(cases(settings, 1))(
    "type-checks in a strict consumer, module %s, resolution %s",
    (module, resolution) => {
      writeFileSync(join(folder, "consumer.ts"), consumer);
      const options = [
        "--strict",
        "--exactOptionalPropertyTypes",
        "--target",
        "es2022",
        "--noEmit",
      ];
      const modules = ["--module", module, "--moduleResolution", resolution];
      const tsc = join(root, "node_modules/.bin/tsc");
      const check = (file: string) =>
        spawnSync(tsc, [...options, ...modules, file], { cwd: folder, encoding: "utf8" });
      expect(check("consumer.ts").stdout).toBe("");
      writeFileSync(join(folder, "wrong.ts"), consumer.replace('["input"]', '["inputs"]'));
      expect(check("wrong.ts").stdout).toContain('"inputs"');
    },
  );

  test("can be required by CommonJS modules, in JavaScript and in TypeScript", () => {
    const script = `
      import { DOSSIER_EVENT_TYPES, type GivenEvent, reduceMissionDossier } from "mission-dossier";
      import conformance = require("mission-dossier/conformance");
      const events: readonly GivenEvent[] = conformance.loadReplayStream("dossier-replay-happy-path");
      console.log(JSON.stringify([DOSSIER_EVENT_TYPES.length, reduceMissionDossier(events).parityStatus]));
    `;
    writeFileSync(join(folder, "consumer.cts"), script);
    const tsc = join(root, "node_modules/.bin/tsc");
    const options = ["--strict", "--module", "nodenext", "--types", "node"];
    const types = ["--typeRoots", join(root, "node_modules/@types")];
    const compiled = spawnSync(tsc, [...options, ...types, "consumer.cts"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(compiled.stdout).toBe("");
    expect(readFileSync(join(folder, "consumer.cjs"), "utf8")).toContain(
      'require("mission-dossier")',
    );
    const output = execFileSync("node", ["consumer.cjs"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(output)).toEqual([DOSSIER_EVENT_TYPES.length, "clean"]);
  });

  // Only what the package itself depends on is installed, and no compiler finds that by name.
  test("needs no other package by name, in the types of a consumer or at run time", () => {
    const own = `
      import { createEvent, type DossierEventJson, eventToJson, type JsonOfPayload, LamportClock, parsePayload, payloadToJson, safeParseEvent, stateToJson, reduceMissionDossier } from "mission-dossier";
      export const clock = new LamportClock();
      const namespace = { project_uuid: "p", feature_slug: "f", target_branch: "main", mission_key: "m", manifest_version: "1" };
      const artifact_id = { mission_key: "m", path: "spec.md", artifact_class: "input" } as const;
      const content_ref = { hash: "00", algorithm: "sha256" } as const;
      const payload = { namespace, artifact_id, content_ref, indexed_at: "2026-03-02T09:14:07Z" };
      const envelope = { aggregate_id: "a", node_id: "n", lamport_clock: clock.tick(), project_uuid: "3f2c8a4e-0b1d-4c5e-9f00-a1b2c3d4e5f6" };
      export const event = createEvent("MissionDossierArtifactIndexed", payload, envelope);
      const typed: DossierEventJson["event_type"] = event.event_type;
      const read = safeParseEvent(event);
      const parsed = parsePayload("MissionDossierArtifactIndexed", payload);
      export const written: JsonOfPayload<typeof parsed> = payloadToJson(parsed);
      const state = reduceMissionDossier([event]);
      console.log(JSON.stringify([typed, read.success, stateToJson(state).parity_status, state.artifacts.size]));
      export { eventToJson };
    `;
    writeFileSync(join(folder, "own.ts"), own);
    const tsc = join(root, "node_modules/.bin/tsc");
    const options = ["--strict", "--declaration", "--target", "es2022", "--module", "nodenext"];
    const compiled = spawnSync(tsc, [...options, "own.ts"], { cwd: folder, encoding: "utf8" });
    expect(compiled.stdout).toBe("");
    // Declarations that are inferred must name this package only.
    expect(readFileSync(join(folder, "own.d.ts"), "utf8")).not.toContain("@bufbuild");
    const output = execFileSync("node", ["own.js"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(output)).toEqual(["MissionDossierArtifactIndexed", true, "unknown", 1]);
  });

  test("is as large as the README says", () => {
    const [tarball = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
    const kilobytes = readFileSync(join(folder, tarball)).length / 1000;
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, stated = ""] = /about ([0-9]+) kB packed/.exec(readme) ?? [];
    expect(Math.abs(kilobytes - Number(stated))).toBeLessThan(25);
  });
});
