import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import {
  DOSSIER_EVENT_TYPES,
  type EventJson,
  MissionDossierError,
  reduceMissionDossier,
} from "mission-dossier";
import { schemaNames } from "mission-dossier/conformance";
import { DamagedGzipError, readEvents, UnreadableRecordError } from "mission-dossier/stream";
import { ENVELOPES, MESSAGES, PAYLOADS } from "./corpus.js";
import { expect } from "./expect.js";
import { mutatedBytes } from "./mutated-bytes.js";
import { mutatedJson } from "./mutated-json.js";
import { eventLists } from "./reduce.js";
import { target } from "./target.js";
import { anyText, KEYS, nested } from "./tokens.js";

type Case = {
  /** Files are named relative to a folder of their own. */
  readonly args: readonly string[];
  readonly files: readonly Uint8Array[];
  readonly input: Uint8Array;
};

const NAMES = ["a.jsonl", "b.json"] as const;

/** Many lines at once: to start a process takes longer than to read them. */
function manyOf(bases: readonly unknown[]): fc.Arbitrary<string[]> {
  return fc.array(mutatedJson(bases, 3), { maxLength: 30, size: "max" });
}

const lines = fc.oneof(
  { weight: 3, arbitrary: eventLists },
  { weight: 4, arbitrary: manyOf([...ENVELOPES, ...MESSAGES]) },
  { weight: 2, arbitrary: manyOf(PAYLOADS.flatMap(({ payloads }) => payloads)) },
);

const text = fc
  .tuple(lines, fc.constantFrom("\n", "\n", "\r\n", "array"))
  .map(([items, separator]) =>
    Uint8Array.from(
      Buffer.from(separator === "array" ? `[${items.join(",")}]` : items.join(separator)),
    ),
  );
const packed = text.map((bytes) => Uint8Array.from(gzipSync(bytes)));

const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 2, arbitrary: mutatedBytes(text) },
  packed,
  mutatedBytes(packed),
  fc.uint8Array({ maxLength: 50 }),
);

/** No NUL, which no argument can have. */
const anyWord = fc
  .oneof(fc.constantFrom(...KEYS), anyText)
  .map((word) => word.replaceAll("\0", "0").toWellFormed());

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string[]>(...NAMES) },
  { weight: 2, arbitrary: fc.constantFrom("./-b", "-", ".", "missing", "", "/dev/null") },
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ..."--strict --by-namespace --skip-invalid --fail-on-drift --help -V -- --no-such".split(" "),
      ..."--format=text --format=json --format=binary --format=sarif --format".split(" "),
      ..."--max-length=1 --max-length=1000 --max-length=536870889 --max-length=1e3".split(" "),
      ..."--namespace-scope=step --type=Event --type=__proto__ --command=true".split(" "),
      ...DOSSIER_EVENT_TYPES.map((type) => `--type=${type}`),
    ),
  },
  anyWord,
);

/** Of this, the library says what the exit code must be. */
const REDUCE: readonly string[] = ["reduce", NAMES[0]];

const args: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(REDUCE) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom("reduce", "validate"), fc.array(word, { maxLength: 6 }))
      .map(([name, words]) => [name, ...words]),
  },
  fc.tuple(fc.constant("schema"), fc.oneof(fc.constantFrom(...schemaNames()), anyWord)),
  fc.array(anyWord, { maxLength: 3 }),
);

/** The commands, run as people run them. */
export const command = target<Case>(
  "command",
  fc.record({
    args,
    files: fc.tuple(content, content),
    input: content,
  }),
  async (given) => {
    const { code, stderr } = run(given);
    const detail = (): string => `exit code ${code}\n${stderr}`;
    expect("an error is no stack trace", !STACK_TRACE.test(stderr), detail);
    expect("a command ends with an exit code of its own", EXIT_CODES.has(code), detail);
    if (given.args.join(" ") === REDUCE.join(" ")) {
      const expected = await expectedCode(given.files[0] ?? new Uint8Array());
      const isThat = expected === undefined || expected === code;
      expect("the exit code is what the library says", isThat, () => `${expected}, ${detail()}`);
    }
  },
  [
    [["reduce"], '{"$typeName":"speckitty.dossier.v1.Event","lamportClock":"_"}'],
    [["validate", "--format", "json"], `{"event_type":"X","payload":{"a":${nested(5000)}}}`],
    [["validate", "--strict", "--format", "json"], `{"a":${nested(5000)}}`],
    [["validate", "--strict"], odd('{"toString":1,"valueOf":1}') + odd(nested(5000))],
  ].map(([given, text]) => ({
    args: [...(given ?? []), NAMES[0]],
    files: [Uint8Array.from(Buffer.from(String(text)))],
    input: new Uint8Array(),
  })),
);

/** An event whose project is not text. */
function odd(project: string): string {
  const payload = '{"namespace":{"project_uuid":"p"}}';
  return DOSSIER_EVENT_TYPES.map(
    (type) => `{"project_uuid":${project},"event_type":"${type}","payload":${payload}}\n`,
  ).join("");
}

const EXIT_CODES: ReadonlySet<unknown> = new Set([0, 1, 2, 3]);

/** The text of an input is escaped, and never at the beginning of a line. */
const STACK_TRACE = /^ {4}at .*:\d+:\d+\)?$|^Node\.js v\d|^<--- Last few GCs/m;

// The package has no entry point for it. It lies beside the one for the library.
const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.resolve("mission-dossier")));

/** A run that takes longer hangs, and has no exit code. */
const TIME_LIMIT = 20_000;

function run({ args, files, input }: Case) {
  const cwd = mkdtempSync(join(tmpdir(), "mission-dossier-fuzz-"));
  try {
    for (const [index, bytes] of files.entries()) {
      writeFileSync(join(cwd, NAMES[index] ?? ""), bytes);
    }
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--max-old-space-size=512", MAIN, ...args],
      { cwd, input, timeout: TIME_LIMIT, killSignal: "SIGKILL", maxBuffer: 2 ** 28 },
    );
    return { code: status, stderr: stderr.toString() };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** The exit code that the library would give for reducing a file, where it can tell. */
async function expectedCode(bytes: Uint8Array): Promise<number | undefined> {
  const events: EventJson[] = [];
  try {
    for await (const event of readEvents(bytes)) {
      events.push(event);
    }
    // The command never reads JSON as a message; the library does.
    const json = events.filter((event) => Object(event).$typeName === undefined);
    reduceMissionDossier(json);
    return json.length === events.length ? 0 : undefined;
  } catch (error) {
    if (error instanceof DamagedGzipError) {
      return 2;
    }
    if (error instanceof MissionDossierError) {
      // Worse may follow in a gzipped file: damage.
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return error instanceof UnreadableRecordError && isGzip ? undefined : 1;
    }
    throw error;
  }
}
