import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  parseEvent,
  reduceMissionDossier,
  stateFromBinary,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { event, payloads, withValue } from "../support/examples.js";
import {
  DRIFT_SCENARIO,
  HAPPY_PATH,
  lines,
  missionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const { MissionDossierArtifactIndexed: indexed } = payloads;

describe.concurrent.each([
  ["the happy path", HAPPY_PATH],
  ["the drift scenario", DRIFT_SCENARIO],
])("%s", (_, file) => {
  const state = reduceMissionDossier(
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );

  test("as text is the page that a person sees", async ({ expect }) => {
    const { code, stdout, stderr } = await missionDossier(["reduce", file]);
    await expect(stdout).toMatchFileSnapshot(`golden/${state.namespace?.featureSlug}.txt`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("as JSON is the state of the library", async () => {
    const { code, stdout, stderr } = await missionDossier(["reduce", "--format", "json", file]);
    expect(JSON.parse(stdout)).toEqual(stateToJson(state));
    expect(stdout).toBe(`${stateToJsonString(state, 2)}\n`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("as binary is a message that the library reads back", async () => {
    const { code, bytes, stderr } = await missionDossier(["reduce", "-f", "binary", file]);
    expect(stateToJson(stateFromBinary(bytes))).toEqual(stateToJson(state));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe.concurrent("--namespace-scope", () => {
  const file = files.write(
    "steps.jsonl",
    lines(
      event("MissionDossierArtifactIndexed", withValue(indexed, "namespace.step_id", "plan")),
      event("MissionDossierArtifactIndexed", withValue(indexed, "namespace.step_id", "tasks")),
    ),
  );

  test.each([{ args: [] }, { args: ["--namespace-scope", "mission"] }])(
    "takes steps of one mission together with $args",
    async ({ args }) => {
      const { code, stdout } = await missionDossier(["reduce", "--format", "json", ...args, file]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ event_count: 2, namespace: { step_id: null } });
    },
  );

  test("tells steps apart as step, and names the scope that would not", async () => {
    const run = await missionDossier(["reduce", "--namespace-scope", "step", file]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toBe(
      `mission-dossier: the events belong to more than one mission
  expected
    project   a47275cb-634e-427c-abd3-3e5d17997d4e
    feature   014-rate-limits
    branch    main
    mission   software-dev
    manifest  1
    step      plan
  got
    project   a47275cb-634e-427c-abd3-3e5d17997d4e
    feature   014-rate-limits
    branch    main
    mission   software-dev
    manifest  1
    step      tasks
  the two differ in step only: --namespace-scope mission treats them as one
`,
    );
  });
});

describe.concurrent("a mixed stream", () => {
  test("ends with 1, both namespaces and no state", async () => {
    const { code, stdout, stderr } = await missionDossier(["reduce", HAPPY_PATH, DRIFT_SCENARIO]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /more than one mission\n {2}expected\n[\s\S]*014-rate-limits[\s\S]*\n {2}got\n[\s\S]*021-audit-log/,
    );
    expect(stderr).not.toContain("--namespace-scope");
  });

  test("is reported with what is skipped of it", async () => {
    const invalid = files.write("invalid.jsonl", "{}\n");
    const args = ["reduce", "--skip-invalid", invalid, HAPPY_PATH, DRIFT_SCENARIO];
    const { code, stderr } = await missionDossier(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/skipped 1 invalid record\n[\s\S]*more than one mission/);
  });
});

describe.concurrent("--fail-on-drift", () => {
  test.each([
    { stream: "a drifted stream", file: DRIFT_SCENARIO, args: ["--fail-on-drift"], exit: 3 },
    { stream: "a drifted stream", file: DRIFT_SCENARIO, args: [], exit: 0 },
    { stream: "a clean stream", file: HAPPY_PATH, args: ["--fail-on-drift"], exit: 0 },
  ])("$stream with $args ends with $exit and its state", async ({ file, args, exit }) => {
    const { code, stdout } = await missionDossier(["reduce", ...args, file]);
    expect(code).toBe(exit);
    expect(stdout).toContain("Latest snapshot");
  });
});

describe.concurrent("a payload that the reducer skips", () => {
  const bad = withValue(
    withValue(indexed, "artifact_id.artifact_class", "draft"),
    "content_ref.size_bytes",
    -1,
  );
  const skipped = event("MissionDossierArtifactIndexed", bad);
  const drifted = event(
    "MissionDossierParityDriftDetected",
    payloads.MissionDossierParityDriftDetected,
  );
  const file = files.write(
    "skipped.jsonl",
    `\n${lines(event("SomethingElse", {}), skipped)}\n${lines(drifted)}`,
  );
  const listed = `${file}:3: payload skipped (event ${skipped["event_id"]}, MissionDossierArtifactIndexed)
  artifact_id.artifact_class  must be in list [input, workflow, output, evidence, policy, runtime], got "draft"  [string.in]
  content_ref.size_bytes      must be greater than or equal to 0, got -1                                [int64.gte]
skipped 1 payload that the contract rejects
`;

  test.each([
    { args: [], exit: 0 },
    { args: ["--strict"], exit: 1 },
    { args: ["--fail-on-drift"], exit: 3 },
    { args: ["--strict", "--fail-on-drift"], exit: 1 },
  ])("is listed, and the state printed, and the exit code $exit with $args", async (row) => {
    const { args, exit } = row;
    const run = await missionDossier(["reduce", "--format", "json", ...args, file]);
    expect(run.code).toBe(exit);
    expect(run.stderr).toBe(listed);
    expect(JSON.parse(run.stdout)).toMatchObject({ event_count: 2, parity_status: "drifted" });
  });

  test("does not turn --strict against events of other types", async () => {
    const other = files.write("other.jsonl", lines(event("SomethingElse", { namespace: 7 })));
    const { code, stdout, stderr } = await missionDossier(["reduce", "--strict", other]);
    const none = "no dossier event among 1 record\n";
    expect({ code, stderr }).toEqual({ code: 0, stderr: none });
    expect(stdout).toContain("UNKNOWN  0 events");
  });
});

describe.concurrent("several files", () => {
  test("are one stream, in any order, and an event in two of them counts once", async () => {
    const [first = "", second = "", ...others] = readFileSync(HAPPY_PATH, "utf8").split(/(?<=\n)/);
    const head = files.write("head.jsonl", first + second);
    const tail = files.write("tail.jsonl", second + others.join(""));
    const whole = await missionDossier(["reduce", "--format", "json", HAPPY_PATH]);
    const parts = await missionDossier(["reduce", "--format", "json", tail, head]);
    expect(parts).toEqual(whole);
  });

  test("may have standard input among them", async () => {
    const [first = "", ...others] = readFileSync(HAPPY_PATH, "utf8").split(/(?<=\n)/);
    const tail = files.write("rest.jsonl", others.join(""));
    const whole = await missionDossier(["reduce", HAPPY_PATH]);
    expect(await missionDossier(["reduce", tail, "-"], { input: first })).toEqual(whole);
  });
});

test("a line that poses as a message is not an event", async () => {
  const posing = {
    ...parseEvent(event("MissionDossierArtifactIndexed", indexed)),
    lamportClock: "x",
  };
  const { code, stdout, stderr } = await missionDossier(["reduce"], {
    input: JSON.stringify(posing),
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^standard input:1: not a valid event\n {2}event_id +value is required/);
});
