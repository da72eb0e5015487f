import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { eventOf } from "../projection/files/world.js";
import {
  lines,
  missionDossier,
  shell,
  startMissionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const a1 = eventOf("first-mission", "spec.md");
const a2 = eventOf("first-mission", "plan.md", "bb", 2);
const b1 = eventOf("other-mission", "spec.md");
let count = 0;

/** A log with these lines, and a folder of states that does not exist yet. */
function place(...content: readonly object[]): { readonly log: string; readonly states: string } {
  const name = String(count++);
  return { log: files.write(`${name}.jsonl`, lines(...content)), states: join(files.path, name) };
}

/** The stored state of a mission as the command prints it, as JSON. */
function watchedOnce(mission: string, states: string): ReturnType<typeof missionDossier> {
  return missionDossier(["watch", mission, "-s", states, "--once", "-f", "json"]);
}

describe("project", () => {
  test("says what it did, and continues where it ended", async () => {
    const { log, states } = place(a1, b1, { event_type: 7 });
    const first = await missionDossier(["project", log, "--states", states]);
    expect(first).toMatchObject({
      code: 0,
      stdout:
        "projected  2 events of 2 missions\n" +
        `           1 dead letter: see mission-dossier dead-letters --states ${states}\n`,
    });
    expect(first.stderr).toMatch(/^dead letter \d+: invalid_event: \S+ .*\(and \d+ more\)\n$/);
    const again = await missionDossier(["project", log, "-s", states]);
    expect(again).toMatchObject({ code: 0, stdout: "projected  no new event\n", stderr: "" });
    appendFileSync(log, `${JSON.stringify(a2).slice(0, 50)}`);
    const torn = await missionDossier(["project", log, "-s", states]);
    expect(torn.stdout).toBe(
      "projected  no new event\n           51 bytes not yet: an unfinished last line, or more to do\n",
    );
  });

  test("names the entry of a folder that it cannot read", async () => {
    const { states } = place();
    const log = join(files.path, `entries-${count++}`);
    mkdirSync(log);
    writeFileSync(join(log, "1.jsonl"), lines(a1));
    const dangling = join(log, "2.jsonl");
    symlinkSync("nowhere", dangling);
    const { code, stderr } = await missionDossier(["project", log, "-s", states]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mission-dossier: cannot read ${dangling}: no such file or directory\n`,
    });
  });

  test("makes no folder for a log that it refuses", async () => {
    const { states } = place();
    const log = files.write(`${count++}.gz`, gzipSync(lines(a1)));
    for (const command of ["project", "rebuild"]) {
      const { code, stderr } = await missionDossier([command, log, "-s", states]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `mission-dossier: cannot read ${log}: it is gzipped, and a log is JSON Lines\n`,
      });
      expect(existsSync(states)).toBe(false);
    }
  });

  test("says what to do when the log has become shorter", async () => {
    const { log, states } = place(a1, b1);
    await missionDossier(["project", log, "-s", states]);
    const before = readFileSync(log).length - 1;
    writeFileSync(log, lines(a1));
    const { code, stderr } = await missionDossier(["project", log, "-s", states]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        `mission-dossier: ${log} has ${lines(a1).length} bytes, but ${before} were projected before; ` +
        "give the log of these states, or rebuild them.\n",
    });
  });

  test("that follows a log ends by Ctrl-C, with everything stored", async () => {
    const { log, states } = place(a1);
    const running = startMissionDossier(["project", log, "-s", states, "--follow"]);
    await expect
      .poll(async () => (await watchedOnce("first-mission", states)).code, { timeout: 30_000 })
      .toBe(0);
    appendFileSync(log, lines(b1));
    await expect
      .poll(async () => (await watchedOnce("other-mission", states)).code, { timeout: 30_000 })
      .toBe(0);
    running.interrupt();
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "projected  2 events of 2 missions\n" });
  });

  test.each([
    ["no log", ["project", "-s", "states"], "missing LOG, the file or folder of events, or --nats"],
    ["no log to publish to", ["publish"], "missing --log, the log of events, or --nats"],
    ["no states", ["project", "a.jsonl"], "missing --states, the folder of states, or --nats"],
    ["a missing log", ["project", "nowhere.jsonl", "-s", "states"], "nowhere.jsonl", true],
    [
      "missing states",
      ["dead-letters", "-s", "nowhere"],
      "cannot read nowhere: no such file",
      true,
    ],
    [
      "a state of nobody",
      ["watch", "a", "-s", ".", "--once"],
      "no mission named a; no state is",
      true,
    ],
    ["two engines", ["project", "a.jsonl", "--nats", "nats://127.0.0.1"], "--nats takes no files"],
    ["another action", ["dead-letters", "burn"], "Allowed choices are list, show, retry"],
    ["a letter to list", ["dead-letters", "list", "12", "-s", "states"], "list takes no ID"],
    ["a repair to list", ["dead-letters", "-w", "f", "-s", "states"], "--with is for retry"],
    ["a log to show", ["dead-letters", "show", "1", "-l", "f", "-s", "s"], "--log is for retry"],
    ["a prefix of files", ["publish", "--prefix", "x", "-l", "f"], "and needs --nats"],
    ["no letter", ["dead-letters", "show", "-s", "states"], "missing ID"],
  ])("and its siblings end with a message for %s", async (_what, args, message, isFile = false) => {
    const { code, stderr, stdout } = await missionDossier(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.endsWith(`see mission-dossier ${args[0]} --help\n`)).toBe(!isFile);
  });
});

describe("a folder into which nothing was projected", () => {
  const commands = [
    ["rebuild", "LOG", "--compare-only"],
    ["dead-letters"],
    ["dead-letters", "show", "1"],
    ["dead-letters", "retry", "1", "-l", "LOG"],
    ["serve", "--port", "0"],
  ];
  test.each(commands.map((args) => ({ args })))("is an error for $args", async ({ args }) => {
    const { log, states } = place(a1);
    mkdirSync(states);
    const given = args.map((each) => (each === "LOG" ? log : each));
    const run = await missionDossier([...given, "-s", states], { isStopped: true });
    expect(run).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `mission-dossier: no states are stored in ${states}\n`,
    });
    expect(readdirSync(states)).toEqual([]);
  });

  test("is not made by a comparison", async () => {
    const { log, states } = place(a1);
    const run = await missionDossier(["rebuild", log, "-s", states, "--compare-only"]);
    expect(run).toMatchObject({
      code: 2,
      stderr: `mission-dossier: no states are stored in ${states}\n`,
    });
    expect(existsSync(states)).toBe(false);
  });

  test("is another one than that of an empty log", async () => {
    const { log, states } = place();
    await missionDossier(["project", log, "-s", states]);
    const letters = await missionDossier(["dead-letters", "-s", states]);
    expect(letters).toMatchObject({ code: 0, stderr: "no dead letters\n" });
    const serving = await missionDossier(["serve", "-s", states, "--port", "0"], {
      isStopped: true,
    });
    expect(serving).toMatchObject({ code: 0, stderr: "" });
    const compared = await missionDossier(["rebuild", log, "-s", states, "--compare-only"]);
    expect(compared.code).toBe(0);
  });

  test("is not a file", async () => {
    const { log } = place(a1);
    const { code, stderr } = await missionDossier(["dead-letters", "-s", log]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mission-dossier: cannot read ${log}: it is not a folder of states\n`,
    });
  });
});

