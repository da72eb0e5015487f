import { gzipSync } from "node:zlib";
import fc from "fast-check";
import {
  DOSSIER_EVENT_TYPES,
  type EventJson,
  MissionDossierError,
  reduceMissionDossier,
  stateFromBinary,
} from "mission-dossier";
import { schemaNames } from "mission-dossier/conformance";
import { DamagedGzipError, readEvents, UnreadableRecordError } from "mission-dossier/stream";
import { bytesOf, type CaseBytes, caseBytes } from "../case-bytes.js";
import { ENVELOPES, MESSAGES, PAYLOADS } from "../corpus.js";
import { KEYS } from "../dictionary.js";
import { eventLists } from "../event-lists.js";
import { treeText } from "../json-tree.js";
import { mutatedBytes } from "../mutate-bytes.js";
import { mutatedTree } from "../mutate-json.js";
import { expect, shown } from "../outcome.js";
import { type CommandRun, runCommand } from "../run-command.js";
import { target } from "../target.js";

type Case = {
  readonly args: readonly string[];
  readonly files: readonly { readonly name: string; readonly content: CaseBytes }[];
  readonly stdin: {
    readonly kind: "nothing" | "file" | "pipe" | "folder";
    readonly content: CaseBytes;
    readonly cuts: readonly number[];
  };
  readonly closesOutput: boolean;
};

/** Many lines at once: to start a process takes longer than to read them. */
function manyOf(bases: readonly unknown[]): fc.Arbitrary<string[]> {
  return fc.array(mutatedTree(bases, 3).map(treeText), { maxLength: 30, size: "max" });
}

const lines = fc.oneof(
  { weight: 3, arbitrary: eventLists },
  { weight: 4, arbitrary: manyOf([...ENVELOPES, ...MESSAGES]) },
  { weight: 2, arbitrary: manyOf(PAYLOADS.flatMap(({ payloads }) => payloads)) },
);

const input = fc
  .tuple(lines, fc.constantFrom("\n", "\n", "\r\n", "array"))
  .map(([items, separator]) =>
    Uint8Array.from(
      Buffer.from(separator === "array" ? `[${items.join(",")}]` : items.join(separator), "utf8"),
    ),
  );

const content: fc.Arbitrary<CaseBytes> = fc
  .oneof(
    { weight: 5, arbitrary: input },
    { weight: 2, arbitrary: mutatedBytes(input) },
    { weight: 1, arbitrary: input.map((bytes) => Uint8Array.from(gzipSync(bytes))) },
    {
      weight: 1,
      arbitrary: mutatedBytes(input.map((bytes) => Uint8Array.from(gzipSync(bytes)))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
  )
  .map(caseBytes);

const NAMES = ["a.jsonl", "b.json", "-b", "\u202e.jsonl", "a b\n.gz"] as const;

/** What an argument can be, whatever option it follows. No NUL, which no argument can have. */
const anyWord = fc
  .oneof(fc.constantFrom(...KEYS), fc.string({ unit: "binary", maxLength: 8 }))
  .map((word) => word.replaceAll("\0", "0").toWellFormed());

const file = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES.slice(0, 2)) },
  { weight: 3, arbitrary: fc.constantFrom(...NAMES, "./-b", "-", ".", "missing", "", "/dev/null") },
  { weight: 1, arbitrary: anyWord },
);

/** An option with a value that is mostly one of those it may have. */
function option(
  names: readonly string[],
  values: readonly string[],
): fc.Arbitrary<readonly string[]> {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: anyWord },
  );
  return fc.tuple(fc.constantFrom(...names), value);
}

function flag(...names: readonly string[]): fc.Arbitrary<readonly string[]> {
  return fc.constantFrom(...names).map((name) => [name]);
}

const maxLength = option(
  ["--max-length"],
  ["1", "20", "1000", "100000", "536870888", "536870889", "1e3", "0x10", "0", "-1", "", " 5"],
);

const readingOptions = {
  reduce: [
    option(["--format", "-f"], ["text", "json", "binary"]),
    flag("--by-namespace"),
    option(["--namespace-scope"], ["mission", "step"]),
    flag("--skip-invalid"),
    flag("--skip-invalid"),
    flag("--strict", "--fail-on-drift"),
    maxLength,
  ],
  validate: [
    option(["--type", "-t"], [...DOSSIER_EVENT_TYPES, "Event", "__proto__", "constructor"]),
    option(["--format", "-f"], ["text", "json", "sarif"]),
    flag("--strict"),
    maxLength,
  ],
} as const;

const rare = fc.oneof(
  flag("--help", "-h", "--version", "-V", "--", "--no-such"),
  fc.tuple(anyWord),
);

function reading(name: keyof typeof readingOptions): fc.Arbitrary<string[]> {
  const options = fc.oneof(...readingOptions[name].map((arbitrary) => ({ weight: 4, arbitrary })), {
    weight: 1,
    arbitrary: rare,
  });
  return fc
    .tuple(fc.array(options, { maxLength: 4 }), fc.array(file, { maxLength: 3 }), fc.boolean())
    .map(([given, files, filesFirst]) =>
      filesFirst ? [name, ...files, ...given.flat()] : [name, ...given.flat(), ...files],
    );
}

/** Of this, the library says what the exit code must be. */
const REDUCE: readonly string[] = ["reduce", NAMES[0]];

