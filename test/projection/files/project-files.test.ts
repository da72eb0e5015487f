import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  currentStates,
  type FilesProgress,
  projectFiles,
  rebuildFiles,
  StateFolder,
  watchFiles,
} from "../../../src/projection/files/index.js";
import { filesEngine } from "../../../src/cli/projection/files-engine.js";
import { DossierAccumulator } from "../../../src/index.js";
import type { DeadLetter } from "../../../src/projection/index.js";
import { events } from "../../engine/events.js";
import { runs } from "../../support/runs.js";
import { eventOf, reducedStates, storedStates, temporaryFolder } from "./world.js";

const folder = temporaryFolder();
let count = 0;

/** Paths of a log and a folder of states that do not exist yet. */
function place(): { readonly log: string; readonly states: string } {
  const root = join(folder, String(count++));
  mkdirSync(root);
  return { log: join(root, "log.jsonl"), states: join(root, "states") };
}

function textOf(...lines: readonly (string | object)[]): string {
  return lines
    .map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`)
    .join("");
}

async function lettersOf(states: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of (await currentStates(states)).deadLetters.list()) {
    letters.push(letter);
  }
  return letters;
}

/** Damages the document that was stored last, and returns its mission. */
function damage(states: string): string {
  const file = join(states, "set-1/states-1");
  const bytes = readFileSync(file);
  const [, mission = ""] =
    [...bytes.toString("latin1").matchAll(/([0-9a-f]{32}) \d+ [0-9a-f]+\n/g)].at(-1) ?? [];
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(file, bytes);
  return mission;
}

/** The log has been read to its end: the states are those of the reducer. */
async function expectProjected(log: string, states: string): Promise<void> {
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const expected = reducedStates(lines);
  expect(await storedStates(states)).toEqual(expected.states);
  expect(await lettersOf(states)).toHaveLength(expected.poison);
}

const a1 = eventOf("a", "spec.md");
const a2 = eventOf("a", "plan.md", "bb", 2);
const b1 = eventOf("b", "spec.md");

describe("projecting a log", () => {
  test("of late, repeated, conflicting and rejected events in any pieces gives the states of the reducer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
        fc.constantFrom(2, 3, 100),
        async (seed, cuts, maxOpenMissions) => {
          const { log, states } = place();
          const lines = [...events({ events: 60, missions: 4, seed })].map((bytes) =>
            Buffer.from(bytes).toString(),
          );
          lines.splice(seed % 60, 0, "{", '{"event_type":7}');
          const text = Buffer.from(textOf(...lines));
          const ends = [...cuts.map((cut) => Math.floor(cut * text.length)), text.length];
          let start = 0;
          for (const end of ends.sort((a, b) => a - b)) {
            // A piece may end in the middle of a line.
            appendFileSync(log, text.subarray(start, end));
            start = end;
            await projectFiles({ log, states, maxOpenMissions });
          }
          await expectProjected(log, states);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test("a second time writes nothing", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, b1, "oops", a2));
    const first = await projectFiles({ log, states });
    expect(first).toEqual<FilesProgress>({
      events: 3,
      other: 0,
      skipped: 0,
      misspelled: 0,
      deadLetters: 1,
      missions: 2,
      position: readFileSync(log).length - 1,
      durable: readFileSync(log).length - 1,
      size: readFileSync(log).length - 1,
    });
    const again = await projectFiles({ log, states });
    expect(again).toMatchObject({ events: 0, deadLetters: 0, durable: first.durable });
  });

  test.each([
    ["carriage returns", textOf(a1, b1).replaceAll("\n", "\r\n")],
    ["blank lines", `${textOf(a1, b1)}\n \n\n`],
    ["blanks only", "\n\n"],
  ])("is complete in spite of %s", async (_what, text) => {
    const { log, states } = place();
    writeFileSync(log, text);
    const { durable, size } = await projectFiles({ log, states });
    expect(durable).toBe(size);
  });

  test("ends with the current states, even if a rebuild has made others meanwhile", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1));
    const empty = place();
    writeFileSync(empty.log, "");
    await rebuildFiles(empty);
    let isRebuilt = false;
    const onProgress = (): void => {
      if (!isRebuilt) {
        isRebuilt = true;
        cpSync(empty.states, states, { recursive: true });
      }
    };
    await projectFiles({ log, states, onProgress });
    expect((await currentStates(states)).path).toBe(join(states, "set-2"));
    await expectProjected(log, states);
  });

  test("goes on with states that a rebuild has made of a longer log", async () => {
    const { log, states } = place();
    const other = place();
    writeFileSync(log, textOf(a1));
    writeFileSync(other.log, textOf(a1, a2, b1));
    await projectFiles(other);
    let isRebuilt = false;
    const onProgress = (): void => {
      if (!isRebuilt) {
        isRebuilt = true;
        appendFileSync(log, textOf(a2, b1));
        cpSync(join(other.states, "set-1"), join(states, "set-2"), { recursive: true });
        writeFileSync(join(states, "current"), "set-2\n");
      }
    };
    await projectFiles({ log, states, onProgress });
    await expectProjected(log, states);
  });

  test.each([
    ["all of its records", 0],
    ["its last record", textOf(a1).length],
    ["a part of its last record", textOf(a1).length + 50],
  ])(
    "ends with an error if the log loses %s while a mission is read again",
    async (_what, left) => {
      const { log, states } = place();
      // The content that counts comes later, so what the other one hid is read again.
      writeFileSync(log, textOf(a1, { ...a1, payload: a2.payload, lamport_clock: 0 }));
      const onProgress = () => truncateSync(log, left);
      await expect(projectFiles({ log, states, onProgress })).rejects.toMatchObject({
        code: "changed_log",
      });
      expect(await storedStates(states)).toEqual(new Map());
    },
  );

  test("refuses a log that is not a regular file, which would look empty", async () => {
    const { log, states } = place();
    execFileSync("mkfifo", [log]);
    await expect(projectFiles({ log, states })).rejects.toMatchObject({
      code: "unreadable_file",
      message: expect.stringContaining("it is not a regular file"),
    });
  });

  test("names a dead letter that is damaged", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf("oops", a1));
    await projectFiles({ log, states });
    const [letter = ""] = readdirSync(join(states, "set-1/dead-letters"));
    for (const content of ["{", "{}"]) {
      writeFileSync(join(states, "set-1/dead-letters", letter), content);
      await expect(lettersOf(states)).rejects.toMatchObject({
        code: "invalid_binary",
        message: expect.stringContaining(letter),
      });
    }
  });

  test("waits for the rest of a torn line", async () => {
    const { log, states } = place();
    const text = textOf(a1, a2);
    writeFileSync(log, text.slice(0, -20));
    const { position, size } = await projectFiles({ log, states });
    expect(position).toBeLessThan(size);
    expect(await lettersOf(states)).toEqual([]);
    appendFileSync(log, text.slice(-20));
    await projectFiles({ log, states });
    await expectProjected(log, states);
  });

  test("takes a last line without a line feed, if it is whole", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, a2).trimEnd());
    const { position, size } = await projectFiles({ log, states });
    expect(position).toBe(size);
    appendFileSync(log, `\n${textOf(b1)}`);
    await projectFiles({ log, states });
    await expectProjected(log, states);
  });

  test("refuses a log whose last record goes on", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, a2).trimEnd());
    await projectFiles({ log, states });
    appendFileSync(log, textOf(b1));
    await expect(projectFiles({ log, states })).rejects.toMatchObject({ code: "changed_log" });
  });

  test("reads again what ends otherwise than before, if it must", async () => {
    const { log, states } = place();
    const earlier = { ...a1, payload: a2.payload, lamport_clock: 0 };
    writeFileSync(log, JSON.stringify(a1));
    await projectFiles({ log, states });
    appendFileSync(log, `\r\n${JSON.stringify(earlier)}\r\n`);
    await projectFiles({ log, states });
    await expectProjected(log, states);
  });

  test("goes on after a process that ended while it wrote states", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1));
    await projectFiles({ log, states });
    appendFileSync(join(states, "set-1/states-1"), "0123 17\nand a part of a state");
    expect(await storedStates(states)).toEqual(reducedStates([JSON.stringify(a1)]).states);
    appendFileSync(log, textOf(a2, b1));
    await projectFiles({ log, states });
    await expectProjected(log, states);
  });

  test("loses one record to a torn line that another record follows", async () => {
    const { log, states } = place();
    writeFileSync(log, `${textOf(a1)}${JSON.stringify(a2).slice(0, 30)}${textOf(b1, a2)}`);
    await projectFiles({ log, states });
    await expectProjected(log, states);
    const [letter] = await lettersOf(states);
    expect(Buffer.from(letter?.bytes ?? []).toString()).toContain(JSON.stringify(b1));
    expect(letter).toMatchObject({ reason: "unreadable", violations: [{ path: [] }] });
  });

  test("sets aside a record that is too long", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(`"${"x".repeat(2 ** 24)}"`, a1));
    await projectFiles({ log, states });
    appendFileSync(log, textOf(a2));
    await projectFiles({ log, states });
    expect(await lettersOf(states)).toMatchObject([{ reason: "unreadable" }]);
    expect(await storedStates(states)).toEqual(
      reducedStates(textOf(a1, a2).split("\n").slice(0, 2)).states,
    );
  });

  test("goes through the segments of a folder", async () => {
    const { log: segments, states } = place();
    mkdirSync(segments);
    const segment = (name: string, text: string) => writeFileSync(join(segments, name), text);
    segment("1.jsonl", textOf(a1));
    segment("2.jsonl", textOf(b1).trimEnd());
    segment("notes.txt", "oops");
    await projectFiles({ log: segments, states });
    segment("3.jsonl", textOf(a2));
    await projectFiles({ log: segments, states });
    const lines = [a1, b1, a2].map((each) => JSON.stringify(each));
    expect(await storedStates(states)).toEqual(reducedStates(lines).states);
  });

  test.each([
    ["shorter", textOf(a1), /has \d+ bytes, but \d+ were projected before/],
    ["another one", textOf(eventOf("x", "y"), a2, b1), /is not the log that was projected/],
  ])("is refused if the log is %s", async (_what, text, message) => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, a2));
    await projectFiles({ log, states });
    writeFileSync(log, text);
    const refused = expect(projectFiles({ log, states })).rejects;
    await refused.toMatchObject({ code: "changed_log", message: expect.stringMatching(message) });
  });

  test("ignores a byte-order mark at its beginning", async () => {
    const { log, states } = place();
    const conflicting = { ...b1, event_id: a1.event_id, payload: a2.payload };
    writeFileSync(log, `\ufeff${textOf(a1, a2, { ...conflicting, lamport_clock: 0 })}`);
    await projectFiles({ log, states });
    const lines = [a1, a2, { ...conflicting, lamport_clock: 0 }].map((each) =>
      JSON.stringify(each),
    );
    expect(await storedStates(states)).toEqual(reducedStates(lines).states);
  });

  test.each([
    ["gzipped", gzipSync(textOf(a1)), "it is gzipped, and a log is JSON Lines"],
    ["a JSON array", ` [${JSON.stringify(a1)}]`, "it is a JSON array, and a log is JSON Lines"],
  ])("is refused if the log is %s", async (_what, content, reason) => {
    const { log, states } = place();
    writeFileSync(log, content);
    await expect(projectFiles({ log, states })).rejects.toMatchObject({
      code: "unreadable_file",
      message: expect.stringContaining(reason),
    });
  });

  test("is refused if there is no log, or states were damaged", async () => {
    const { log, states } = place();
    await expect(projectFiles({ log, states })).rejects.toMatchObject({ code: "unreadable_file" });
    writeFileSync(log, textOf(a1));
    await projectFiles({ log, states });
    appendFileSync(log, textOf(a2));
    damage(states);
    await expect(projectFiles({ log, states })).rejects.toMatchObject({ code: "invalid_binary" });
  });
});

test("following a log keeps up with it until the signal, and keeps others out", async () => {
  const { log, states } = place();
  writeFileSync(log, textOf(a1));
  const end = new AbortController();
  const durable: number[] = [];
  const reached = async (bytes: number) => {
    await expect.poll(() => durable.at(-1), { timeout: 30_000 }).toBe(bytes - 1);
  };
  const following = projectFiles({
    log,
    states,
    follow: true,
    signal: end.signal,
    onProgress: (progress) => durable.push(progress.durable),
  });
  await reached(textOf(a1).length);
  await expect(projectFiles({ log, states })).rejects.toMatchObject({ code: "locked_file" });
  appendFileSync(log, textOf(a2, b1));
  await reached(textOf(a1, a2, b1).length);
  end.abort();
  expect(await following).toMatchObject({ events: 3, missions: 2 });
  await expectProjected(log, states);
});

test.each([
  ["cut", (segments: string) => writeFileSync(join(segments, "2.jsonl"), "")],
  ["longer in the middle", (segments: string) => appendFileSync(join(segments, "1.jsonl"), "\n")],
  ["begun earlier", (segments: string) => writeFileSync(join(segments, "0.jsonl"), textOf(b1))],
  ["replaced by a longer one", (segments: string) => replaceLast(segments, otherA2, b1)],
  ["replaced by one of the same size", (segments: string) => replaceLast(segments, otherA2)],
])("following a log that is %s ends with an error", async (_what, change) => {
  const { log: segments, states } = place();
  mkdirSync(segments);
  writeFileSync(join(segments, "1.jsonl"), textOf(a1));
  writeFileSync(join(segments, "2.jsonl"), textOf(a2));
  const progress: FilesProgress[] = [];
  const onProgress = (each: FilesProgress) => void progress.push(each);
  const following = projectFiles({ log: segments, states, follow: true, onProgress });
  const ended = expect(following).rejects.toMatchObject({ code: "changed_log" });
  await expect.poll(() => progress.at(-1)?.durable, { timeout: 30_000 }).toBeGreaterThan(0);
  change(segments);
  await ended;
});

/** An event of the same length as `a2`, which differs near its end. */
const otherA2 = eventOf("a", "plan.md", "cc", 2);

function replaceLast(segments: string, ...lines: readonly object[]): void {
  writeFileSync(join(segments, "2.new"), textOf(...lines));
  renameSync(join(segments, "2.new"), join(segments, "2.jsonl"));
}

test("watching a mission gives its state, and each later one", async () => {
  const { log, states } = place();
  writeFileSync(log, textOf(a1, b1));
  await projectFiles({ log, states });
  const [mission = ""] = (await storedStates(states)).keys();
  const end = new AbortController();
  const seen: number[] = [];
  for await (const { seq } of watchFiles({ states, mission, signal: end.signal })) {
    if (seen.push(seq) === 2) {
      end.abort();
    } else {
      appendFileSync(
        log,
        textOf({ ...a1, event_id: a2.event_id }, { ...b1, event_id: a2.event_id }),
      );
      await projectFiles({ log, states });
    }
  }
  expect(seen[1]).toBeGreaterThan(seen[0] ?? 0);
});

test("watching all missions tells that a rebuild has removed one", async () => {
  const { log, states } = place();
  writeFileSync(log, textOf(a1, b1));
  await projectFiles({ log, states });
  const end = new AbortController();
  const seen: (readonly [mission: string, events: number])[] = [];
  for await (const { mission, checkpoint } of watchFiles({ states, signal: end.signal })) {
    const { eventCount } = DossierAccumulator.fromBinary(checkpoint);
    if (seen.push([mission, eventCount]) === 2) {
      writeFileSync(log, textOf(a1));
      await rebuildFiles({ log, states });
    } else if (eventCount === 0) {
      end.abort();
    }
  }
  const [kept = ""] = (await storedStates(states)).keys();
  const removed = seen.find(([mission]) => mission !== kept)?.[0];
  expect(seen.slice(2)).toEqual([
    [kept, 1],
    [removed, 0],
  ]);
});

test("a damaged state is named, and does not keep the others back", async () => {
  const { log, states } = place();
  writeFileSync(log, textOf(a1, b1));
  await projectFiles({ log, states });
  const damaged = damage(states);
  const [other] = [...(await currentMissions(states))].filter((mission) => mission !== damaged);
  const file = join(states, "set-1/states-1");
  const error = expect.objectContaining({
    code: "invalid_binary",
    message: expect.stringContaining(
      `the state of mission ${damaged} in ${file} must be rebuilt: its checksum does not match`,
    ),
  });
  const seen: unknown[] = [];
  const watch = async () => {
    for await (const { mission } of watchFiles({ states, signal: new AbortController().signal })) {
      seen.push(mission);
    }
  };
  await expect(watch()).rejects.toEqual(error);
  const list = async () => {
    for await (const { mission } of filesEngine({ states }).states()) {
      seen.push(mission);
    }
  };
  await expect(list()).rejects.toEqual(error);
  expect(seen).toEqual([other, other]);
  appendFileSync(log, textOf(a2, { ...b1, lamport_clock: 2 }));
  await expect(projectFiles({ log, states })).rejects.toEqual(error);
});

async function currentMissions(path: string): Promise<readonly string[]> {
  const states = await currentStates(path);
  await states.load();
  return states.missions;
}

describe("rebuilding", () => {
  test("is not noticed by readers, who find each state at any time", async () => {
    const { log, states } = place();
    writeFileSync(
      log,
      textOf(...Array.from({ length: 50 }, (_, index) => eventOf(`${index}`, "a"))),
    );
    await projectFiles({ log, states });
    const missions = await currentMissions(states);
    const problems: unknown[] = [];
    let isOver = false;
    const repeat = async (read: () => Promise<boolean>): Promise<void> => {
      while (!isOver) {
        const isRight = await read().catch((error: unknown) => void problems.push(error));
        if (isRight === false) {
          problems.push(`${read} is incomplete`);
        }
      }
    };
    const engine = filesEngine({ states });
    const readers = [
      repeat(async () => (await engine.state(missions[0] ?? "")) !== undefined),
      repeat(async () => (await filesEngine({ states }).state(missions[1] ?? "")) !== undefined),
      repeat(async () => {
        const found: string[] = [];
        for await (const { mission } of filesEngine({ states }).states()) {
          found.push(mission);
        }
        return found.join() === missions.join();
      }),
      repeat(async () => {
        const end = new AbortController();
        const found = new Set<string>();
        for await (const { mission, checkpoint } of watchFiles({ states, signal: end.signal })) {
          if (DossierAccumulator.fromBinary(checkpoint).eventCount === 0) {
            return false;
          }
          // The states of another set come again.
          if (found.add(mission).size === missions.length) {
            end.abort();
          }
        }
        return true;
      }),
    ];
    for (let round = 0; round < 25; round++) {
      await rebuildFiles({ log, states });
    }
    isOver = true;
    await Promise.all(readers);
    expect(problems).toEqual([]);
  });

  test("repairs states, and says which have changed", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, b1, a2));
    await projectFiles({ log, states });
    const first = damage(states);
    const stored = readFileSync(join(states, "set-1/states-1"));
    const different: string[] = [];
    const options = {
      log,
      states,
      onDifference: ({ mission }: { readonly mission: string }) => void different.push(mission),
    };
    await rebuildFiles({ ...options, compareOnly: true });
    expect(readFileSync(join(states, "set-1/states-1"))).toEqual(stored);
    await rebuildFiles(options);
    expect(different).toEqual([first, first]);
    await expectProjected(log, states);
    expect(readdirSync(states).sort()).toEqual(["current", "set-2"]);
    await rebuildFiles(options);
    expect(different).toHaveLength(2);
  });

  test("compares at the place that the old states had reached, then goes on to the end", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1));
    await projectFiles({ log, states });
    appendFileSync(log, textOf(a2, b1));
    const different: string[] = [];
    const onDifference = ({ mission }: { readonly mission: string }) =>
      void different.push(mission);
    expect(await rebuildFiles({ log, states, onDifference })).toMatchObject({ events: 3 });
    expect(different).toEqual([]);
    await expectProjected(log, states);
  });

  test("compares at the place that is reached when it begins to read", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, a2, b1));
    await projectFiles({ log, states });
    writeFileSync(log, textOf(a1));
    const different: string[] = [];
    await rebuildFiles({
      log,
      // Between the look at the log and the look at the states, another process goes on.
      get states() {
        writeFileSync(log, textOf(a1, a2, b1));
        return states;
      },
      compareOnly: true,
      onDifference: ({ mission }) => void different.push(mission),
    });
    expect(different).toEqual([]);
  });

  test.each(["states-1", "position.json"])("repairs states without their %s", async (name) => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, b1));
    await projectFiles({ log, states });
    rmSync(join(states, "set-1", name));
    const message = expect.stringMatching(`set-1/${name}, it is missing.* must be rebuilt`);
    const refused = { code: "invalid_binary", message };
    await expect(projectFiles({ log, states })).rejects.toMatchObject(refused);
    await expect(storedStates(states)).rejects.toMatchObject(refused);
    let count = 0;
    await rebuildFiles({ log, states, onDifference: () => void count++ });
    expect(count).toBe(2);
    await expectProjected(log, states);
  });

  test.each([
    ["is no name of a set", () => "set-\u0000", /\/current, it names no set, so .* rebuilt/],
    ["names a set that is gone", () => "set-7\n", /\/current, it names set-7, which has no pos/],
    [
      "names what a killed rebuild has left",
      (states: string) => {
        mkdirSync(join(states, "set-3/dead-letters"), { recursive: true });
        return "set-3\n";
      },
      /\/current, it names set-3, which has no position/,
    ],
  ])("repairs states if the file current %s", async (_what, damaged, message) => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1, b1));
    await projectFiles({ log, states });
    await rebuildFiles({ log, states });
    writeFileSync(join(states, "current"), damaged(states));
    const refused = { code: "invalid_binary", message: expect.stringMatching(message) };
    await expect(storedStates(states)).rejects.toMatchObject(refused);
    await expect(projectFiles({ log, states })).rejects.toMatchObject(refused);
    await expect(rebuildFiles({ log: `${log}.gone`, states })).rejects.toThrow("no such file");
    expect(readdirSync(states)).toContain("set-2");
    await rebuildFiles({ log, states });
    await expectProjected(log, states);
    expect(readdirSync(states)).toHaveLength(2);
  });

  test("leaves alone who follows the log, and who then goes on with the new states", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1));
    const end = new AbortController();
    const following = projectFiles({ log, states, follow: true, signal: end.signal });
    const reached = (set: string) =>
      expect
        .poll(async () => (await new StateFolder(join(states, set)).load()).seq, {
          timeout: 30_000,
        })
        .toBe(readFileSync(log).length - 1);
    await reached("set-1");
    const different: string[] = [];
    const onDifference = ({ mission }: { readonly mission: string }) =>
      void different.push(mission);
    await rebuildFiles({ log, states, onDifference });
    appendFileSync(log, textOf(a2, b1));
    await reached("set-2");
    end.abort();
    await following;
    expect(different).toEqual([]);
    await expectProjected(log, states);
    expect(readdirSync(states).sort()).toEqual(["current", "set-2"]);
  });

  test("that fails leaves the states as they are", async () => {
    const { log, states } = place();
    writeFileSync(log, textOf(a1));
    await projectFiles({ log, states });
    const before = await storedStates(states);
    rmSync(log);
    await expect(rebuildFiles({ log, states })).rejects.toMatchObject({ code: "unreadable_file" });
    expect(await storedStates(states)).toEqual(before);
  });
});