describe("dead-letters retry", () => {
  const { event_id: _, ...broken } = a2;
  const repaired = files.write("repaired-a2.json", JSON.stringify(a2));

  async function letterIn(log: string, states: string): Promise<string> {
    await missionDossier(["project", log, "-s", states]);
    const [id = ""] = (await missionDossier(["dead-letters", "-s", states])).stdout.split(" ");
    return id;
  }

  test.each([
    ["does not exist", undefined, /cannot read \S+: no such file or directory\n$/],
    ["is another one", lines(b1, b1, b1), /is not the log that was projected before/],
    ["has lost records", lines(a1), /were projected before/],
  ])("keeps the letter if the log %s", async (_what, content, message) => {
    const { log, states } = place(a1, broken);
    const id = await letterIn(log, states);
    const wrong = join(files.path, `wrong-${count++}.jsonl`);
    if (content !== undefined) {
      writeFileSync(wrong, content);
    }
    const args = ["dead-letters", "retry", id, "-s", states, "-l", wrong, "-w", repaired];
    const { code, stdout, stderr } = await missionDossier(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(existsSync(wrong) ? readFileSync(wrong, "utf8") : undefined).toBe(content);
    expect((await missionDossier(["dead-letters", "-s", states])).stderr).toBe("1 dead letter\n");
  });

  test("publishes nothing that is not UTF-8, which would change its content", async () => {
    const { log, states } = place(a1);
    const latin = Buffer.from(JSON.stringify(a2).replace("plan.md", "caf\u00e9.md"), "latin1");
    appendFileSync(log, Buffer.concat([latin, Buffer.from("\n")]));
    const before = readFileSync(log);
    const retry = ["dead-letters", "retry", await letterIn(log, states), "-s", states, "-l", log];
    for (const args of [retry, [...retry, "-w", files.write("latin.json", latin)]]) {
      const { code, stderr } = await missionDossier(args);
      expect(code).toBe(1);
      expect(stderr).toContain("is still not an event of a mission; nothing was published");
    }
    expect(readFileSync(log)).toEqual(before);
    expect((await missionDossier(["dead-letters", "-s", states])).stderr).toBe("1 dead letter\n");
  });

  test("adds to the last file of a folder, and to no other", async () => {
    const { states } = place();
    const log = join(files.path, `folder-${count++}`);
    mkdirSync(log);
    const [first, last] = [join(log, "1.jsonl"), join(log, "2.jsonl")];
    writeFileSync(first, lines(b1));
    writeFileSync(last, lines(a1, broken));
    const retry = ["dead-letters", "retry", await letterIn(log, states), "-s", states];
    const wrong = await missionDossier([...retry, "-w", repaired, "-l", first]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    const right = await missionDossier([...retry, "-w", repaired, "-l", last]);
    expect(right).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(last, "utf8")).toBe(lines(a1, broken, a2));
    expect((await missionDossier(["project", log, "-s", states])).code).toBe(0);
  });
});

describe("a payload that the contract rejects", () => {
  const rejected = { ...a2, payload: { namespace: a2.payload?.["namespace"] ?? null } };

  test("is published, with a warning, and counted by project and watch", async () => {
    const { log, states } = place(a1);
    const input = lines(rejected);
    const published = await missionDossier(["publish", "-l", log], { input });
    expect(published).toMatchObject({ code: 0, stdout: "published  1 event\n" });
    expect(published.stderr).toMatch(
      /^standard input:1: the contract rejects the payload, which will be skipped\n {2}artifact_id /,
    );
    const projected = await missionDossier(["project", log, "-s", states]);
    expect(projected.stdout).toBe(
      "projected  2 events of 1 mission\nskipped    1 payload that the contract rejects\n",
    );
    const watched = await missionDossier(["watch", "first-mission", "-s", states, "--once"]);
    expect(watched).toMatchObject({
      code: 0,
      stderr: "skipped 1 payload that the contract rejects\n",
    });
    expect((await watchedOnce("first-mission", states)).stderr).toBe("");
  });

  test("is reported when a dead letter is retried", async () => {
    const { event_id: _, ...broken } = a2;
    const { log, states } = place(a1, broken);
    await missionDossier(["project", log, "-s", states]);
    const [id = ""] = (await missionDossier(["dead-letters", "-s", states])).stdout.split(" ");
    const repaired = files.write("rejected.json", JSON.stringify(rejected));
    const retry = ["dead-letters", "retry", id, "-s", states, "-l", log, "-w", repaired];
    const { code, stderr } = await missionDossier(retry);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^the contract rejects the payload, which will be skipped\n {2}artifact_id /,
    );
  });
});

