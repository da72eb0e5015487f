import { randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { constants, createGzip, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/event/errors/errors.js";
import {
  DamagedGzipError,
  type JsonSource,
  type ReadOptions,
  readEvents,
  readJsonRecords,
  UnreadableRecordError,
} from "../../src/stream/index.js";
import type { JsonRecord } from "../../src/stream/record.js";
import { runs, size } from "../support/runs.js";

const text = '{"event_id":"語é😀"}\r\n\n{"event_id":"b"}\n{"event_id":"c"}';
const events = [{ event_id: "語é😀" }, { event_id: "b" }, { event_id: "c" }];
const bytes = Buffer.from(text);

async function eventsOf(source: JsonSource, options?: ReadOptions): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const event of readEvents(source, options)) {
    read.push(event);
  }
  return read;
}

async function recordsOf(source: JsonSource, options?: ReadOptions): Promise<JsonRecord[]> {
  const read: JsonRecord[] = [];
  for await (const record of readJsonRecords(source, options)) {
    read.push(record);
  }
  return read;
}

/** Cuts a text or bytes into pieces of `length` code units or bytes. */
function pieces<T extends string | Uint8Array>(whole: T, length: number): T[] {
  const count = Math.ceil(whole.length / length);
  return Array.from(
    { length: count },
    (_, index) => whole.slice(index * length, (index + 1) * length) as T,
  );
}

const oneEach = (whole: Uint8Array): Uint8Array[] => pieces(whole, 1);

async function* later<T>(chunks: Iterable<T>): AsyncGenerator<T, void, undefined> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

/** A stream of the web without an iterator, as in some browsers. */
function withoutIterator<T>(stream: ReadableStream<T>): ReadableStream<T> {
  const bare = { getReader: stream.getReader.bind(stream) };
  return bare as unknown as ReadableStream<T>;
}

/** Makes a source of each kind from chunks. */
const kinds: Record<string, (chunks: Uint8Array[]) => JsonSource> = {
  "one Uint8Array": (chunks) => new Uint8Array(Buffer.concat(chunks)),
  "one Buffer": (chunks) => Buffer.concat(chunks),
  "an array of bytes": (chunks) => chunks,
  "an async iterable of bytes": later,
  "a stream of Node": (chunks) => Readable.from(chunks),
  "a stream of the web": (chunks) => ReadableStream.from(chunks),
  "a stream of the web that cannot be iterated over": (chunks) =>
    withoutIterator(ReadableStream.from(chunks)),
};

describe.each(Object.entries(kinds))("%s", (_, sourceOf) => {
  test.each([
    ["in one piece", (whole: Buffer) => [whole]],
    ["in pieces of 7 bytes", (whole: Buffer) => pieces(whole, 7)],
    ["byte by byte", oneEach],
    ["with empty pieces between", (whole: Buffer) => pieces(whole, 3).flatMap((p) => [empty, p])],
  ])("is read %s, gzipped or not", async (__, cut) => {
    expect(await eventsOf(sourceOf(cut(bytes)))).toEqual(events);
    expect(await eventsOf(sourceOf(cut(gzipSync(bytes))))).toEqual(events);
  });

  test.each([
    { what: "nothing", chunks: [] },
    { what: "empty pieces", chunks: [Buffer.alloc(0), Buffer.alloc(0)] },
    { what: "nothing, gzipped", chunks: [gzipSync("")] },
    { what: "empty lines, gzipped", chunks: [gzipSync("\n\r\n")] },
  ])("of $what has no events", async ({ chunks }) => {
    expect(await eventsOf(sourceOf(chunks))).toEqual([]);
  });
});

const empty = new Uint8Array();

describe("text", () => {
  test.each([
    ["one string", text],
    ["an array of strings", pieces(text, 5)],
    ["a set of strings", new Set([text.slice(0, 5), text.slice(5)])],
    ["an async iterable of strings", later(pieces(text, 5))],
    ["a stream of Node with an encoding", Readable.from(oneEach(bytes)).setEncoding("utf8")],
    ["a stream of the web of strings", ReadableStream.from(pieces(text, 5))],
    [
      "a stream of the web that cannot be iterated over",
      withoutIterator(ReadableStream.from(pieces(text, 5))),
    ],
    ["strings and bytes", [text.slice(0, 9), Buffer.from(text.slice(9, 20)), text.slice(20)]],
  ])("is read from %s", async (_, source) => {
    expect(await eventsOf(source)).toEqual(events);
  });

  test("may be cut within a character", async () => {
    expect(await eventsOf(pieces(text, 1))).toEqual(events);
    expect(await eventsOf(later(pieces(text, 1)))).toEqual(events);
  });

  test.each([
    { source: ['"\ud83d', '"'], json: "\ufffd" },
    { source: ['"\ud83d', "\ud83d\ude00", '"'], json: "\ufffd😀" },
    { source: ['"\ud83d', Buffer.from('"')], json: "\ufffd" },
    { source: ['"\ude00', '"'], json: "\ufffd" },
    { source: ['"', "", "\ud83d", "", '\ude00"'], json: "😀" },
  ])("with a lone surrogate gets a replacement character: $source", async ({ source, json }) => {
    expect(await recordsOf(source)).toMatchObject([{ kind: "json", json }]);
  });

  test("is not split at U+2028, which ends a line in JavaScript only", async () => {
    expect(await eventsOf('{"a":"\u2028"}')).toEqual([{ a: "\u2028" }]);
  });
});