const args: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 20, arbitrary: reading("reduce") },
  { weight: 8, arbitrary: fc.constant(REDUCE) },
  { weight: 20, arbitrary: reading("validate") },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...schemaNames(), "../package", "", "."), anyWord), {
        maxLength: 2,
      })
      .map((names) => ["schema", ...names]),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["true", "false", "exit 2", "exit 126", "kill -9 $$; true", "no-such-command", ""].map(
        (command) => ["conformance", "--command", command],
      ),
      ["conformance"],
      ["conformance", "extra"],
    ),
  },
  { weight: 1, arbitrary: fc.array(anyWord, { maxLength: 3 }) },
);

/** The commands, run as people run them. */
export const command = target<Case>({
  name: "command",
  roundSize: 5,
  // A process is started for each case.
  share: 4,
  cases: fc.record({
    args,
    files: fc.tuple(content, content).map(([a, b]) => [
      { name: NAMES[0], content: a },
      { name: NAMES[1], content: b },
    ]),
    stdin: fc.record({
      kind: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom("pipe" as const, "file" as const) },
        { weight: 1, arbitrary: fc.constantFrom("nothing" as const, "folder" as const) },
      ),
      content,
      cuts: fc.array(fc.nat({ max: 3000 }), { maxLength: 3 }),
    }),
    closesOutput: fc.oneof(
      { weight: 15, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  }),
  run: async ({ args: given, files, stdin, closesOutput }) => {
    const ran = await runCommand({
      args: given,
      files: files.map(({ name, content: bytes }) => ({ name, bytes: bytesOf(bytes) })),
      stdin: { kind: stdin.kind, bytes: bytesOf(stdin.content), cuts: stdin.cuts },
      closesOutput,
    });
    const detail = (): string => shown({ ...ran, stdout: ran.stdout.toString("utf8", 0, 500) });
    expect("a command ends", !ran.isTimedOut, detail);
    const trace = traced(ran.stderr);
    expect(`an error is no stack trace: ${trace}`, trace === undefined, detail);
    expect("a command ends with an exit code of its own", EXIT_CODES.has(ran.code), detail);
    if (given.join(" ") === REDUCE.join(" ")) {
      const [file] = files;
      const code = await expectedCode(
        file === undefined ? new Uint8Array() : bytesOf(file.content),
      );
      expect(
        "the exit code is what the library says",
        Number.isNaN(code) || code === ran.code,
        () => `expected ${code}: ${detail()}`,
      );
    }
    if (!closesOutput) {
      expectOutput(given, ran, detail);
    }
  },
});

const EXIT_CODES: ReadonlySet<number | null> = new Set([0, 1, 2, 3]);

/** What people give is escaped, and never at the beginning of a line. */
const STACK_TRACE = /^ {4}at .*:\d+:\d+\)?$|^Node\.js v\d|^<--- Last few GCs/m;

/** What an error that nobody expected says of itself, without what is of the case. */
function traced(stderr: string): string | undefined {
  if (!STACK_TRACE.test(stderr)) {
    return undefined;
  }
  const [, name = "an error"] = /^(\w*Error)\b/m.exec(stderr) ?? [];
  const [, place = "no function"] = /^ {4}at (?:async )?([\w.$<> ]+) \(/m.exec(stderr) ?? [];
  return `${name} in ${place}`;
}

/** Makes sure that the output is of the format that was asked for. */
function expectOutput(given: readonly string[], ran: CommandRun, detail: () => string): void {
  const isPrinted =
    ran.code === 0 || ran.code === 3 || (ran.code === 1 && given.includes("--strict"));
  const [name] = given;
  const format = given[given.findLastIndex((arg) => arg === "--format" || arg === "-f") + 1];
  const asks = given.includes("--format") || given.includes("-f");
  if (!asks || given.includes("--") || given.some((arg) => /^(?:-h|-V|--h|--v)/.test(arg))) {
    return;
  }
  const text = ran.stdout.toString("utf8");
  if (name === "reduce" && isPrinted && text !== "") {
    if (format === "json") {
      expect("the state is JSON", linesAreJson(given.includes("--by-namespace"), text), detail);
    } else if (format === "binary") {
      stateFromBinary(Uint8Array.from(ran.stdout));
    }
  } else if (name === "validate" && (ran.code === 0 || ran.code === 1)) {
    if (format === "sarif") {
      expect("a report is JSON", linesAreJson(false, text), detail);
      const hasResults = JSON.parse(text).runs[0].results.length > 0;
      expect("a report has results when the exit code is 1", hasResults === (ran.code === 1));
    } else if (format === "json") {
      expect("each verdict is JSON", linesAreJson(true, text), detail);
      const isRejected = text.split("\n").some((line) => line !== "" && !JSON.parse(line).valid);
      expect("a verdict rejects when the exit code is 1", isRejected === (ran.code === 1));
    }
  }
}

/** What the library says that reducing a file comes to. */
async function expectedCode(bytes: Uint8Array): Promise<number> {
  const events: EventJson[] = [];
  try {
    for await (const event of readEvents(bytes)) {
      events.push(event);
    }
    // The command takes no JSON for a message, whatever it says of itself.
    const json = events.filter((event) => Object(event).$typeName === undefined);
    reduceMissionDossier(json);
    return json.length === events.length ? 0 : Number.NaN;
  } catch (error) {
    if (error instanceof DamagedGzipError) {
      return 2;
    }
    if (error instanceof MissionDossierError) {
      // What comes behind it may be worse.
      return error instanceof UnreadableRecordError && isGzip(bytes) ? Number.NaN : 1;
    }
    throw error;
  }
}

function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}

function linesAreJson(isOneALine: boolean, text: string): boolean {
  try {
    for (const part of isOneALine ? text.trimEnd().split("\n") : [text]) {
      if (part !== "" || !isOneALine) {
        JSON.parse(part);
      }
    }
    return true;
  } catch {
    return false;
  }
}