test("watch counts ids with more than one content", async () => {
  const { log, states } = place(a1, { ...a2, event_id: a1.event_id });
  await missionDossier(["project", log, "-s", states]);
  const { stderr } = await missionDossier(["watch", "first-mission", "-s", states, "--once"]);
  expect(stderr).toBe(
    "1 id with more than one content; the one that comes first in the stream counts\n",
  );
});

describe("an event whose type is nearly one of the contract's", () => {
  const misspelled = { ...a2, event_type: "MissionDossierArtifactIndexd" };
  const reason =
    /^ {2}event_type {2}the contract has no such event type.*MissionDossierArtifactIndexed.*\[unknown_event_type\]$/m;

  test("is refused by publish, unlike those of foreign types", async () => {
    const { log } = place(a1);
    const input = lines(misspelled, { event_type: "Else" }, b1);
    const { code, stdout, stderr } = await missionDossier(["publish", "-l", log], { input });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "published  1 event\nrefused    1 line\nleft out   1 event of other types\n",
    });
    expect(stderr).toMatch(/^standard input:1: not published\n/);
    expect(stderr).toMatch(reason);
    expect(readFileSync(log, "utf8")).toBe(lines(a1, b1));
  });

  test("is counted by project", async () => {
    const { log, states } = place(a1, misspelled, { event_type: "Else" }, misspelled);
    const { code, stdout } = await missionDossier(["project", log, "-s", states]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        "projected   1 event of 1 mission\n" +
        "misspelled  2 events of types that are nearly the contract's\n",
    });
  });

  test("is no repair of a dead letter, and the reason is said", async () => {
    const { event_id: _, ...broken } = a2;
    const { log, states } = place(a1, broken);
    await missionDossier(["project", log, "-s", states]);
    const [id = ""] = (await missionDossier(["dead-letters", "-s", states])).stdout.split(" ");
    const retry = ["dead-letters", "retry", id, "-s", states, "-l", log, "-w"];
    const still = "is still not an event of a mission; nothing was published\n";
    const misspelt = await missionDossier([
      ...retry,
      files.write("repair.json", JSON.stringify(misspelled)),
    ]);
    expect(misspelt).toMatchObject({ code: 1, stderr: expect.stringMatching(reason) });
    expect(misspelt.stderr).toContain(still);
    const foreign = await missionDossier([
      ...retry,
      files.write("repair.json", '{"event_type":"Else"}'),
    ]);
    expect(foreign.stderr).toBe(
      `  its event type is not one of the contract's\nmission-dossier: dead letter ${id} ${still}`,
    );
  });
});

