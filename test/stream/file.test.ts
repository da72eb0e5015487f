import { createReadStream, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { loadReplayStream } from "../../src/conformance/index.js";
import { reduceMissionDossier, stateToJson } from "../../src/index.js";
import { readEventFile, UnreadableFileError } from "../../src/stream/file.js";
import {
  DamagedGzipError,
  type ReadOptions,
  UnreadableRecordError,
} from "../../src/stream/index.js";
import { HAPPY_PATH, temporaryDirectory } from "../cli/command.js";

const { path: directory, write } = temporaryDirectory();

async function eventsOf(path: string | URL, options?: ReadOptions): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of readEventFile(path, options)) {
    events.push(event);
  }
  return events;
}

const expected = loadReplayStream("dossier-replay-happy-path");

describe("the events of a file", () => {
  const packed = write("packed.jsonl.gz", gzipSync(readFileSync(HAPPY_PATH)));
  const unnamed = write("packed.jsonl", gzipSync(readFileSync(HAPPY_PATH)));
  const array = write("array.json", JSON.stringify(expected, null, 2));
  test.each([
    { form: "JSON Lines", path: HAPPY_PATH },
    { form: "a URL", path: pathToFileURL(HAPPY_PATH) },
    { form: "gzip", path: packed },
    { form: "gzip whose name does not say so", path: unnamed },
    { form: "one array", path: array },
    { form: "nothing", path: write("empty.jsonl", ""), events: [] },
  ])("are read from $form", async ({ path, events = expected }) => {
    expect(await eventsOf(path)).toEqual(events);
  });

  test("can be given to the reducer", async () => {
    const events = [];
    for await (const event of readEventFile(packed)) {
      events.push(event);
    }
    expect(stateToJson(reduceMissionDossier(events))).toEqual(
      stateToJson(reduceMissionDossier(expected)),
    );
  });

  test("are read from many chunks, even where an event is cut in two", async () => {
    const events = Array.from({ length: 300 }, (_, index) => ({ note: "語é😀".repeat(index) }));
    const text = events.map((event) => JSON.stringify(event)).join("\r\n");
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 ** 18);
    expect(await eventsOf(write("wide.jsonl", text))).toEqual(events);
    expect(await eventsOf(write("wide.jsonl.gz", gzipSync(text)))).toEqual(events);
  });
});

describe("a file that cannot be read", () => {
  test.each([
    { what: "does not exist", path: join(directory, "nowhere.jsonl"), code: "ENOENT" },
    { what: "is a directory", path: directory, code: "EISDIR" },
    { what: "is below another file", path: join(HAPPY_PATH, "a.jsonl"), code: "ENOTDIR" },
  ])("because it $what has the cause $code", async ({ path, code }) => {
    const reading = eventsOf(path);
    await expect(reading).rejects.toBeInstanceOf(UnreadableFileError);
    await expect(reading).rejects.toMatchObject({
      code: "unreadable_file",
      file: path,
      cause: { code },
    });
  });

  test("is not opened before the first read", async () => {
    const reading = readEventFile(join(directory, "nowhere.jsonl"))[Symbol.asyncIterator]();
    expect(await reading.return?.()).toEqual({ done: true, value: undefined });
  });

  test("to its end because its gzip is cut off is reported and closed", async () => {
    const path = write("cut.jsonl.gz", gzipSync(readFileSync(HAPPY_PATH)).subarray(0, -1));
    const reading = eventsOf(path);
    await expect(reading).rejects.toBeInstanceOf(DamagedGzipError);
    await expect(reading).rejects.toMatchObject({ code: "damaged_gzip", file: path });
    await expect.poll(() => isOpen(path)).toBe(false);
  });

  test.each([
    { name: "oops.jsonl", text: '{}\n{"a":', options: {}, reason: /^not JSON: / },
    { name: "long.jsonl", text: '{}\n{"a":1}', options: { maxLength: 4 }, reason: /^longer than / },
  ])("beyond line 1 is reported and closed: $text", async ({ name, text, options, reason }) => {
    const path = write(name, text);
    const error = await eventsOf(path, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreadableRecordError);
    expect(error).toMatchObject({ place: { line: 2 }, reason: expect.stringMatching(reason) });
    await expect.poll(() => isOpen(path)).toBe(false);
  });
});

const isLinux = process.platform === "linux";

/** Whether this process has a file open. Only Linux can say. */
function isOpen(path: string): boolean {
  return (
    isLinux &&
    readdirSync("/proc/self/fd").some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        // The file was closed in the meantime.
        return false;
      }
    })
  );
}

describe.runIf(isLinux)("a file is closed", () => {
  const text = Array.from({ length: 200_000 }, (_, index) => `{"a":${Math.sin(index)}}\n`).join("");
  const forms = [
    ["of one chunk", write("one.jsonl", "{}\n{}\n")],
    ["of many chunks", write("many.jsonl", text)],
    ["gzipped, of one chunk", write("one.jsonl.gz", gzipSync("{}\n{}\n"))],
    ["gzipped, of many chunks", write("many.jsonl.gz", gzipSync(text))],
  ] as const;

  test("and this test can see whether it is open", async () => {
    const stream = createReadStream(HAPPY_PATH);
    await new Promise((resolve) => stream.once("open", resolve));
    expect(isOpen(HAPPY_PATH)).toBe(true);
    stream.destroy();
    await expect.poll(() => isOpen(HAPPY_PATH)).toBe(false);
  });

  test.each(forms)("%s, when it has been read", async (_, path) => {
    await eventsOf(path);
    await expect.poll(() => isOpen(path)).toBe(false);
  });

  test.each(forms)("%s, when the loop ends after the first event", async (_, path) => {
    for await (const event of readEventFile(path)) {
      expect(event).toBeDefined();
      break;
    }
    await expect.poll(() => isOpen(path)).toBe(false);
  });

  test.each(forms)("%s, when the loop throws", async (_, path) => {
    const reading = (async () => {
      for await (const _event of readEventFile(path)) {
        throw new RangeError("mine");
      }
    })();
    await expect(reading).rejects.toThrow("mine");
    await expect.poll(() => isOpen(path)).toBe(false);
  });
});
