import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import {
  DamagedGzipError,
  type JsonRecord,
  type JsonSource,
  readEvents,
  readJsonRecords,
  UnreadableRecordError,
} from "mission-dossier/stream";
import { ENVELOPES } from "./corpus.js";
import { attemptLater, expect, expectSame, type Outcome } from "./expect.js";
import { mutatedBytes } from "./mutated-bytes.js";
import { mutatedJson } from "./mutated-json.js";
import { target } from "./target.js";
import { anyText, anyToken } from "./tokens.js";

type Options = { readonly maxLength?: number };

type Case = {
  readonly input: Uint8Array;
  /** Where the input is cut, each modulo its length. */
  readonly cuts: readonly number[];
  readonly form: keyof typeof FORMS;
  readonly options: Options;
};

/** How the pieces of an input are given. */
const FORMS = {
  bytes: (pieces: Uint8Array[]) => pieces,
  /** All the pieces in the same memory, as some sources give them. */
  *reused(pieces: Uint8Array[]) {
    const memory = Buffer.alloc(Math.max(0, ...pieces.map(({ length }) => length)));
    for (const piece of pieces) {
      memory.fill(0x7e);
      memory.set(piece);
      yield memory.subarray(0, piece.length);
    }
  },
  web: (pieces: Uint8Array[]) => Readable.toWeb(Readable.from(pieces)),
  async *failing(pieces: Uint8Array[]) {
    yield* pieces;
    throw new SourceError("there is no more");
  },
  /** Where the whole is text, its halves. The first may end in the middle of a surrogate pair. */
  strings: (pieces: Uint8Array[]) => {
    const text = textOf(Uint8Array.from(Buffer.concat(pieces)));
    const middle = pieces[0]?.length ?? 0;
    return text === undefined ? pieces : [text.slice(0, middle), text.slice(middle)];
  },
} as const satisfies { readonly [form: string]: (pieces: Uint8Array[]) => JsonSource };

class SourceError extends Error {}

const line = fc.oneof(
  { weight: 4, arbitrary: mutatedJson(ENVELOPES, 2) },
  { weight: 3, arbitrary: anyToken },
  { weight: 3, arbitrary: fc.constantFrom(...'{} 1 [] { } [ ] , [{} {}] " \\'.split(" ")) },
  { weight: 2, arbitrary: fc.constantFrom("", " ", '"\u{1f600}"', '{"a":[]}', "\ufeff") },
  fc.nat({ max: 3000 }).map((length) => " ".repeat(length)),
  anyText,
  fc
    .tuple(fc.constantFrom(...ENVELOPES), fc.constantFrom(1, 2, "\t", "\r\n "))
    .map(([envelope, indent]) => JSON.stringify(envelope, null, indent)),
);

const separator = fc.constantFrom("\n", "\n", "\r\n", "\n\n", ",", ",\n", "\r", "", " ", "  \n");

const text = fc
  .oneof(
    fc
      .array(fc.tuple(line, separator), { maxLength: 8 })
      .map((parts) => parts.map((part) => part.join("")).join("")),
    fc.array(line, { maxLength: 5 }).map((items) => `[${items.join(",\n")}]`),
  )
  .map((given) => Uint8Array.from(Buffer.from(given)));

const plain = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: mutatedBytes(text) },
  fc.uint8Array({ maxLength: 60 }),
);

/** A small input that is large when it is unpacked. */
const bomb = fc
  .constantFrom(" ", "\n", "[", "{", "0", "[]\n")
  .map((part) => gzip(Buffer.from(part.repeat(2 ** 19))));

const packed = fc.oneof(
  { weight: 30, arbitrary: plain.map(gzip) },
  { weight: 1, arbitrary: bomb },
  {
    weight: 8,
    arbitrary: fc
      .tuple(plain, plain)
      .map(([a, b]) => Uint8Array.from(Buffer.concat([gzip(a), gzip(b)]))),
  },
);

function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(gzipSync(bytes, { level: 1 }));
}