describe("gzip", () => {
  const count = size(5_000);
  const long = Array.from({ length: count }, (_, index) => `{"event_id":"語${index}"}\n`).join("");
  const packed = gzipSync(long);

  test("may be cut anywhere", async () => {
    const cuts = fc.array(fc.nat(packed.length), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const starts = [0, ...at.sort((a, b) => a - b)];
        const chunks = starts.map((start, index) => packed.subarray(start, starts[index + 1]));
        expect(await recordsOf(chunks)).toHaveLength(count);
      }),
      { numRuns: runs(20) },
    );
  });

  test("may be one byte each", async () => {
    expect(await recordsOf(oneEach(packed))).toEqual(await recordsOf(long));
  });

  test.each([
    ["one chunk", (members: Buffer[]) => [Buffer.concat(members)]],
    ["one chunk each", (members: Buffer[]) => members],
    ["one byte each", (members: Buffer[]) => oneEach(Buffer.concat(members))],
  ])("of several members, in %s, is all of them", async (_, chunksOf) => {
    const members = [text.slice(0, 30), "", text.slice(30)].map((part) => gzipSync(part));
    const chunks = chunksOf(members);
    expect(await eventsOf(chunks)).toEqual(events);
  });

  test("within gzip stays packed", async () => {
    const [record] = await recordsOf(gzipSync(gzipSync("{}")));
    expect(record?.kind).toBe("unreadable");
  });

  test("with a name and a comment in its head is read", async () => {
    const head = Buffer.from(packed.subarray(0, 10));
    head[3] = 0x08 | 0x10;
    const named = Buffer.concat([head, Buffer.from("events.jsonl\0no\0"), packed.subarray(10)]);
    expect(await recordsOf(oneEach(named))).toHaveLength(count);
  });

  test("padded with zeros is read, as gzip does", async () => {
    expect(await eventsOf([gzipSync(text), Buffer.alloc(512)])).toEqual(events);
  });

  const corrupt = Buffer.from(packed);
  corrupt.fill(0xff, 500, 600);
  const wrongSum = Buffer.from(packed);
  wrongSum.writeUInt32LE(0, wrongSum.length - 8);
  test.each([
    { what: "cut off after its first two bytes", damaged: packed.subarray(0, 2) },
    { what: "cut off within its head", damaged: packed.subarray(0, 7) },
    { what: "cut off after its head", damaged: packed.subarray(0, 10) },
    { what: "cut off in the middle", damaged: packed.subarray(0, packed.length / 2) },
    { what: "without its last byte", damaged: packed.subarray(0, -1) },
    { what: "corrupt in the middle", damaged: corrupt },
    { what: "with a wrong checksum", damaged: wrongSum },
    { what: "followed by something else", damaged: Buffer.concat([packed, Buffer.from("{}\n")]) },
    {
      what: "followed by zeros and something else",
      damaged: Buffer.concat([packed, Buffer.alloc(512), gzipSync("{}\n")]),
    },
    { what: "followed by a zero and a byte", damaged: Buffer.concat([packed, Buffer.of(0, 1)]) },
    {
      what: "followed by a member that is cut off",
      damaged: Buffer.concat([packed, packed.subarray(0, 20)]),
    },
    { what: "of an unknown method", damaged: Buffer.from([0x1f, 0x8b, 0x07, 0, 0, 0, 0, 0, 0, 0]) },
  ])("$what is damaged", async ({ damaged }) => {
    for (const source of [damaged, pieces(damaged, 100), oneEach(damaged)]) {
      const error = await recordsOf(source).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DamagedGzipError);
      expect(error).toMatchObject({
        name: "DamagedGzipError",
        message: expect.stringMatching(/^damaged gzip: ./),
        cause: expect.any(Error),
      });
    }
  });

  test("yields the records before the damage", async () => {
    const noise = Array.from({ length: 20_000 }, (_, index) => `"${Math.sin(index)}"\n`).join("");
    const half = gzipSync(noise).subarray(0, -20_000);
    const seen: JsonRecord[] = [];
    const reading = (async () => {
      for await (const record of readJsonRecords(pieces(half, 1_000))) {
        seen.push(record);
      }
    })();
    await expect(reading).rejects.toBeInstanceOf(DamagedGzipError);
    expect(seen.length).toBeGreaterThan(10_000);
    expect(seen.every(({ kind }) => kind === "json")).toBe(true);
  });

  test("needs two bytes to be recognized: one alone is an unreadable record", async () => {
    expect(await recordsOf(Uint8Array.of(0x1f))).toMatchObject([{ kind: "unreadable" }]);
  });
});

