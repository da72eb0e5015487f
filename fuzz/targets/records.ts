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
import { bytesOf, type CaseBytes, caseBytes } from "../case-bytes.js";
import { type ChunkForm, chunked, FORMS, SourceError } from "../chunks.js";
import { ENVELOPES } from "../corpus.js";
import { treeText } from "../json-tree.js";
import { mutatedBytes } from "../mutate-bytes.js";
import { anyToken, mutatedTree } from "../mutate-json.js";
import { attemptLater, expect, expectSame, isSame, type Outcome, shown } from "../outcome.js";
import { target } from "../target.js";

type Case = {
  readonly input: CaseBytes;
  /** Where the input is cut, each as a place of which the rest by the length matters. */
  readonly cuts: readonly number[];
  readonly form: ChunkForm;
  readonly maxLength?: number;
};

const line = fc.oneof(
  { weight: 4, arbitrary: mutatedTree(ENVELOPES, 2).map(treeText) },
  { weight: 3, arbitrary: anyToken },
  {
    weight: 3,
    arbitrary: fc.constantFrom("{}", "1", '"\u{1f600}"', '{"a":[]}', "", " ", "{", "}"),
  },
  { weight: 2, arbitrary: fc.constantFrom("[", "]", "[]", ",", "[{}", "{}]", '"', "\\", "\ufeff") },
  { weight: 1, arbitrary: fc.nat({ max: 3000 }).map((length) => " ".repeat(length)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  // Spread over lines.
  {
    weight: 1,
    arbitrary: fc
      .tuple(mutatedTree(ENVELOPES, 0), fc.constantFrom(1, 2, "\t", "\r\n "))
      .map(([tree, indent]) => JSON.stringify(JSON.parse(treeText(tree)), null, indent)),
  },
);

const separator = fc.constantFrom("\n", "\n", "\r\n", "\n\n", ",", ",\n", "\r", "", " ", "  \n");

const text = fc.oneof(
  fc
    .array(fc.tuple(line, separator), { maxLength: 8 })
    .map((parts) => parts.map((part) => part.join("")).join("")),
  fc.array(line, { maxLength: 5 }).map((items) => `[${items.join(",\n")}]`),
);

const plain = fc.oneof(
  { weight: 3, arbitrary: text.map((given) => Uint8Array.from(Buffer.from(given, "utf8"))) },
  {
    weight: 2,
    arbitrary: mutatedBytes(text.map((given) => Uint8Array.from(Buffer.from(given, "utf8")))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
);

/** A little that is a lot when it is unpacked. */
const bomb = fc
  .constantFrom(" ", "\n", "[", "{", "0", "[]\n")
  .map((part) => zipped([Uint8Array.from(Buffer.from(part.repeat(2 ** 19))), 1]));

const packed = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(plain, fc.constantFrom(0, 1, 9)).map(zipped) },
  { weight: 1, arbitrary: bomb },
  {
    weight: 8,
    arbitrary: fc
      .tuple(plain, plain)
      .map(([a, b]) => Uint8Array.from(Buffer.concat([zipped([a, 1]), zipped([b, 1])]))),
  },
);

function zipped([bytes, level]: readonly [Uint8Array, number]): Uint8Array {
  return Uint8Array.from(gzipSync(bytes, { level }));
}

/** Lines and records, in whatever pieces they come. */
export const records = target<Case>({
  name: "records",
  roundSize: 100,
  share: 2,
  cases: fc.record(
    {
      input: fc
        .oneof(
          { weight: 4, arbitrary: plain },
          { weight: 1, arbitrary: packed },
          { weight: 1, arbitrary: mutatedBytes(packed, 3) },
        )
        .map(caseBytes),
      cuts: fc.array(fc.nat({ max: 99_999 }), { maxLength: 6 }),
      form: fc.constantFrom(...FORMS),
      maxLength: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3000 })),
    },
    { requiredKeys: ["input", "cuts", "form"] },
  ),
  run: async (given) => {
    const { input, cuts, form, maxLength } = given;
    const bytes = bytesOf(input);
    const options = maxLength === undefined ? {} : { maxLength };
    const whole = await recordsOf(bytes, options);
    const pieces = chunked(bytes, cuts, form);
    if (form === "failing" && pieces !== undefined) {
      const { kind } = await attemptLater(
        () => allOf(pieces, options),
        SourceError,
        ...(isGzip(bytes) ? [DamagedGzipError] : []),
      );
      expect("what goes wrong in a source is said", kind === "error");
    } else if (pieces !== undefined) {
      expectSameReading(await recordsOf(pieces, options), whole, given);
    }
    expectWholeIsJson(bytes, whole, maxLength);
    await expectEvents(bytes, options, whole);
    // A rejection that nobody waits for comes to light a little later.
    await new Promise((resolve) => setImmediate(resolve));
  },
});

