import { randomBytes } from "node:crypto";
import { appendFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readEventFile } from "../../src/stream/file.js";
import { DamagedGzipError, UnreadableRecordError } from "../../src/stream/index.js";
import { lines, startMissionDossier, temporaryDirectory } from "../cli/command.js";
import { deep } from "../support/runs.js";
import { indexing } from "./attacks.js";

// A file is read from its beginning to its end at that time, so content that was added or cut
// off meanwhile counts. A record that is cut off there is unreadable.

const files = temporaryDirectory();
/** More than is read of a file at once and ahead. */
const COUNT = 4000;
const NOTE = "n".repeat(1000);

function event(number: number): string {
  return lines(indexing(`${number}.ts`, number, { context_diagnostics: { note: NOTE } }));
}

const text = Array.from({ length: COUNT }, (_, number) => event(number)).join("");
const more = event(COUNT) + event(COUNT + 1);

describe("a file of events that changes while it is read", () => {
  /** The events of a file that is changed after the first one has been read. */
  async function readWhile(
    name: string,
    content: string | Uint8Array,
    change: (path: string) => void,
  ): Promise<{ events: number; error: unknown }> {
    const path = files.write(name, content);
    let events = 0;
    try {
      for await (const _event of readEventFile(path)) {
        if (events++ === 0) {
          change(path);
        }
      }
    } catch (error) {
      return { events, error };
    }
    return { events, error: undefined };
  }

  test("is read to its new end when it grows", async () => {
    const grown = await readWhile("grows.jsonl", text, (path) => appendFileSync(path, more));
    expect(grown).toEqual({ events: COUNT + 2, error: undefined });
  });

  test("has an unreadable end when half a line is added", async () => {
    const half = more.slice(0, -100);
    const { events, error } = await readWhile("half.jsonl", text, (path) =>
      appendFileSync(path, half),
    );
    expect(events).toBe(COUNT + 1);
    expect(error).toBeInstanceOf(UnreadableRecordError);
    expect(error).toMatchObject({ place: { line: COUNT + 2 } });
  });

  test.each([
    { name: "shrinks.jsonl", content: text, to: 0 },
    { name: "shrinks.json", content: `[${text.trimEnd().replaceAll("\n", ",")}]`, to: 0 },
    {
      name: "half.json",
      content: `[${text.trimEnd().replaceAll("\n", ",")}]`,
      to: text.length / 2,
    },
  ])("$name has an unreadable end when it is cut off", async ({ name, content, to }) => {
    const cut = await readWhile(name, content, (path) => truncateSync(path, Math.floor(to)));
    expect(cut.events).toBeLessThan(COUNT);
    expect(cut.events).toBeGreaterThan(0);
    expect(cut.error).toBeInstanceOf(UnreadableRecordError);
  });

  test("is damaged when it is gzipped and cut off", async () => {
    // Incompressible content.
    const notes = Array.from({ length: COUNT }, () => randomBytes(750).toString("base64"));
    const packed = gzipSync(notes.map((note) => lines({ note })).join(""));
    expect(packed.length).toBeGreaterThan(2 ** 21);
    const { events, error } = await readWhile("cut.gz", packed, (path) => truncateSync(path, 100));
    expect(events).toBeLessThan(COUNT);
    expect(error).toBeInstanceOf(DamagedGzipError);
  });

  test.skipIf(process.platform === "win32")("is read to its end when it is removed", async () => {
    const removed = await readWhile("removed.jsonl", text, (path) => rmSync(path));
    expect(removed).toEqual({ events: COUNT, error: undefined });
  });

  test.skipIf(process.platform === "win32")("is read as it was when it is replaced", async () => {
    const replaced = await readWhile("replaced.jsonl", text, (path) => {
      writeFileSync(`${path}.new`, more);
      renameSync(`${path}.new`, path);
    });
    expect(replaced).toEqual({ events: COUNT, error: undefined });
  });
});

describe.runIf(deep).concurrent("the command, when a file changes while it is read", () => {
  const args = ["reduce", "--skip-invalid", "--format", "json"];
  // The message about an invalid first line shows that the command has begun to read.
  const marked = (name: string): string => {
    const path = files.write(name, "{}\n");
    for (let times = 0; times < 5; times++) {
      appendFileSync(path, text);
    }
    return path;
  };

  test("reads lines added before it reaches the end", async () => {
    const path = marked("command-grows.jsonl");
    const run = startMissionDossier([...args, path]);
    run.end();
    await run.reported(`${path}:1: not a valid event`);
    appendFileSync(path, more);
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    // It may have reached the end before.
    expect([COUNT, COUNT + 1, COUNT + 2]).toContain(JSON.parse(stdout).event_count);
  });

  test("reads the rest, and reports the line that is cut off", async () => {
    const path = marked("command-shrinks.jsonl");
    const run = startMissionDossier([...args, path]);
    run.end();
    await run.reported(`${path}:1: not a valid event`);
    truncateSync(path, Math.floor(statSync(path).size / 2));
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ parity_status: "unknown" });
    expect(stderr).toMatch(/^skipped [12] invalid records?$/m);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test.skipIf(process.platform === "win32")("reads all of a file that is removed", async () => {
    const path = marked("command-removed.jsonl");
    const run = startMissionDossier([...args, path]);
    run.end();
    await run.reported(`${path}:1: not a valid event`);
    rmSync(path);
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: COUNT });
  });
});

describe.concurrent("the command, when a file changes before its turn", () => {
  const first = files.write("first.jsonl", `{}\n${event(1)}`);

  /** Runs the command on three inputs, and changes files while it waits for the second. */
  async function runWhile(third: string, change: () => void) {
    const run = startMissionDossier(["reduce", "--skip-invalid", "-f", "json", first, "-", third]);
    await run.reported(`${first}:1: not a valid event`);
    change();
    run.send(event(2));
    run.end();
    return run.ended;
  }

  test("reads added lines", async () => {
    const path = files.write("later-grows.jsonl", event(3));
    const { code, stdout } = await runWhile(path, () => appendFileSync(path, more));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 5 });
  });

  test.runIf(deep)("reads a file that did not exist before", async () => {
    const path = join(files.path, "later-appears.jsonl");
    const { code, stdout } = await runWhile(path, () => writeFileSync(path, event(3)));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 3 });
  });

  test("ends with 2 and no state when it has gone", async () => {
    const path = files.write("later-gone.jsonl", event(3));
    const { code, stdout, stderr } = await runWhile(path, () => rmSync(path));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`cannot read ${path}: no such file or directory\n`);
  });
});