describe("an error of the source passes through as it is", () => {
  const failure = new Error("the network is gone");
  async function* failing(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    yield* chunks;
    throw failure;
  }

  test.each([
    { what: "before the first byte", chunks: [] },
    { what: "after the first byte", chunks: [Buffer.from("{")] },
    { what: "after some events", chunks: pieces(bytes, 10) },
    { what: "after the first bytes of gzip", chunks: [gzipSync(bytes).subarray(0, 2)] },
    { what: "within gzip", chunks: pieces(gzipSync(bytes).subarray(0, 30), 10) },
    { what: "after all of the gzip", chunks: [gzipSync(bytes)] },
  ])("$what", async ({ chunks }) => {
    for (const source of [
      failing(chunks),
      Readable.from(failing(chunks)),
      ReadableStream.from(failing(chunks)),
      withoutIterator(ReadableStream.from(failing(chunks))),
    ]) {
      const error = await recordsOf(source).catch((thrown: unknown) => thrown);
      expect(error).toBe(failure);
    }
  });
});

/** A source that counts the bytes pulled from it, and knows whether it was ended. */
class Watched {
  pulled = 0;
  ended = false;
  constructor(private readonly chunks: readonly Uint8Array[]) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (const chunk of this.chunks) {
        this.pulled += chunk.length;
        yield chunk;
      }
    } finally {
      this.ended = true;
    }
  }
}