/** Lines and records, of an input in pieces of any size. */
export const records = target<Case>(
  "records",
  fc.record({
    input: fc.oneof({ weight: 4, arbitrary: plain }, packed, mutatedBytes(packed, 3)),
    cuts: fc.array(fc.nat({ max: 99_999 }), { maxLength: 6 }),
    // The keys of FORMS are the forms.
    form: fc.constantFrom(...(Object.keys(FORMS) as Case["form"][])),
    options: fc.oneof(
      fc.constant({}),
      fc.record({
        maxLength: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3000 })),
      }),
    ),
  }),
  async ({ input, cuts, form, options }) => {
    const whole = await readingOf(input, options);
    const places = [0, ...cuts.map((cut) => cut % (input.length + 1)), input.length].sort(
      (a, b) => a - b,
    );
    const pieces = places.slice(1).map((end, index) => input.slice(places[index] ?? 0, end));
    const source: JsonSource = FORMS[form](pieces);
    if (form === "failing") {
      const { kind } = await attemptLater(
        () => allOf(source, options),
        SourceError,
        ...(isGzip(input) ? [DamagedGzipError] : []),
      );
      expect("an error of a source is thrown on", kind === "error");
    } else {
      expectSameReading(await readingOf(source, options), whole);
    }
    expectWholeIsJson(input, whole, options);
    await expectEvents(input, options, whole);
    // A rejection that nobody waits for comes to light a little later.
    await new Promise((resolve) => setImmediate(resolve));
  },
  [
    cut("0\n  \n", 3, 1),
    cut(`${" ".repeat(1030)}1,`, 1030),
    cut(`${" ".repeat(1030)}1`, 1030, 1025),
    cut("0\n1\r\n", 3, 1),
    cut(`{${" ".repeat(1030)}\n}`, 1028),
    { ...cut("{}", 1), form: "reused" },
    { ...cut("", 1), input: gzip(Buffer.from("0")), form: "reused" },
    { ...cut("", 22), input: Uint8Array.from([...gzip(Buffer.from("0")), 0, 1]) },
  ],
);

function cut(given: string, at: number, maxLength?: number): Case {
  const input = Uint8Array.from(Buffer.from(given));
  return {
    input,
    cuts: [at],
    form: "bytes",
    options: maxLength === undefined ? {} : { maxLength },
  };
}

type Reading = Outcome<readonly JsonRecord[]>;

async function readingOf(source: JsonSource, options: Options): Promise<Reading> {
  return await attemptLater(() => allOf(source, options), DamagedGzipError);
}

async function allOf(source: JsonSource, options: Options): Promise<JsonRecord[]> {
  const found: JsonRecord[] = [];
  for await (const record of readJsonRecords(source, options)) {
    found.push(record);
  }
  return found;
}

function expectSameReading(found: Reading, whole: Reading): void {
  const promise = "reading is the same however the input is cut";
  expect(promise, found.kind === whole.kind, () => found.kind);
  if (found.kind === "result" && whole.kind === "result") {
    expectSame(promise, found.value, whole.value);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Of an array, and of a document, the whole is JSON exactly when no record is unreadable. */
function expectWholeIsJson(bytes: Uint8Array, reading: Reading, { maxLength }: Options): void {
  const whole = textOf(bytes)?.replace(/^\ufeff/, "");
  if (reading.kind === "error" || maxLength !== undefined || whole === undefined) {
    return;
  }
  const parsed = parsedOrNot(whole);
  if (/^[ \t\r\n]*\[/.test(whole)) {
    const isRead = reading.value.every(({ kind }) => kind === "json");
    expect(
      "an array is JSON exactly when all its items are read",
      isRead === (parsed !== undefined),
    );
    if (parsed !== undefined) {
      expectSame("the items of an array are its records", jsonOf(reading.value), parsed.json);
    }
  } else if (parsed !== undefined && /^[ \t\r\n]*\{[ \t\r]*\n/.test(whole)) {
    expectSame("a document is one record", jsonOf(reading.value), [parsed.json]);
  }
}

function jsonOf(found: readonly JsonRecord[]): unknown[] {
  return found.map((record) => (record.kind === "json" ? record.json : undefined));
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsedOrNot(whole: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(whole) };
  } catch {
    return undefined;
  }
}

/** Events are the records up to the first that cannot be read. */
async function expectEvents(bytes: Uint8Array, options: Options, reading: Reading): Promise<void> {
  const events: unknown[] = [];
  const end = await attemptLater(
    async () => {
      for await (const event of readEvents(bytes, options)) {
        events.push(event);
      }
    },
    UnreadableRecordError,
    DamagedGzipError,
  );
  const error = end.kind === "error" ? end.error : undefined;
  if (reading.kind === "error") {
    expect("readEvents rejects what readJsonRecords rejects", error !== undefined);
    return;
  }
  const first = reading.value.findIndex(({ kind }) => kind === "unreadable");
  const readable = first === -1 ? reading.value : reading.value.slice(0, first);
  expectSame("readEvents gives what readJsonRecords does", events, jsonOf(readable));
  const expected = reading.value[first];
  const isThat =
    expected?.kind === "unreadable"
      ? error instanceof UnreadableRecordError &&
        error.reason === expected.reason &&
        isDeepStrictEqual(error.place, expected.place)
      : error === undefined;
  expect("readEvents throws the first unreadable record", isThat, () => error);
}