type Reading = Outcome<readonly JsonRecord[]>;

async function recordsOf(source: JsonSource, options: { maxLength?: number }): Promise<Reading> {
  return await attemptLater(() => allOf(source, options), DamagedGzipError);
}

async function allOf(source: JsonSource, options: { maxLength?: number }): Promise<JsonRecord[]> {
  const found: JsonRecord[] = [];
  for await (const record of readJsonRecords(source, options)) {
    found.push(record);
  }
  return found;
}

/** Says what is not the same, so that one defect does not hide another. */
function expectSameReading(
  found: Reading,
  expected: Reading,
  { input, form, maxLength }: Case,
): void {
  const difference = differenceOf(found, expected);
  const kind = isGzip(bytesOf(input)) ? "gzip" : "input";
  const limit = maxLength === undefined ? "" : ", with a limit";
  expect(
    form === "reused"
      ? `the memory of a piece of ${kind} may be used again`
      : `reading is the same however the ${kind} is cut${limit}: ${difference}`,
    difference === undefined,
    () => `in pieces ${shown(found)}\nas a whole ${shown(expected)}`,
  );
}

function differenceOf(found: Reading, expected: Reading): string | undefined {
  if (found.kind === "error" || expected.kind === "error") {
    return found.kind === expected.kind ? undefined : "the end";
  }
  const pairs = found.value.map((record, index) => [record, expected.value[index]] as const);
  const differs = (of: (record: JsonRecord) => unknown): boolean =>
    pairs.some(([a, b]) => b !== undefined && !isSame(of(a), of(b)));
  if (differs(({ kind }) => kind)) {
    return "what is readable";
  }
  if (found.value.length !== expected.value.length) {
    return "how many records there are";
  }
  if (differs(({ place }) => place)) {
    return "the places";
  }
  return differs((record) => record) ? "what the records say" : undefined;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Of an array, and of a document, the whole is JSON exactly when no record is unreadable. */
function expectWholeIsJson(bytes: Uint8Array, reading: Reading, maxLength?: number): void {
  const whole = textOf(bytes)?.replace(/^\ufeff/, "");
  if (reading.kind === "error" || maxLength !== undefined || whole === undefined) {
    return;
  }
  const parsed = parsedOrNot(whole);
  const isRead = reading.value.every(({ kind }) => kind === "json");
  if (/^[ \t\r\n]*\[/.test(whole)) {
    expect(
      "an array is JSON exactly when all its items are read",
      isRead === (parsed !== undefined),
    );
    if (parsed !== undefined) {
      expectSame("the items of an array are its records", { json: jsonOf(reading.value) }, parsed);
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
async function expectEvents(
  bytes: Uint8Array,
  options: { maxLength?: number },
  reading: Reading,
): Promise<void> {
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
  if (reading.kind === "error") {
    expect("readEvents rejects what readJsonRecords rejects", end.kind === "error");
    return;
  }
  const first = reading.value.findIndex(({ kind }) => kind === "unreadable");
  const readable = first === -1 ? reading.value : reading.value.slice(0, first);
  expectSame("readEvents gives what readJsonRecords does", events, jsonOf(readable));
  const expected = reading.value[first];
  const error = end.kind === "error" ? end.error : undefined;
  if (expected?.kind === "unreadable") {
    const isThat =
      error instanceof UnreadableRecordError &&
      error.reason === expected.reason &&
      isDeepStrictEqual(error.place, expected.place);
    expect("readEvents throws the first unreadable record", isThat, () => shown([error, expected]));
  } else {
    expect("readEvents reads what readJsonRecords reads", error === undefined);
  }
}