/** Waits long enough for a reader without back-pressure to read on. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200));
}

// Gzip cannot shrink them much.
const LINES = size(100_000);
const numbers = Array.from({ length: LINES }, (_, index) => `${Math.sin(index)}\n`).join("");

describe("back-pressure", () => {
  test("no chunk is pulled before its events are asked for", async () => {
    const source = new Watched(pieces(Buffer.from('{"a":1}\n{"b":2}\n{"c":3}\n'), 8));
    const reading = readEvents(source)[Symbol.asyncIterator]();
    await idle();
    expect(source.pulled).toBe(0);
    for (const pulled of [8, 16, 24]) {
      await reading.next();
      await idle();
      expect(source.pulled).toBe(pulled);
    }
  });

  test("at most a few buffers of gzip are pulled ahead", async () => {
    // Long lines, since each takes its time, and gzip cannot shrink them much.
    const lines = Array.from({ length: 1_000 }, () => `"${randomBytes(750).toString("hex")}"\n`);
    const packed = gzipSync(lines.join(""));
    expect(packed.length).toBeGreaterThan(2 ** 19);
    const source = new Watched(pieces(packed, 1_000));
    const reading = readJsonRecords(source);
    let read = 0;
    for (const share of [0.001, 0.25, 0.5]) {
      for (; read < share * lines.length; read++) {
        await reading.next();
      }
      await idle();
      expect(source.pulled).toBeLessThan(share * packed.length + 2 ** 17);
    }
    await reading.return();
  });

  test("a gzipped event is yielded as soon as it arrives, though the source stays open", async () => {
    const source = new PassThrough();
    const packer = createGzip({ flush: constants.Z_SYNC_FLUSH });
    packer.pipe(source);
    const reading = readEvents(source)[Symbol.asyncIterator]();
    for (const json of [{ a: 1 }, { b: 2 }]) {
      packer.write(`${JSON.stringify(json)}\n`);
      expect(await reading.next()).toEqual({ done: false, value: json });
    }
    packer.end();
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });
});

describe("stopping early ends the source", () => {
  const forms = [
    ["of one chunk", [Buffer.from(numbers)]],
    ["of many chunks", pieces(Buffer.from(numbers), 10_000)],
    ["gzipped, of one chunk", [gzipSync(numbers)]],
    ["gzipped, of many chunks", pieces(gzipSync(numbers), 10_000)],
  ] as const;

  describe.each(forms)("%s", (_, chunks) => {
    test.each([{ after: 1 }, { after: LINES / 2 }])("after $after records", async ({ after }) => {
      const source = new Watched(chunks);
      let seen = 0;
      for await (const _record of readJsonRecords(source)) {
        if (++seen === after) {
          break;
        }
      }
      await expect.poll(() => source.ended).toBe(true);
    });

    test("if it is a stream of Node", async () => {
      const source = Readable.from(chunks);
      for await (const _record of readJsonRecords(source)) {
        break;
      }
      await expect.poll(() => source.destroyed).toBe(true);
    });

    test.each([
      { form: "can be iterated over", prepare: (stream: ReadableStream<Uint8Array>) => stream },
      { form: "cannot be iterated over", prepare: withoutIterator<Uint8Array> },
    ])("if it is a stream of the web that $form", async ({ prepare }) => {
      let isCancelled = false;
      let next = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = chunks[next++];
          if (chunk !== undefined) {
            controller.enqueue(chunk);
          }
        },
        cancel() {
          isCancelled = true;
        },
      });
      for await (const _record of readJsonRecords(prepare(stream))) {
        break;
      }
      await expect.poll(() => isCancelled).toBe(true);
    });

    test("when the loop throws", async () => {
      const source = new Watched(chunks);
      const reading = (async () => {
        for await (const _record of readJsonRecords(source)) {
          throw new RangeError("mine");
        }
      })();
      await expect(reading).rejects.toThrow("mine");
      await expect.poll(() => source.ended).toBe(true);
    });
  });

  test.each([
    { what: "a line that is not JSON", chunks: [Buffer.from("oops\n"), Buffer.from("1\n")] },
    { what: "damaged gzip", chunks: pieces(Buffer.concat([gzipSync(""), Buffer.alloc(9, 7)]), 9) },
  ])("and so does $what", async ({ chunks }) => {
    const source = new Watched([...chunks, ...pieces(Buffer.alloc(100_000, " "), 100)]);
    await expect(eventsOf(source)).rejects.toThrow();
    await expect.poll(() => source.ended).toBe(true);
    expect(source.pulled).toBeLessThan(100_000);
  });
});

describe("UnreadableRecordError", () => {
  test.each([
    { source: '{}\n\nnull\n{"a', before: 2, place: { line: 4, item: undefined }, at: "Line 4" },
    { source: "[1,\n2, oops]", before: 2, place: { line: 2, item: 3 }, at: "Line 2, item 3" },
    { source: "[1", before: 0, place: { line: 1, item: 1 }, at: "Line 1, item 1" },
  ])("$source", async ({ source, before, place, at }) => {
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const event of readEvents(source)) {
        seen.push(event);
      }
    })();
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(seen).toHaveLength(before);
    expect(error).toBeInstanceOf(UnreadableRecordError);
    expect(error).toMatchObject({
      name: "UnreadableRecordError",
      place,
      reason: expect.stringMatching(/^not JSON: ./),
      message: expect.stringMatching(new RegExp(`^${at}: not JSON: .`)),
    });
  });

  test("has the reason of the unreadable record", async () => {
    const source = Buffer.from([0x22, 0xff, 0x22]);
    const [record] = await recordsOf(source);
    expect(record).toMatchObject({ kind: "unreadable", reason: "not UTF-8" });
    await expect(eventsOf(source)).rejects.toMatchObject({
      reason: "not UTF-8",
      message: "Line 1: not UTF-8",
    });
  });
});

describe("maxLength", () => {
  test.each([
    { form: "as it is", pack: (whole: string) => whole },
    { form: "gzipped", pack: (whole: string) => gzipSync(whole) },
    { form: "byte by byte", pack: (whole: string) => oneEach(Buffer.from(whole)) },
  ])("counts the bytes of a record, $form", async ({ pack }) => {
    const source = pack('"é"\n"éé"\n"e"\n');
    expect(await recordsOf(source, { maxLength: 4 })).toMatchObject([
      { kind: "json", json: "é" },
      { kind: "unreadable", place: { line: 2 }, reason: "longer than the limit of 4 bytes" },
      { kind: "json", json: "e" },
    ]);
  });

  test("ends the reading of events at the first one that is longer", async () => {
    await expect(eventsOf('{}\n{"a":1}', { maxLength: 2 })).rejects.toThrow(
      new UnreadableRecordError({ line: 2, item: undefined }, "longer than the limit of 2 bytes"),
    );
  });

  test("is 16 MiB by default", async () => {
    const line = `"${"n".repeat(2 ** 24 - 2)}"`;
    expect(await recordsOf(line)).toMatchObject([{ kind: "json" }]);
    expect(await recordsOf(` ${line}\r\n`)).toMatchObject([{ kind: "json" }]);
    expect(await recordsOf(`${line} `)).toMatchObject([{ kind: "unreadable" }]);
  });

  test("of 0 bytes is rejected before anything is pulled", async () => {
    const source = new Watched([bytes]);
    await expect(eventsOf(source, { maxLength: 0 })).rejects.toThrow(InvalidArgumentError);
    expect(source.pulled).toBe(0);
  });
});

test.each([[[{ event_id: "1" }]], [[1]], [[null]]])("%j are not chunks", async (chunks) => {
  // @ts-expect-error The compiler rejects it.
  await expect(readJsonRecords(chunks).next()).rejects.toThrow(InvalidArgumentError);
});