describe("watch", () => {
  test("prints a state by the mission's slug, or the beginning of its key", async () => {
    const { log, states } = place(a1, b1);
    await missionDossier(["project", log, "-s", states]);
    const bySlug = await missionDossier(["watch", "first-mission", "-s", states, "--once"]);
    expect(bySlug.stdout).toMatch(/^Mission dossier {2}\w+ {2}1 event\n/);
    const json = await watchedOnce("first-mission", states);
    const { mission, state } = JSON.parse(json.stdout);
    expect(state.event_count).toBe(1);
    const byKey = await missionDossier(["watch", mission.slice(0, 8), "-s", states, "--once"]);
    expect(byKey.stdout).toBe(bySlug.stdout);
    const none = await missionDossier(["watch", "nothing", "-s", states, "--once"]);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(
      /no mission named nothing; there are\n {2}\w{32} {2}first-mission {2}main\n {2}\w{32} {2}other-mission {2}main\n$/,
    );
  });
});

test("watch names missions by slug, and says how many more there are", async () => {
  const names = Array.from({ length: 13 }, (_, index) => `m-${String(index).padStart(2, "0")}`);
  const { log, states } = place(...names.toReversed().map((name) => eventOf(name, "spec.md")));
  await missionDossier(["project", log, "-s", states]);
  const { stderr } = await missionDossier(["watch", "nope", "-s", states, "--once"]);
  const listed = [...stderr.matchAll(/^ {2}\w{32} {2}(\S+)/gm)].map(([, slug]) => slug);
  expect(listed).toEqual(names.slice(0, 10));
  expect(stderr).toMatch(/\n {2}and 3 more\n$/);
  const empty = await missionDossier(["watch", "", "-s", states, "--once"]);
  expect(empty.stderr).toContain('no mission named ""; there are');
});

test("watch shows what tells two missions of one slug apart", async () => {
  const ofBranch = (branch: string) =>
    JSON.parse(JSON.stringify(a1).replace('"target_branch":"main"', `"target_branch":"${branch}"`));
  const { log, states } = place(ofBranch("zeta"), ofBranch("alpha"));
  await missionDossier(["project", log, "-s", states]);
  const { code, stderr } = await missionDossier(["watch", "first-mission", "-s", states]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /2 missions named first-mission; give the key of one\n {2}\w{32} {2}first-mission {2}alpha\n {2}\w{32} {2}first-mission {2}zeta\n$/,
  );
});

test("watch waits for the first state", async () => {
  const { log, states } = place(a1);
  mkdirSync(states);
  const watching = startMissionDossier(["watch", "first-mission", "-s", states]);
  await watching.reported("waiting for the first one");
  await missionDossier(["project", log, "-s", states]);
  await watching.printed("1 event");
  watching.interrupt();
  expect((await watching.ended).code).toBe(0);
});

