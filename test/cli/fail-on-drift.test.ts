import { describe, expect, test } from "vitest";
import { event, indexed, payloads } from "../support/examples.js";
import { HAPPY_PATH, lines, missionDossier, temporaryDirectory } from "./command.js";

// cli/reduce and cli/by-namespace test that a drift gives 3, and no drift 0.

const files = temporaryDirectory();
const INDEXED = "MissionDossierArtifactIndexed";
const good = event(INDEXED, indexed);
const skipped = event(INDEXED, { ...indexed, indexed_at: 7 });
const nowhere = event(INDEXED, { ...indexed, namespace: null });
const other = event("SomethingElse", {});
const drifted = event("MissionDossierParityDriftDetected", {
  ...payloads.MissionDossierParityDriftDetected,
});
const INVALID = "oops\n";

describe.concurrent.each([[[]], [["--by-namespace"]]])("--fail-on-drift with %j", (mode) => {
  test.each([
    { what: "nothing at all", input: "", why: "no dossier event was read" },
    { what: "other events alone", input: lines(other), why: "no dossier event was read" },
    { what: "a skipped payload", input: lines(good, skipped), why: "1 payload skipped" },
    { what: "no readable namespace", input: lines(good, nowhere), why: "1 payload skipped" },
    {
      what: "an invalid record",
      input: lines(good) + INVALID,
      why: "1 invalid record skipped",
    },
    {
      what: "an event type that is misspelled",
      input: lines(good, event(`${INDEXED}s`, indexed)),
      why: "an event type is nearly one of the contract's",
    },
    {
      what: "all of it",
      input: INVALID + lines(skipped, nowhere) + INVALID,
      why: "2 payloads skipped, 2 invalid records skipped",
    },
  ])("cannot tell from $what, and says why", async ({ input, why }) => {
    const args = ["reduce", ...mode, "--fail-on-drift", "--skip-invalid"];
    const { code, stderr } = await missionDossier(args, { input });
    expect(code).toBe(4);
    const [last] = stderr.trimEnd().split("\n").slice(-1);
    expect(last).toBe(`cannot tell whether the replicas have drifted: ${why}`);
  });

  test("tells of a drift whatever else was skipped", async () => {
    const input = INVALID + lines(skipped, drifted);
    const args = ["reduce", ...mode, "--fail-on-drift", "--skip-invalid"];
    const { code, stderr } = await missionDossier(args, { input });
    expect(code).toBe(3);
    expect(stderr).not.toContain("cannot tell");
  });

  test("is sure of a stream that it has understood, other events aside", async () => {
    const file = files.write(`other${mode.join()}.jsonl`, lines(other));
    const args = ["reduce", ...mode, "--fail-on-drift", "--skip-invalid", HAPPY_PATH, file];
    expect(await missionDossier(args)).toMatchObject({ code: 0, stderr: "" });
  });
});

test.concurrent("without --fail-on-drift, doubts are not reported", async () => {
  const { code, stderr } = await missionDossier(["reduce"], { input: lines(good, skipped) });
  expect(code).toBe(0);
  expect(stderr).not.toContain("cannot tell");
});

test.concurrent("a misspelled event type is named at its place, and fails in strict mode", async () => {
  const misspelled = event("MissionDossierArtifactIndexd", indexed);
  const file = files.write("misspelled.jsonl", lines(good, misspelled));
  const line =
    `${file}:2: event_type: the contract has no such event type (did you mean "${INDEXED}"?), ` +
    `got "MissionDossierArtifactIndexd" (event ${misspelled["event_id"]}) [unknown_event_type]\n`;
  expect(await missionDossier(["reduce", file])).toMatchObject({ code: 0, stderr: line });
  for (const mode of [[], ["--by-namespace"]]) {
    const run = await missionDossier(["reduce", "--strict", ...mode, file]);
    expect(run).toMatchObject({ code: 1, stderr: line });
  }
});
