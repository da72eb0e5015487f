import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { appendEvents, fileState } from "../../src/cli/append-events.js";
import { event, namespace, payloads } from "../support/examples.js";
import { deep } from "../support/runs.js";
import { HAPPY_PATH, lines, missionDossier, shell } from "./command.js";

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "mission-dossier-")));
afterAll(() => rmSync(temporary, { recursive: true }));

const given = Object.entries(namespace).flatMap(([field, value]) => [
  "--namespace",
  `${field}=${value}`,
]);

let count = 0;

/** A new folder with these files, a repository with the mission in `m`. */
function repository(files: { readonly [path: string]: string | Uint8Array }): string {
  const root = join(temporary, String(count++));
  mkdirSync(join(root, ".git"), { recursive: true });
  for (const [path, content] of Object.entries({ "m/spec.md": "a", ...files })) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, 0, 0);
  }
  return root;
}

type Printed = {
  readonly event_id: string;
  readonly event_type: string;
  readonly node_id: string;
  readonly payload: object;
};

function eventsIn(text: string): Printed[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function typesIn(text: string): string[] {
  return eventsIn(text).map(({ event_type }) => event_type);
}

const FIRST = ["MissionDossierArtifactIndexed", "MissionDossierSnapshotComputed"];

describe("index prints", () => {
  test("the events that a log lacks, and nothing when it has them", async () => {
    const root = repository({});
    const first = await missionDossier(["index", join(root, "m"), ...given, "--node-id", "laptop"]);
    expect({ code: first.code, stderr: first.stderr }).toEqual({
      code: 0,
      stderr: "2 new events: 1 indexed, 0 unchanged, 0 missing\n",
    });
    expect(typesIn(first.stdout)).toEqual(FIRST);
    expect(eventsIn(first.stdout)[0]).toMatchObject({
      node_id: "laptop",
      payload: { namespace, artifact_id: { path: "m/spec.md", artifact_class: "output" } },
    });
    const log = join(root, "events.jsonl");
    writeFileSync(log, first.stdout);
    expect(await missionDossier(["index", join(root, "m"), "--log", log])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "0 new events: 0 indexed, 1 unchanged, 0 missing\n",
    });
  });

  test("paths from the root that is given, through a link to the folder too", async () => {
    const root = repository({});
    symlinkSync(join(root, "m"), join(root, "link"));
    const args = ["index", join(root, "link"), ...given, "--root", join(root, "m")];
    const { stdout } = await missionDossier(args);
    expect(eventsIn(stdout)[0]?.payload).toMatchObject({ artifact_id: { path: "spec.md" } });
  });

  test("paths from the folder itself where there is no repository", async () => {
    const root = repository({});
    rmSync(join(root, ".git"), { recursive: true });
    const { stdout } = await missionDossier(["index", join(root, "m"), ...given]);
    expect(eventsIn(stdout)[0]?.payload).toMatchObject({ artifact_id: { path: "spec.md" } });
  });

  test("no event about the log, or about the file that it prints to", async () => {
    const root = repository({});
    const options = given.map((each) => `'${each}'`).join(" ");
    const first = await shell(`CLI index . ${options} > m/log.jsonl`, { cwd: root });
    expect(first).toMatchObject({ code: 0 });
    const again = await shell("CLI index m --log m/log.jsonl >> m/log.jsonl", { cwd: root });
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toBe("0 new events: 0 indexed, 1 unchanged, 0 missing\n");
    expect(typesIn(readFileSync(join(root, "m/log.jsonl"), "utf8"))).toEqual(FIRST);
  });

  test("events of the classes that options and a file give", async () => {
    const rules = [
      { pattern: "*.md", artifact_class: "workflow" },
      { pattern: "/tasks.txt", artifact_class: "policy", required: true, manifest_step: "tasks" },
    ];
    const root = repository({ "m/plan.md": "b", "m/x": "c", "rules.json": JSON.stringify(rules) });
    const { code, stdout, stderr } = await missionDossier([
      "index",
      join(root, "m"),
      ...given,
      ...["--class", "input=/spec.md", "--class", "evidence=spec*"],
      ...["--classes", join(root, "rules.json"), "--default-class", "runtime"],
    ]);
    expect(eventsIn(stdout).map(({ payload }) => payload)).toMatchObject([
      { artifact_id: { path: "m/plan.md", artifact_class: "workflow" } },
      { artifact_id: { path: "m/spec.md", artifact_class: "input" } },
      { artifact_id: { path: "m/x", artifact_class: "runtime" } },
      {
        expected_identity: { path: "m/tasks.txt", artifact_class: "policy" },
        manifest_step: "tasks",
      },
      { artifact_count: 3, anomaly_count: 1 },
    ]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "5 new events: 3 indexed, 0 unchanged, 1 missing\n",
    });
  });

  test("events of a namespace in a file, completed by options", async () => {
    const file = JSON.stringify({ ...namespace, feature_slug: "x", step_id: null });
    const root = repository({ "mission.json": file });
    const { stdout } = await missionDossier([
      "index",
      join(root, "m"),
      ...["--namespace", `@${join(root, "mission.json")}`],
      ...["--namespace", "feature_slug=a=b", "-n", "step_id=plan"],
    ]);
    expect(eventsIn(stdout)[0]?.payload).toMatchObject({
      namespace: { ...namespace, feature_slug: "a=b", step_id: "plan" },
      step_id: "plan",
    });
  });

  test("what it could not index on standard error, and ends with 4", async () => {
    const root = repository({});
    writeFileSync(Buffer.concat([Buffer.from(`${root}/m/a`), Buffer.of(0xff)]), "");
    symlinkSync("spec.md", join(root, "m/link"));
    const { code, stdout, stderr } = await missionDossier(["index", join(root, "m"), ...given]);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr:
        "m/: a name in this folder is not Unicode text, so no event can contain it\n" +
        "2 new events: 1 indexed, 0 unchanged, 0 missing, 1 link not followed\n",
    });
    expect(typesIn(stdout)).toEqual(FIRST);
  });

  test("that the log and the folder must differ, when an artifact has vanished", async () => {
    const root = repository({ "m/plan.md": "b" });
    const log = join(root, "log.jsonl");
    await missionDossier(["index", join(root, "m"), ...given, "--log", log, "--append"]);
    rmSync(join(root, "m/plan.md"));
    const { code, stderr } = await missionDossier(["index", join(root, "m"), "--log", log]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        "2 new events: 0 indexed, 1 unchanged, 1 missing\n" +
        "the log still has 1 artifact that the folder has lost: no event of the contract removes one, " +
        "so the two have different parity hashes\n",
    });
  });
});