describe("dead-letters", () => {
  test("shows what is wrong with a record, and takes it again once it is repaired", async () => {
    const { event_id: _, ...broken } = a2;
    const { log, states } = place(a1, broken);
    await missionDossier(["project", log, "-s", states]);
    const listed = await missionDossier(["dead-letters", "-s", states]);
    const [id = ""] = listed.stdout.split(" ");
    expect(listed.stdout).toContain("invalid_event");
    expect(listed.stderr).toBe("1 dead letter\n");
    const shown = await missionDossier(["dead-letters", "show", id, "-s", states]);
    expect(shown.stdout).toContain("event_id");
    expect(shown.stdout).toContain(JSON.stringify(broken));
    const retry = ["dead-letters", "retry", id, "-s", states, "-l", log];
    const refused = await missionDossier(retry);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("is still not an event of a mission; nothing was published");
    const repaired = files.write("repaired.json", JSON.stringify(a2, null, 2));
    expect((await missionDossier([...retry, "--with", repaired])).code).toBe(0);
    await missionDossier(["project", log, "-s", states]);
    expect((await missionDossier(["dead-letters", "-s", states])).stderr).toBe("no dead letters\n");
    const { stdout } = await watchedOnce("first-mission", states);
    expect(JSON.parse(stdout).state.event_count).toBe(2);
  });
});

