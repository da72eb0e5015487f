import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ARTIFACT_CLASSES } from "../../gen/speckitty/dossier/v1/contract.js";
import { JUDGED_TYPES } from "../../src/conformance/validate-event.js";
import { drift, event, indexed, namespace, withValue } from "../support/examples.js";
import { deep, size } from "../support/runs.js";
import { schemaNames } from "../support/schemas.js";
import {
  DRIFT_SCENARIO,
  HAPPY_PATH,
  lines,
  missionDossier,
  shell,
  startMissionDossier,
  temporaryDirectory,
} from "./command.js";

const INDEXED = "MissionDossierArtifactIndexed";
const files = temporaryDirectory();
const typo = withValue(indexed, "artifact_id.artifact_class", "inputt");

describe.concurrent("validate", () => {
  test("says that all conform, on standard error, and nothing else", async () => {
    expect(await missionDossier(["validate", HAPPY_PATH, DRIFT_SCENARIO])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "11 records judged, all conform\n",
    });
  });

  test("says once that a payload is not an object", async () => {
    const input = JSON.stringify({ ...event(INDEXED, {}), payload: [] });
    const { stdout } = await missionDossier(["validate"], { input });
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringContaining("Event: payload: expected an object, got a list [type]"),
    ]);
    const sarif = await missionDossier(["validate", "--format", "sarif"], { input });
    expect(JSON.parse(sarif.stdout).runs[0].results).toHaveLength(1);
  });

  test.each([{ input: "" }, { input: "\n \n" }, { input: "[]" }])(
    "of $input says that there is nothing to judge, which strict mode does not accept",
    async ({ input }) => {
      const stderr = "nothing to judge: the input has no records\n";
      for (const [args, code] of [
        [[], 0],
        [["--strict"], 1],
        [["--format", "json", "--strict"], 1],
      ] as const) {
        const run = await missionDossier(["validate", ...args], { input });
        expect(run).toMatchObject({ code, stdout: "", stderr });
      }
    },
  );

  test("of nothing is a SARIF report without results", async () => {
    const { code, stdout } = await missionDossier(["validate", "-f", "sarif"], { input: "" });
    expect(JSON.parse(stdout).runs[0].results).toEqual([]);
    expect(code).toBe(0);
  });

  test("shows each violation on a line: file, line, event, field, expectation, found, meant", async () => {
    const bad = event(INDEXED, { ...typo, indexed_at: 7 });
    const good = event(INDEXED, indexed);
    const file = files.write("events.jsonl", lines(good, bad));
    const { code, stdout, stderr } = await missionDossier(["validate", file]);
    expect(stdout.split("\n")).toEqual([
      `${file}:2: ${bad["event_id"]} ${INDEXED}: indexed_at: expected a string, got 7 [type]`,
      `${file}:2: ${bad["event_id"]} ${INDEXED}: artifact_id.artifact_class: must be in list [${ARTIFACT_CLASSES.join(", ")}], got "inputt" (did you mean "input"?) [string.in]`,
      "",
    ]);
    expect(stderr).toBe("2 records judged, 1 not conforming\n");
    expect(code).toBe(1);
  });

  test("judges the envelope first, and each event on its own", async () => {
    const input = lines(
      { ...event(INDEXED, typo), lamport_clock: -1 },
      event("MissionDossierParityDriftDetected", drift),
      "no event",
      event("WorkPackageMoved", { anything: 1 }),
    );
    const { stdout, stderr } = await missionDossier(["validate", "-"], {
      input: `${input}{oops\n`,
    });
    expect(
      stdout.split("\n").map((line) => line.replace(/^standard input:|: must .*| got .*/g, "")),
    ).toEqual([
      expect.stringMatching(/^1: [0-9A-Z]{26} Event: lamport_clock$/),
      expect.stringMatching(
        /^1: [0-9A-Z]{26} MissionDossierArtifactIndexed: artifact_id.artifact_class$/,
      ),
      "3: Event: expected an object,",
      expect.stringMatching(/^5: Event: not JSON: .* \[json\]$/),
      "",
    ]);
    expect(stderr).toBe("5 records judged, 3 not conforming\n");
  });

  test("takes payloads of a type: a document of many lines, lines, or an array", async () => {
    for (const input of [
      JSON.stringify(typo, null, 2),
      JSON.stringify(typo),
      JSON.stringify([typo]),
    ]) {
      const { code, stdout } = await missionDossier(["validate", "--type", INDEXED], { input });
      expect(stdout).toMatch(
        /^standard input:1:(?: item 1:)? MissionDossierArtifactIndexed: artifact_id/,
      );
      expect(code).toBe(1);
    }
    const input = JSON.stringify(indexed, null, 2);
    expect((await missionDossier(["validate", "-t", INDEXED], { input })).code).toBe(0);
  });

  test("reports unknown fields only when it is strict, with the name that was meant", async () => {
    const input = lines(event(INDEXED, { ...indexed, step_idd: "plan" }));
    expect((await missionDossier(["validate"], { input })).code).toBe(0);
    const { code, stdout } = await missionDossier(["validate", "--strict"], { input });
    expect(stdout).toContain(
      'step_idd: the contract has no such field, got "plan" (did you mean "step_id"?) [unknown_field]',
    );
    expect(code).toBe(1);
  });

  test("names the misspelled field where the right one is missing", async () => {
    const { artifact_id, ...rest } = indexed;
    const input = lines({ ...rest, artefact_id: artifact_id });
    const { stdout } = await missionDossier(["validate", "--type", INDEXED], { input });
    expect(stdout).toContain(
      'artifact_id: value is required (did you misspell it as "artefact_id"?) [required]',
    );
  });

  test("says of the flat payload of an earlier producer where its values belong", async () => {
    const flat = { namespace, relative_path: "a", content_hash_sha256: "b", indexed_at: "c" };
    const { stdout } = await missionDossier(["validate"], { input: lines(event(INDEXED, flat)) });
    expect(stdout).toMatch(
      / MissionDossierArtifactIndexed: this is the flat payload of an earlier producer: .* \(content_hash_sha256 belongs in content_ref\.hash, relative_path belongs in artifact_id\.path\) \[flat_artifact_indexed\]\n/,
    );
  });

  test("names the item of an array in JSON, and has no id in SARIF where there is none", async () => {
    const input = JSON.stringify([event(INDEXED, indexed), { lamport_clock: 1 }]);
    const json = await missionDossier(["validate", "--format", "json"], { input });
    const verdicts = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(verdicts.at(-1)).toMatchObject({ line: 1, item: 2, valid: false });
    expect(verdicts.at(-1)).not.toHaveProperty("eventId");
    const sarif = await missionDossier(["validate", "--format", "sarif"], { input });
    const { results } = JSON.parse(sarif.stdout).runs[0];
    expect(results).not.toEqual([]);
    expect(results.filter((result: object) => "properties" in result)).toEqual([]);
  });

  test("prints the verdicts as JSON, one a line, envelope and payload each", async () => {
    const input = `${lines(event(INDEXED, typo))}{oops\n`;
    const { code, stdout } = await missionDossier(["validate", "--format", "json"], { input });
    const verdicts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(verdicts).toMatchObject([
      {
        file: "standard input",
        line: 1,
        eventType: "Event",
        valid: true,
        modelViolations: [],
        schemaViolations: [],
      },
      {
        line: 1,
        eventType: INDEXED,
        valid: false,
        schemaCheckSkipped: false,
        modelViolations: [
          { field: "artifact_id.artifact_class", violationType: "string.in", inputValue: "inputt" },
        ],
        schemaViolations: [{ jsonPath: "$.artifact_id.artifact_class", validator: "enum" }],
      },
      { line: 2, eventType: "Event", valid: false, modelViolations: [{ violationType: "json" }] },
    ]);
    expect(code).toBe(1);
  });

  test("closes a SARIF report when a file cannot be read, or it is interrupted", async () => {
    const args = ["validate", "--format", "sarif"];
    const file = files.write("typo.jsonl", lines(event(INDEXED, typo)));
    const missing = await missionDossier([...args, file, "nowhere.jsonl"]);
    expect(missing.code).toBe(2);
    const run = startMissionDossier([...args, file, "-"]);
    await run.printed("ruleId");
    run.interrupt();
    const interrupted = await run.ended;
    for (const { stdout } of [missing, interrupted]) {
      expect(JSON.parse(stdout).runs[0]).toMatchObject({
        results: [{ ruleId: "string.in" }],
        invocations: [{ executionSuccessful: false }],
        tool: { driver: { rules: [{ id: "string.in" }] } },
      });
    }
  });

  test("cannot tell whether all conform if its reader stops", async () => {
    const many = Array.from({ length: 5000 }, () => event(INDEXED, indexed));
    const file = files.write("many.jsonl", lines(...many));
    const line = `{ CLI validate -f json "${file}"; echo "exit $?" >&2; } | head -n 1`;
    const { stderr } = await shell(line);
    expect(stderr).toMatch(
      /^\d+ records? judged, cannot tell whether all conform; stopped: the output cannot be written\nexit 4\n$/,
    );
  });

  test("prints a SARIF report that points at the lines", async () => {
    const file = files.write("a b.jsonl", lines(event(INDEXED, indexed), event(INDEXED, typo)));
    const { code, stdout } = await missionDossier(["validate", "--format", "sarif", file]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: "2.1.0",
      runs: [{ tool: { driver: { name: "mission-dossier", rules: [{ id: "string.in" }] } } }],
    });
    expect(report.runs[0].results).toMatchObject([
      {
        ruleId: "string.in",
        ruleIndex: 0,
        level: "error",
        message: { text: expect.stringContaining('did you mean "input"?') },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: file.replace(" ", "%20") },
              region: { startLine: 2 },
            },
            logicalLocations: [{ fullyQualifiedName: `${INDEXED}.artifact_id.artifact_class` }],
          },
        ],
      },
    ]);
    expect(code).toBe(1);
    const clean = await missionDossier(["validate", "--format", "sarif", HAPPY_PATH]);
    expect(JSON.parse(clean.stdout).runs[0].results).toEqual([]);
    expect(clean.code).toBe(0);
  });

  test.each([
    [
      ["--type", "MissionDosierArtifactIndexed"],
      "no event type MissionDosierArtifactIndexed (did you mean MissionDossierArtifactIndexed?)",
    ],
    [["--type", "zebra"], `no event type zebra (known: ${JUDGED_TYPES.join(", ")})`],
    [["no-such-file.jsonl"], "cannot read no-such-file.jsonl: no such file or directory"],
    [["--format", "xml"], "argument 'xml' is invalid"],
  ])("misuse: %j", async (args, message) => {
    const { code, stdout, stderr } = await missionDossier(["validate", ...args]);
    expect(stderr).toContain(`mission-dossier: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe.concurrent("schema", () => {
  test("lists the schemas", async () => {
    const { code, stdout } = await missionDossier(["schema"]);
    expect(stdout.trimEnd().split("\n")).toEqual(schemaNames);
    expect(code).toBe(0);
  });

  test("prints one, byte for byte", async () => {
    const { code, stdout } = await missionDossier(["schema", "event"]);
    const file = new URL("../../schemas/event.schema.json", import.meta.url);
    expect(stdout).toBe(readFileSync(file, "utf8"));
    expect(code).toBe(0);
  });

  test.each([
    ["evnt", "no schema evnt (did you mean event?)"],
    ["zebra", `no schema zebra (known: ${schemaNames.join(", ")})`],
    ["../package", "no schema ../package (known: "],
  ])("knows no %s", async (name, message) => {
    const { code, stdout, stderr } = await missionDossier(["schema", name]);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("validate, of what is more than one call or one text can take", () => {
  test("goes on after a payload that is nested very deep", async () => {
    const nested = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const input = `${JSON.stringify({ ...event(INDEXED, indexed), payload: "@" }).replace('"@"', nested)}\n{}\n`;
    const { code, stdout, stderr } = await missionDossier(["validate", "-f", "json"], { input });
    expect(stderr).toBe("2 records judged, 2 not conforming\n");
    expect(code).toBe(1);
    for (const line of stdout.trimEnd().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({ valid: false });
    }
  });

  test("reports the first ones of very many violations of one record", async () => {
    const context_diagnostics = Object.fromEntries(
      Array.from({ length: deep ? 150_000 : 50_001 }, (_, index) => [`k${index}`, index]),
    );
    const input = JSON.stringify(event(INDEXED, { ...indexed, context_diagnostics }));
    const { code, stdout, stderr } = await missionDossier(["validate", "-f", "sarif"], { input });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "1 record judged, 1 not conforming\n" });
    const { results } = JSON.parse(stdout).runs[0];
    expect(results).toHaveLength(10_001);
    expect(results.at(-1)).toMatchObject({ ruleId: "more" });
  });

  test("prints a piece of a path, of an id and of an argument", async () => {
    const long = "x".repeat(size(1_000_000));
    const payload = { ...indexed, context_diagnostics: { [long]: 1 } };
    const input = JSON.stringify({ ...event(INDEXED, payload), event_id: long });
    const runs = await Promise.all([
      missionDossier(["validate"], { input }),
      missionDossier(["validate", "-f", "sarif"], { input }),
      missionDossier(["reduce"], { input: JSON.stringify(event(INDEXED, payload)) }),
      missionDossier(["schema", long.slice(0, 100_000)]),
      missionDossier(["validate", "--type", long.slice(0, 100_000)]),
    ]);
    for (const { stdout, stderr } of runs) {
      const lines = `${stdout}\n${stderr}`.split("\n");
      const text = lines.filter((line) => !line.includes('"eventId"')).join("\n");
      expect(text).toContain("xxx");
      expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThan(1000);
    }
  });
});