describe("index --append", () => {
  const first = (root: string): Promise<{ readonly stdout: string }> =>
    missionDossier(["index", join(root, "m"), ...given]);
  const append = (root: string, log: string) =>
    missionDossier(["index", join(root, "m"), "--log", log, "--append"]);

  test("makes the log, appends to it, and prints nothing", async () => {
    const root = repository({});
    const log = join(root, "m/log.jsonl");
    const args = ["index", join(root, "m"), ...given, "--log", log, "--append"];
    expect(await missionDossier(args)).toMatchObject({ code: 0, stdout: "" });
    expect(typesIn(readFileSync(log, "utf8"))).toEqual(FIRST);
    writeFileSync(join(root, "m/spec.md"), "b");
    expect(await append(root, log)).toMatchObject({ code: 0, stdout: "" });
    expect(typesIn(readFileSync(log, "utf8"))).toEqual([...FIRST, ...FIRST]);
    const { mtimeMs } = statSync(log);
    expect(await append(root, log)).toMatchObject({ code: 0, stdout: "" });
    expect(statSync(log).mtimeMs).toBe(mtimeMs);
    expect((await missionDossier(["reduce", "--strict", log])).code).toBe(0);
  });

  test("of two clones gives logs of which diff says where they came apart", async () => {
    const files = { "m/plan.md": "plan" };
    const [a, b] = [repository(files), repository(files)];
    const [logA, logB] = [join(a, "log"), join(b, "log")];
    for (const [root, log] of [
      [a, logA],
      [b, logB],
    ] as const) {
      await missionDossier(["index", join(root, "m"), ...given, "--log", log, "--append"]);
    }
    expect((await missionDossier(["diff", logA, logB])).code).toBe(0);
    writeFileSync(join(b, "m/plan.md"), "another plan");
    await append(b, logB);
    const changed = eventsIn(readFileSync(logB, "utf8"))[3];
    expect(changed?.payload).toMatchObject({ artifact_id: { path: "m/plan.md" } });
    const { code, stdout } = await missionDossier(["diff", logA, logB, "--format", "json"]);
    expect(code).toBe(3);
    const since = { side: "b", event_id: changed?.event_id };
    expect(JSON.parse(stdout).differences).toMatchObject([{ path: "m/plan.md", since }]);
  });

  test.each([
    ["with a line that has no end", (text: string) => text.trimEnd(), String],
    ["that is gzipped", (text: string) => gzipSync(text.trimEnd()), gunzipSync],
  ])("appends to a log %s", async (_, written, read) => {
    const root = repository({});
    const log = join(root, "log");
    writeFileSync(log, written((await first(root)).stdout));
    writeFileSync(join(root, "m/plan.md"), "b");
    expect(await append(root, log)).toMatchObject({ code: 0, stdout: "" });
    expect(typesIn(String(read(readFileSync(log))))).toEqual([...FIRST, ...FIRST]);
    expect((await append(root, log)).stderr).toMatch(/^0 new events/);
  });

  test("refuses a JSON array, which it leaves as it is", async () => {
    const root = repository({});
    const log = join(root, "log");
    const text = ` [${(await first(root)).stdout.trimEnd().split("\n").join(",")}]`;
    writeFileSync(log, text);
    writeFileSync(join(root, "m/plan.md"), "b");
    const { code, stderr } = await append(root, log);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot append to .*: it is a JSON array, not JSON Lines; nothing was/);
    expect(readFileSync(log, "utf8")).toBe(text);
  });

  test("refuses a log that has changed since it was read", async () => {
    const log = join(repository({}), "log");
    await appendEvents(log, fileState(log), [{ a: 1 }]);
    const before = fileState(log);
    appendFileSync(log, "\n");
    const changed = /has changed since it was read; nothing was written/;
    await expect(appendEvents(log, before, [{ a: 2 }])).rejects.toThrow(changed);
    await expect(appendEvents(log, undefined, [{ a: 2 }])).rejects.toThrow(changed);
    expect(readFileSync(log, "utf8")).toBe('{"a":1}\n\n');
  });

  const lock = (host: string) =>
    JSON.stringify({ token: "t", pid: process.pid, host, started: "another boot" });

  test.runIf(process.platform === "linux")(
    "does not index the lock of a killed run, and takes it over",
    async () => {
      const root = repository({ "m/log.jsonl.lock": lock(hostname()) });
      const log = join(root, "m/log.jsonl");
      await missionDossier(["index", join(root, "m"), ...given, "--log", log, "--append"]);
      expect(typesIn(readFileSync(log, "utf8"))).toEqual(FIRST);
      expect(existsSync(`${log}.lock`)).toBe(false);
    },
  );

  test.runIf(deep)("is refused, after a while, by a lock that is held", async () => {
    const root = repository({ "m/log.jsonl.lock": lock(`not-${hostname()}`) });
    const log = join(root, "m/log.jsonl");
    const args = ["index", join(root, "m"), ...given, "--log", log, "--append"];
    const { code, stderr } = await missionDossier(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /: process \d+ on not-.* is writing to it, as .*log.jsonl.lock says; no/,
    );
    expect(existsSync(log)).toBe(false);
  });

  test("names the events of the log whose type is misspelled", async () => {
    const root = repository({});
    const log = join(root, "m/log.jsonl");
    const args = ["index", join(root, "m"), ...given, "--log", log, "--append"];
    await missionDossier(args);
    writeFileSync(log, readFileSync(log, "utf8").replace("ArtifactIndexed", "ArtifactIndxed"));
    const { code, stderr } = await missionDossier(args);
    expect(code).toBe(0);
    expect(stderr).toContain(`${log}:1: event_type: the contract has no such event type`);
    expect(stderr).toContain('(did you mean "MissionDossierArtifactIndexed"?)');
  });

  test("to a folder that does not exist says that nothing was written", async () => {
    const root = repository({});
    const log = join(root, "nowhere/log.jsonl");
    const args = ["index", join(root, "m"), ...given, "--log", log];
    expect(typesIn((await missionDossier(args)).stdout)).toEqual(FIRST);
    const { code, stderr } = await missionDossier([...args, "--append"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot append to .*: no such file or directory; nothing was written/);
  });

  test("by two runs at once appends the events of one, or of both in turn", async () => {
    const root = repository({});
    const log = join(root, "m/log.jsonl");
    const args = ["index", join(root, "m"), ...given, "--log", log, "--append"];
    const runs = await Promise.all([missionDossier(args), missionDossier(args)]);
    expect(runs.map(({ code }) => code).sort()).not.toContain(1);
    expect(typesIn(readFileSync(log, "utf8"))).toEqual(FIRST);
  });

  test.skipIf(!existsSync("/dev/full"))("refuses what is not a file", async () => {
    const before = fileState("/dev/full");
    await expect(appendEvents("/dev/full", before, [{}])).rejects.toThrow("not a regular file");
  });

  test.skipIf(process.platform === "win32")("leaves a log as it was that cannot grow", async () => {
    const root = repository({});
    const log = join(root, "log");
    await missionDossier(["index", join(root, "m"), ...given, "--log", log, "--append"]);
    const before = readFileSync(log, "utf8");
    writeFileSync(join(root, "m/plan.md"), "b");
    // Blocks of 512 bytes: the limit is in the midst of the events.
    const line = "trap '' XFSZ; ulimit -f 4; CLI index m --log log --append";
    const { code, stderr } = await shell(line, { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot append to log: .*; nothing was written\n$/);
    expect(readFileSync(log, "utf8")).toBe(before);
  });
});

describe("index reads its log as the other commands do", () => {
  test("and stops at one that is not valid, with the place of each mistake", async () => {
    const root = repository({});
    const log = join(root, "log");
    const wrong = {
      ...event("MissionDossierArtifactIndexed", payloads.MissionDossierArtifactIndexed),
    };
    writeFileSync(log, `${lines({ ...wrong, node_id: "" })}{"a"\n`);
    const { code, stdout, stderr } = await missionDossier(["index", join(root, "m"), "--log", log]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`${log}:1: not a valid event\n  node_id`);
    expect(stderr).toContain(`${log}:2: not a valid event\n`);
    expect(stderr).toContain("2 invalid records in the log; nothing was indexed\n");
  });

  test("and goes on after a payload that the contract rejects", async () => {
    const root = repository({});
    const log = join(root, "log");
    const rejected = event("MissionDossierArtifactIndexed", { namespace });
    writeFileSync(log, lines({ ...rejected, lamport_clock: 40 }));
    const { code, stdout, stderr } = await missionDossier(["index", join(root, "m"), "--log", log]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${log}:1: payload skipped`);
    expect(eventsIn(stdout)[0]).toMatchObject({ lamport_clock: 41 });
  });

  test("and reads it once more for an id with two contents", async () => {
    const root = repository({});
    const log = join(root, "log");
    const one = event("MissionDossierArtifactIndexed", payloads.MissionDossierArtifactIndexed);
    writeFileSync(log, lines({ ...one, lamport_clock: 2 }, { ...one, lamport_clock: 1 }));
    const { code, stdout } = await missionDossier(["index", join(root, "m"), "--log", log]);
    expect(code).toBe(0);
    expect(typesIn(stdout)).toEqual(FIRST);
  });

  test("and treats a missing one as empty, and says so", async () => {
    const root = repository({});
    const args = ["index", join(root, "m"), ...given, "--log", "nowhere.jsonl"];
    const { code, stdout, stderr } = await missionDossier(args);
    expect(code).toBe(0);
    expect(typesIn(stdout)).toEqual(FIRST);
    expect(stderr).toMatch(/^nowhere\.jsonl: no such file, so the log is empty\n/);
  });
});

describe.concurrent("a mistake ends index before anything is written:", () => {
  const root = repository({
    "rules.json": JSON.stringify([
      { pattern: "a", artifact_class: "input" },
      { pattern: "*.md", artifact_class: "input", required: true },
    ]),
    "object.json": "{}",
    "broken.json": "{",
    "many.jsonl": lines(
      event("MissionDossierArtifactIndexed", payloads.MissionDossierArtifactIndexed),
      event("MissionDossierArtifactMissing", {
        ...payloads.MissionDossierArtifactMissing,
        namespace: { ...namespace, feature_slug: "other" },
      }),
    ),
  });
  const mission = join(root, "m");
  test.each([
    {
      args: [],
      code: 2,
      says: "missing required argument 'DIR'\nsee mission-dossier index --help",
    },
    {
      args: [mission, "--apend"],
      code: 2,
      says: "unknown option '--apend'\n(Did you mean --append?)",
    },
    { args: ["nowhere"], code: 2, says: "cannot read nowhere: no such file or directory" },
    { args: [join(mission, "spec.md")], code: 2, says: "spec.md is not a folder" },
    {
      args: [mission],
      code: 2,
      says: "lacks project_uuid, feature_slug, target_branch, mission_key, manifest_version",
    },
    {
      args: [mission, ...given, "-n", "feature_slag=x"],
      code: 2,
      says: "no field feature_slag (did you mean feature_slug?)",
    },
    {
      args: [mission, "-n", "014"],
      code: 2,
      says: "--namespace 014: must be field=value, or @FILE",
    },
    { args: [mission, "-n", "@nowhere"], code: 2, says: "cannot read nowhere: no such file" },
    {
      args: [mission, "-n", `@${join(root, "rules.json")}`],
      code: 2,
      says: "must be a JSON object",
    },
    {
      args: [mission, "-n", `@${join(root, "broken.json")}`],
      code: 2,
      says: "broken.json: it is not JSON: ",
    },
    { args: [mission, ...given, "-n", "project_uuid=x"], code: 2, says: "project_uuid" },
    {
      args: [mission, ...given, "-n", "feature_slug="],
      code: 2,
      says: "payload.namespace.feature_slug",
    },
    { args: [mission, ...given, "--node-id", ""], code: 2, says: "--node-id" },
    { args: [mission, ...given, "--append"], code: 2, says: "--append needs --log" },
    { args: [mission, ...given, "--log", "-"], code: 2, says: "--log must be a file" },
    { args: [mission, ...given, "--log", root], code: 2, says: "it is a directory" },
    { args: [mission, ...given, "--root", join(root, "m2")], code: 2, says: "no such file" },
    { args: [root, ...given, "--root", mission], code: 2, says: "is not in --root" },
    {
      args: [mission, ...given, "--class", "inputs=*"],
      code: 2,
      says: "no artifact class inputs (did you mean input?)",
    },
    { args: [mission, ...given, "--class", "input"], code: 2, says: "must be class=pattern" },
    { args: [mission, ...given, "-c", ""], code: 2, says: '--class "": must be class=pattern' },
    {
      args: [mission, ...given, "--default-class", ""],
      code: 2,
      says: 'no artifact class "" (known: ',
    },
    { args: [mission, ...given, "--class", "input=!a"], code: 2, says: "pattern must be" },
    {
      args: [mission, ...given, "--default-class", "out"],
      code: 2,
      says: "--default-class: no artifact class out",
    },
    {
      args: [mission, ...given, "--classes", join(root, "object.json")],
      code: 2,
      says: "must be a JSON array",
    },
    {
      args: [mission, ...given, "--classes", join(root, "rules.json")],
      code: 2,
      says: "rule 2: pattern must be the path of one file",
    },
    {
      args: [mission, "--log", HAPPY_PATH, "-n", "feature_slug=x"],
      code: 1,
      says: 'of another mission: its feature_slug is "014-rate-limits", not "x"',
    },
    {
      args: [mission, "--log", join(root, "many.jsonl")],
      code: 1,
      says: "many.jsonl:2: an event of another mission",
    },
  ])("$says", async ({ args, code, says }) => {
    const run = await missionDossier(["index", ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: "" });
    expect(run.stderr).toContain(says);
    expect(run.stderr).not.toMatch(/^ {4}at /m);
  });
});

test("a log whose path cannot be followed is named", async () => {
  const loop = join(temporary, "loop");
  symlinkSync(loop, loop);
  const folder = join(repository({}), "m");
  const { code, stderr } = await missionDossier(["index", folder, "--log", loop, ...given]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `mission-dossier: cannot read ${loop}: too many symbolic links encountered\n`,
  });
});