describe("publish", () => {
  test("adds each line as it is, and refuses those that no mission can take", async () => {
    const { log } = place(a1);
    const number = JSON.stringify(a2).replace(
      '"lamport_clock":2',
      '"lamport_clock":9007199254740993',
    );
    const input = `${number}\n\n{"event_type":"Else"}\noops\n${JSON.stringify(b1)}`;
    const { code, stdout, stderr } = await missionDossier(["publish", "-l", log], { input });
    expect(code).toBe(1);
    expect(stdout).toBe(
      "published  2 events\nrefused    1 line\nleft out   1 event of other types\n",
    );
    expect(stderr).toMatch(/^standard input:4: not published\n {2}is not JSON: /);
    expect(readFileSync(log, "utf8")).toBe(`${lines(a1)}${number}\n${lines(b1)}`);
  });

  test.each([
    ["gzipped", gzipSync(lines(a1))],
    ["a JSON array", Buffer.from(`\ufeff [${JSON.stringify(a1)}]`)],
  ])("leaves a log that is %s as it is", async (form, content) => {
    const log = files.write(`${count++}.json`, content);
    const input = lines(b1);
    const { code, stderr } = await missionDossier(["publish", "-l", log], { input });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mission-dossier: cannot read ${log}: it is ${form}, and a log is JSON Lines\n`,
    });
    expect(readFileSync(log)).toEqual(content);
  });

  test.each([
    ["a JSON array", JSON.stringify([a1, b1]), "a JSON array"],
    [
      "a JSON array on many lines",
      `\n\ufeff${JSON.stringify([a1], null, 2)}`.slice(1),
      "a JSON array",
    ],
    ["an event on many lines", JSON.stringify(a1, null, 2), "JSON on several lines"],
  ])("and upcast refuse %s at once", async (_what, input, form) => {
    const { log } = place(b1);
    for (const args of [
      ["publish", "-l", log],
      ["upcast", "--to", "3.0.0"],
    ]) {
      const { code, stderr } = await missionDossier(args, { input });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `mission-dossier: cannot read standard input: it is ${form}, and a log is JSON Lines\n`,
      });
    }
    expect(readFileSync(log, "utf8")).toBe(lines(b1));
  });

  test("refuses a line that is cut after its brace, and takes the next one", async () => {
    const { log } = place();
    const input = `{\n${lines(a1)}`;
    const { code, stdout } = await missionDossier(["publish", "-l", log], { input });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "published  1 event\nrefused    1 line\n",
    });
  });

  test("refuses to publish a log into itself", async () => {
    const { log } = place(a1);
    const { code, stderr } = await missionDossier(["publish", log, "-l", log]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mission-dossier: ${log} is the log itself; nothing was published\n`,
    });
    const piped = await shell(`CLI publish -l "${log}" < "${log}"`);
    expect(piped).toMatchObject({ code: 2 });
    expect(piped.stderr).toContain("standard input is the log itself");
    expect(readFileSync(log, "utf8")).toBe(lines(a1));
  });

  test.each([0, 1])("names a path that cannot be followed, as argument %d", async (argument) => {
    const { log } = place(a1);
    const loop = join(files.path, `loop-${count++}`);
    symlinkSync(loop, loop);
    const [input = "", target = ""] = argument === 0 ? [loop, log] : [log, loop];
    const { code, stderr } = await missionDossier(["publish", input, "-l", target]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mission-dossier: cannot (?:read|append to) .*loop-\d+/);
  });

  test.skipIf(process.platform === "win32")(
    "says how many events it has stored, if the disk is full",
    async () => {
      const { log } = place();
      const input = lines(...Array.from({ length: 1600 }, () => a1));
      // Blocks of 512 or 1024 bytes: one or two batches fit.
      const script = `trap '' XFSZ; ulimit -f 1000; CLI publish -l "${log}"`;
      const { code, stderr } = await shell(script, { input });
      const stored = readFileSync(log, "utf8").split("\n").length - 1;
      expect(stored).toBeGreaterThan(0);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          new RegExp(`cannot append to \\S+: .*; ${stored} events had been published before\n$`),
        ),
      });
    },
  );

  test("says that the folder of the log is missing", async () => {
    const log = join(files.path, "missing", "log.jsonl");
    const { code, stderr } = await missionDossier(["publish", "-l", log], { input: lines(a1) });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mission-dossier: cannot append to ${log}: no such file or directory\n`,
    });
  });

  test("publishes what it has read before a file that is damaged, which it names", async () => {
    const { log } = place(a1);
    const damaged = files.write(`${count++}.gz`, gzipSync(lines(a2)).subarray(0, 50));
    const whole = files.write(`${count++}.jsonl`, `\ufeff${lines(a2, b1)}`);
    const { code, stdout, stderr } = await missionDossier(["publish", whole, damaged, "-l", log]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "published  2 events\n" });
    expect(stderr).toMatch(`cannot read ${damaged}: damaged gzip: `);
    expect(readFileSync(log, "utf8")).toBe(lines(a1, a2, b1));
  });

  test.each(["standard input", "a FIFO"])(
    "publishes what it has read of %s until Ctrl-C",
    async (input) => {
      const { log } = place(a1);
      const fifo = join(files.path, String(count++));
      execFileSync("mkfifo", [fifo]);
      const run = startMissionDossier([
        "publish",
        "-l",
        log,
        ...(input === "a FIFO" ? [fifo] : []),
      ]);
      const writer = input === "a FIFO" ? openSync(fifo, "r+") : undefined;
      const text = `${lines(a2)}oops\n${JSON.stringify(b1)}`;
      if (writer === undefined) {
        run.send(text);
      } else {
        writeSync(writer, text);
      }
      await run.reported("not published");
      run.interrupt();
      const { code, signal, stdout } = await run.ended;
      // The shell calls the signal 130.
      expect({ code: signal === "SIGINT" ? 130 : code, stdout }).toEqual({
        code: 130,
        stdout: "published  1 event\nrefused    1 line\n",
      });
      expect(readFileSync(log, "utf8")).toBe(lines(a1, a2));
      if (writer !== undefined) {
        closeSync(writer);
      }
    },
  );
});

test("rebuild names the missions that differ, and repairs them", async () => {
  const { log, states } = place(a1, b1);
  await missionDossier(["project", log, "-s", states]);
  const { stdout } = await watchedOnce("first-mission", states);
  const { mission } = JSON.parse(stdout);
  const stored = join(states, "set-1/states-1");
  // The sequence in its document is another one than that of the checksum.
  const header = `"mission":"${mission}","seq":`;
  const text = readFileSync(stored, "latin1").replace(header, header.replace("seq", "Seq"));
  writeFileSync(stored, text, "latin1");
  const damaged = await missionDossier(["watch", mission, "-s", states, "--once"]);
  expect(damaged.code).toBe(1);
  const compared = await missionDossier(["rebuild", log, "-s", states, "--compare-only"]);
  expect(compared.stdout).toContain("1 mission differs; the states stay as they are\n");
  expect(compared.code).toBe(3);
  const rebuilt = await missionDossier(["rebuild", log, "-s", states]);
  expect(rebuilt.stdout).toBe(
    `${mission}  new, or could not be read before\n` +
      "rebuilt  2 events of 2 missions\n1 mission differs; the new states are in their place\n",
  );
  expect((await missionDossier(["watch", mission, "-s", states, "--once"])).code).toBe(0);
});
