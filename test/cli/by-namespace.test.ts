import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJsonString } from "../../src/index.js";
import { event, payloads, withValue } from "../support/examples.js";
import {
  DRIFT_SCENARIO,
  HAPPY_PATH,
  lines,
  missionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const clean = readFileSync(HAPPY_PATH, "utf8").trimEnd().split("\n");
const drifted = readFileSync(DRIFT_SCENARIO, "utf8").trimEnd().split("\n");
const {
  MissionDossierArtifactIndexed: indexed,
  MissionDossierParityDriftDetected: drift,
  MissionDossierSnapshotComputed: snapshot,
} = payloads;

/** The line of a state. */
function stateLine(texts: readonly string[]): string {
  return `${stateToJsonString(reduceMissionDossier(texts.map((text) => JSON.parse(text))))}\n`;
}

/** Lines in turns, as they come when missions run side by side. */
function interleaved(...streams: (readonly string[])[]): string {
  const longest = Math.max(...streams.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => streams.flatMap((each) => each[index] ?? []))
    .flat()
    .map((line) => `${line}\n`)
    .join("");
}

describe.concurrent("reduce --by-namespace", () => {
  test.each([
    { order: "clean first", streams: [clean, drifted] },
    { order: "drifted first", streams: [drifted, clean] },
  ])("prints a line for each mission, in order of first appearance: $order", async (row) => {
    const { order, streams } = row;
    const file = files.write(`${order}.jsonl`, interleaved(...streams));
    expect(await missionDossier(["reduce", "--by-namespace", file])).toMatchObject({
      code: 0,
      stdout: streams.map(stateLine).join(""),
      stderr: "",
    });
  });

  test.each([
    { from: "two files", args: [DRIFT_SCENARIO, HAPPY_PATH] },
    {
      from: "two files, with --format json",
      args: ["--format", "json", DRIFT_SCENARIO, HAPPY_PATH],
    },
    {
      from: "one array",
      args: [files.write("array.json", `[${[...drifted, ...clean]}]`)],
    },
    {
      from: "a file in which every line is twice",
      args: [DRIFT_SCENARIO, HAPPY_PATH, HAPPY_PATH, DRIFT_SCENARIO],
    },
  ])("reads $from", async ({ args }) => {
    expect(await missionDossier(["reduce", "--by-namespace", ...args])).toMatchObject({
      code: 0,
      stdout: stateLine(drifted) + stateLine(clean),
      stderr: "",
    });
  });

  test("gives of each mission what reduce gives for its events alone", async () => {
    const { stdout } = await missionDossier([
      "reduce",
      "--by-namespace",
      HAPPY_PATH,
      DRIFT_SCENARIO,
    ]);
    const alone = [HAPPY_PATH, DRIFT_SCENARIO].map((file) =>
      missionDossier(["reduce", "--format", "json", file]),
    );
    const states = (await Promise.all(alone)).map((run) => JSON.parse(run.stdout));
    expect(stdout.trimEnd().split("\n")).toEqual(states.map((state) => JSON.stringify(state)));
  });

  test.each([
    { what: "nothing", input: "", stderr: "" },
    {
      what: "events of other types",
      input: lines(event("SomethingElse", { namespace: 7 })),
      stderr: "no dossier event among 1 record\n",
    },
  ])("prints no state for $what", async ({ input, stderr }) => {
    const run = await missionDossier(["reduce", "--by-namespace", "--strict"], { input });
    expect(run).toMatchObject({ code: 0, stdout: "", stderr });
  });

  test.each([{ format: "text" }, { format: "binary" }])(
    "does not go with --format $format, whatever the input",
    async ({ format }) => {
      const args = ["reduce", "--by-namespace", "--format", format, "nowhere.jsonl"];
      expect(await missionDossier(args)).toMatchObject({
        code: 2,
        stdout: "",
        stderr: `mission-dossier: --by-namespace prints JSON Lines, not --format ${format}\n`,
      });
    },
  );
});

describe.concurrent("--by-namespace and what is not in the states", () => {
  const nowhere = event("MissionDossierArtifactIndexed", withValue(indexed, "namespace", null));
  const malformed = event(
    "MissionDossierSnapshotComputed",
    withValue(snapshot, "namespace.mission_key", ""),
  );
  const draft = withValue(indexed, "artifact_id.artifact_class", "draft");
  const rejected = event("MissionDossierArtifactIndexed", draft);
  const file = files.write(
    "left-out.jsonl",
    `${lines(nowhere, rejected)}\n${lines(malformed)}${drifted.join("\n")}\n`,
  );
  const reported = [
    new RegExp(`^${file}:1: payload skipped \\(event ${nowhere["event_id"]}, .*\\)$`),
    /^ {2}namespace {2}.*\[required\]$/,
    new RegExp(`^${file}:2: payload skipped \\(event ${rejected["event_id"]}, .*\\)$`),
    /^ {2}artifact_id\.artifact_class {2}must be in list .* got "draft" {2}\[string\.in\]$/,
    new RegExp(`^${file}:4: payload skipped \\(event ${malformed["event_id"]}, .*\\)$`),
    /^ {2}namespace\.mission_key {2}.*\[string\.min_len\]$/,
    /^skipped 3 payloads that the contract rejects$/,
    /^2 events without a readable namespace, in none of the states$/,
  ];

  test.each([
    { args: [], exit: 0 },
    { args: ["--strict"], exit: 1 },
    { args: ["--fail-on-drift"], exit: 3 },
    { args: ["--strict", "--fail-on-drift"], exit: 1 },
  ])("reports it in the order of the input, and ends with $exit with $args", async (row) => {
    const run = await missionDossier(["reduce", "--by-namespace", ...row.args, file]);
    expect(run.code).toBe(row.exit);
    // The rejected event has a namespace, and so a state that counts it.
    const [first, ...others] = run.stdout.split(/(?<=\n)/);
    expect(JSON.parse(first ?? "")).toMatchObject({
      namespace: indexed.namespace,
      artifacts: {},
      event_count: 1,
    });
    expect(others).toEqual([stateLine(drifted)]);
    const report = run.stderr.trimEnd().split("\n");
    expect(report).toHaveLength(reported.length);
    for (const [index, pattern] of reported.entries()) {
      expect(report[index]).toMatch(pattern);
    }
  });

  test("prints no state where no namespace can be read, and strictly fails", async () => {
    const input = lines(nowhere);
    const run = await missionDossier(["reduce", "--by-namespace"], { input });
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toContain("\n1 event without a readable namespace, in none of the states\n");
    const strict = await missionDossier(["reduce", "--by-namespace", "--strict"], { input });
    expect(strict).toMatchObject({ code: 1, stdout: "", stderr: run.stderr });
  });

  test("reduces nothing while a line is invalid, and the rest with --skip-invalid", async () => {
    const invalid = files.write(
      "invalid.jsonl",
      `${clean.join("\n")}\noops\n${drifted.join("\n")}`,
    );
    const where = `${invalid}:${clean.length + 1}: not a valid event\n  not JSON: `;
    const args = ["reduce", "--by-namespace", invalid];
    const stopped = await missionDossier(args);
    expect(stopped).toMatchObject({ code: 1, stdout: "" });
    expect(stopped.stderr).toContain(where);
    expect(stopped.stderr).toContain(
      "nothing was reduced (--skip-invalid carries on without them)",
    );
    const skipped = await missionDossier([...args, "--skip-invalid"]);
    expect(skipped).toMatchObject({ code: 0, stdout: stateLine(clean) + stateLine(drifted) });
    expect(skipped.stderr).toContain(where);
    expect(skipped.stderr).toMatch(/\nskipped 1 invalid record\n$/);
  });
});

describe.concurrent("--by-namespace --fail-on-drift", () => {
  const calm = files.write(
    "calm.jsonl",
    lines(
      event(
        "MissionDossierSnapshotComputed",
        withValue(snapshot, "namespace.mission_key", "other"),
      ),
    ),
  );

  test.each([
    { which: "no mission", args: [HAPPY_PATH, calm], exit: 0, count: 2 },
    { which: "the first mission", args: [DRIFT_SCENARIO, HAPPY_PATH], exit: 3, count: 2 },
    { which: "the last mission", args: [HAPPY_PATH, calm, DRIFT_SCENARIO], exit: 3, count: 3 },
  ])("ends with $exit when $which has drifted, with all states", async ({ args, exit, count }) => {
    const run = await missionDossier(["reduce", "--by-namespace", "--fail-on-drift", ...args]);
    expect(run).toMatchObject({ code: exit, stderr: "" });
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(count);
  });
});

describe.concurrent("--by-namespace --namespace-scope", () => {
  const at = (step: string | null, path: string) =>
    event(
      "MissionDossierArtifactIndexed",
      withValue(withValue(indexed, "namespace.step_id", step), "artifact_id.path", path),
    );
  const file = files.write(
    "steps.jsonl",
    lines(at("tasks", "a"), at(null, "b"), at("plan", "c"), at("tasks", "d")),
  );

  test.each([
    { args: [], states: [{ step: null, paths: ["a", "b", "c", "d"] }] },
    {
      args: ["--namespace-scope", "mission"],
      states: [{ step: null, paths: ["a", "b", "c", "d"] }],
    },
    {
      args: ["--namespace-scope", "step"],
      states: [
        { step: "tasks", paths: ["a", "d"] },
        { step: null, paths: ["b"] },
        { step: "plan", paths: ["c"] },
      ],
    },
  ])("$args", async ({ args, states }) => {
    const { code, stdout, stderr } = await missionDossier([
      ...["reduce", "--by-namespace", ...args],
      file,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const read = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(
      read.map(({ namespace, artifacts }) => ({
        step: namespace.step_id,
        paths: Object.keys(artifacts),
      })),
    ).toEqual(states);
  });
});

describe.concurrent("one id in several missions", () => {
  const id = "01KJPZ8V2M4T6R1E9C3H5N7QWA";
  const elsewhere = withValue(drift, "namespace.feature_slug", "elsewhere");
  const file = files.write(
    "ids.jsonl",
    lines(
      event("MissionDossierArtifactIndexed", indexed, { event_id: id }),
      event("MissionDossierParityDriftDetected", elsewhere, { event_id: id }),
    ),
  );

  test("counts in each, and is no conflict, with --by-namespace", async () => {
    const run = await missionDossier(["reduce", "--by-namespace", "--strict", file]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const counts = run.stdout.trimEnd().split("\n");
    expect(counts.map((line) => JSON.parse(line).event_count)).toEqual([1, 1]);
  });

  test("is a conflict without it", async () => {
    const run = await missionDossier(["reduce", "--strict", file]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      `${file}:2: differs from another event with the same id (event ${id})\n`,
    );
  });

  test("with other content within a mission is reported by file and line", async () => {
    const other = withValue(elsewhere, "expected_hash", "0");
    const conflicting = files.write(
      "conflicting.jsonl",
      lines(event("MissionDossierParityDriftDetected", other, { event_id: id, lamport_clock: 9 })),
    );
    const args = ["reduce", "--by-namespace", "--strict", file, conflicting];
    const run = await missionDossier(args);
    expect(run).toMatchObject({
      code: 1,
      stderr:
        `${conflicting}:1: differs from another event with the same id (event ${id})\n` +
        "1 id with more than one content; the one that comes first in the stream counts\n",
    });
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(2);
  });
});

describe.concurrent("mixed missions without --by-namespace", () => {
  test("end with 1 and a hint that names it", async () => {
    const run = await missionDossier(["reduce", HAPPY_PATH, DRIFT_SCENARIO]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^mission-dossier: the events belong to more than one mission\n[\s\S]*\n {2}reduce --by-namespace gives one state for each\n$/,
    );
  });
});
