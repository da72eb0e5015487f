import { describe, expect, test } from "vitest";
import { parityHash, reduceMissionDossier } from "../../src/index.js";
import { artifact, clocked } from "../support/artifacts.js";
import { event, indexed, payloads } from "../support/examples.js";
import { lines, missionDossier, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();
const SNAPSHOT = "MissionDossierSnapshotComputed";
const artifacts = [artifact("spec.md", "aa"), artifact("plan.md", "bb")];
const hash = parityHash(reduceMissionDossier(clocked(artifacts)));

/** A log with a snapshot whose claims are true, except for the given fields. */
function log(fields: object = {}): string {
  const claims = { snapshot_hash: hash, artifact_count: 2, anomaly_count: 0, algorithm: "sha256" };
  const snapshot = event(SNAPSHOT, { ...payloads[SNAPSHOT], ...claims, ...fields });
  return lines(...clocked([...artifacts, snapshot as never]));
}

describe.concurrent("audit", () => {
  test("confirms true claims", async () => {
    const run = await missionDossier(["audit"], { input: log() });
    expect(run).toMatchObject({
      code: 0,
      stdout: "CONFIRMED  3 claims in 3 events\n",
      stderr: "",
    });
  });

  test("refutes a wrong claim, with its place and both values", async () => {
    const file = files.write("wrong.jsonl", log({ artifact_count: 5 }));
    const { code, stdout } = await missionDossier(["audit", file]);
    expect(code).toBe(3);
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      "REFUTED  1 of 3 claims in 3 events",
      `${file}:3: artifact_count`,
      "  claimed  5",
      "  found    2",
    ]);
  });

  test("as JSON gives a finding a line", async () => {
    const file = files.write("json.jsonl", log({ snapshot_hash: "f".repeat(64) }));
    const { stdout } = await missionDossier(["audit", "--format", "json", file]);
    const findings = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(findings).toMatchObject([
      { file, line: 3, claim: "snapshot_hash", verdict: "refuted", found: hash, reason: "differs" },
      { claim: "artifact_count", verdict: "confirmed", claimed: 2, found: null, reason: null },
      { claim: "anomaly_count", verdict: "confirmed" },
    ]);
  });

  test("takes the rule of the producer", async () => {
    const state = reduceMissionDossier(clocked(artifacts));
    const input = log({ snapshot_hash: parityHash(state, { rule: "hashes" }) });
    expect((await missionDossier(["audit"], { input })).code).toBe(3);
    expect((await missionDossier(["audit", "--rule", "hashes"], { input })).code).toBe(0);
  });

  test.each([
    ["no event", "", "no dossier event was read"],
    ["no claim", lines(...artifacts), "no event makes a claim"],
    ["another algorithm", log({ algorithm: "md5" }), "1 claim cannot be checked"],
    [
      "a skipped payload",
      log() + lines(event("MissionDossierArtifactIndexed", { ...indexed, indexed_at: 7 })),
      "1 payload skipped",
    ],
  ])("cannot tell with %s", async (_what, input, why) => {
    const { code, stderr } = await missionDossier(["audit"], { input });
    expect(code).toBe(4);
    expect(stderr).toContain(`cannot tell whether all claims are true: ${why}`);
  });

  test("stops at an invalid record, unless it may be skipped", async () => {
    const input = `oops\n${log()}`;
    const stopped = await missionDossier(["audit"], { input });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain("1 invalid record among 4; nothing was audited (");
    const { code, stderr } = await missionDossier(["audit", "--skip-invalid"], { input });
    expect(code).toBe(4);
    expect(stderr).toContain("1 invalid record skipped");
  });
});
