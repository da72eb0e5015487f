import { describe, expect, test } from "vitest";
import {
  diffStates,
  reduceMissionDossier,
  safeParseEvent,
  stateToJsonString,
} from "../../src/index.js";
import { artifact, clocked, missingArtifact } from "../support/artifacts.js";
import { event, indexed } from "../support/examples.js";
import {
  DRIFT_SCENARIO,
  HAPPY_PATH,
  lines,
  missionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const events = clocked([
  artifact("spec.md", "aa"),
  artifact("plan.md", "bb"),
  artifact("spec.md", "cc"),
]);
const before = events.slice(0, 2);
const third = events[2];
const a = files.write("a.jsonl", lines(...before));
const b = files.write("b.jsonl", lines(...events));

describe.concurrent("diff", () => {
  test("of a replica with itself is in parity", async () => {
    const { code, stdout, stderr } = await missionDossier(["diff", HAPPY_PATH, HAPPY_PATH]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^IN PARITY {2}3 artifacts\n/);
  });

  test("says which artifact differs, and since which event", async () => {
    const { code, stdout } = await missionDossier(["diff", a, b]);
    expect(code).toBe(3);
    const since = `event ${third?.event_id} of B (clock ${third?.lamport_clock}, ${third?.timestamp})`;
    expect(stdout).toContain(`DRIFTED  1 artifact since ${since}\n`);
    expect(stdout).toContain(
      ["Other content  1", "  spec.md", "    A      sha256:aa", "    B      sha256:cc"].join("\n"),
    );
    expect(stdout).toContain(`    since  ${since}\n`);
  });

  test("takes a state for the events that it is the state of", async () => {
    const text = stateToJsonString(reduceMissionDossier(before), 2);
    const state = files.write("state.json", text);
    expect((await missionDossier(["diff", a, state])).code).toBe(0);
    expect((await missionDossier(["diff", "-", a], { input: text })).code).toBe(0);
    const { code, stdout } = await missionDossier(["diff", state, b]);
    expect(code).toBe(3);
    expect(stdout).not.toContain("since");
  });

  test("of inputs without events does not claim parity", async () => {
    const none = files.write("none.jsonl", "");
    const reason = `${none}: no dossier event was read`;
    const json = await missionDossier(["diff", none, none, "-f", "json"]);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({ cannot_tell: [reason, reason] });
    const text = await missionDossier(["diff", none, none]);
    expect(text).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/^CANNOT TELL {2}0 artifacts\n/),
    });
    const sure = await missionDossier(["diff", a, a, "-f", "json"]);
    expect(JSON.parse(sure.stdout)).toMatchObject({ in_parity: true, cannot_tell: [] });
  });

  test("as JSON has the names of the contract", async () => {
    const { stdout } = await missionDossier(["diff", a, b, "--format", "json"]);
    const diff = diffStates(reduceMissionDossier(before), reduceMissionDossier(events));
    expect(JSON.parse(stdout)).toMatchObject({
      in_parity: false,
      expected_hash: diff.expectedHash,
      actual_hash: diff.actualHash,
      differences: [
        {
          kind: "artifact_mutated",
          path: "spec.md",
          a: { content_ref: { hash: "aa" } },
          b: { content_ref: { hash: "cc" } },
          since: { side: "b", event_id: third?.event_id, lamport_clock: third?.lamport_clock },
        },
      ],
    });
  });

  test("as events gives drift events for A that the contract accepts, after all others", async () => {
    const args = ["diff", a, b, "--format", "events", "--node-id", "ci"];
    const { code, stdout } = await missionDossier(args);
    expect(code).toBe(3);
    const drifts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(drifts).toMatchObject([
      {
        event_type: "MissionDossierParityDriftDetected",
        node_id: "ci",
        lamport_clock: Number(third?.lamport_clock) + 1,
        payload: { drift_kind: "artifact_mutated", artifact_ids_changed: [{ path: "spec.md" }] },
      },
    ]);
    expect(safeParseEvent(drifts[0]).success).toBe(true);
    const drifted = files.write("drifted.jsonl", lines(...before) + stdout);
    expect((await missionDossier(["reduce", drifted, "--fail-on-drift"])).code).toBe(3);
    expect((await missionDossier(["audit", drifted])).code).not.toBe(3);
  });

  test.each([
    ["--node-id", "json"],
    ["--build-id", "text"],
  ])("refuses %s as %s, which has no drift events", async (option, format) => {
    const run = await missionDossier(["diff", a, b, option, "x", "-f", format]);
    expect(run).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `mission-dossier: ${option} is for drift events, and needs --format events\n`,
    });
  });

  test("as events needs the log itself", async () => {
    const state = files.write("alone.json", stateToJsonString(reduceMissionDossier(before)));
    const { code, stderr } = await missionDossier(["diff", state, b, "--format", "events"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--format events needs the log itself as A");
  });

  test("of anomalies keeps the parity", async () => {
    const more = files.write("anomaly.jsonl", lines(...before, missingArtifact("x.md", "")));
    const { code, stdout } = await missionDossier(["diff", a, more]);
    expect(code).toBe(0);
    expect(stdout).toContain("IN PARITY  2 artifacts, 1 difference beside the artifacts\n");
    expect(stdout).toContain("Anomalies of B only  1\n  x.md\n");
  });

  test("cannot tell where events were skipped, unless it found a drift", async () => {
    const bad = event("MissionDossierArtifactIndexed", { ...indexed, indexed_at: 7 });
    const doubtful = files.write("doubtful.jsonl", lines(...before, bad));
    const { code, stderr } = await missionDossier(["diff", a, doubtful]);
    expect(code).toBe(4);
    expect(stderr).toContain("cannot tell whether the replicas are in parity: ");
    expect(stderr).toContain("doubtful.jsonl: 1 payload skipped\n");
    const nearly = event("MissionDossierArtifactIndexd", indexed);
    const twice = files.write("twice.jsonl", lines(...before, bad, nearly));
    expect((await missionDossier(["diff", a, twice])).stderr).toMatch(
      /parity: [^:]*twice\.jsonl: 1 payload skipped, an event type is nearly one of the contract's\n/,
    );
    expect((await missionDossier(["diff", b, doubtful])).code).toBe(3);
    const empty = files.write("empty.jsonl", "");
    expect((await missionDossier(["diff", empty, empty])).code).toBe(4);
  });

  test.each([
    [
      "another mission",
      [HAPPY_PATH, DRIFT_SCENARIO],
      1,
      "mission-dossier: A and B are of two missions\n  expected\n    project  ",
    ],
    [
      "invalid records",
      [HAPPY_PATH, files.write("invalid.jsonl", "{}\n")],
      1,
      "1 invalid record among 1; nothing was compared (",
    ],
    ["a missing file", [HAPPY_PATH, "nowhere.jsonl"], 2, "cannot read nowhere.jsonl"],
    ["one side only", [HAPPY_PATH], 2, "missing required argument 'B'"],
    ["standard input twice", ["-", "-"], 2, "only one side can be standard input"],
    ["another format", [HAPPY_PATH, HAPPY_PATH, "--format", "yaml"], 2, "Allowed choices are"],
  ])("ends with a message for %s", async (_what, args, code, message) => {
    const run = await missionDossier(["diff", ...args]);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(message);
    expect(run.stdout).toBe("");
  });

  test("refuses an invalid state, and a state among events", async () => {
    const none = files.write("none.json", '{"parity_status":"odd","artifacts":{}}');
    const run = await missionDossier(["diff", none, a]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("not a valid state");
    const state = stateToJsonString(reduceMissionDossier(before));
    const mixed = files.write("mixed.jsonl", `${lines(...before)}${state}\n`);
    expect((await missionDossier(["diff", mixed, a])).stderr).toContain("holds a state and more");
  });
});
