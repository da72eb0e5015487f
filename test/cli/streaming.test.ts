import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { constants, createGzip, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJson } from "../../src/index.js";
import { event, payloads, withValue } from "../support/examples.js";
import { cases } from "../support/runs.js";
import {
  HAPPY_PATH,
  lines,
  missionDossier,
  type Run,
  shell,
  startMissionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const text = readFileSync(HAPPY_PATH, "utf8");
const packed = gzipSync(text);
const events = text
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const expected = stateToJson(reduceMissionDossier(events));
const { MissionDossierArtifactIndexed: indexed } = payloads;
const count = events.length;

/** Some time, in which a chunk goes its way alone. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function expectState({ code, stdout, stderr }: Run): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(expected);
}

describe.concurrent("a slow pipe, cut", () => {
  const path = "語é😀";
  const wide = Buffer.from(
    lines(event("MissionDossierArtifactIndexed", withValue(indexed, "artifact_id.path", path))),
  );
  const { [0]: byte = 0 } = Buffer.from("語");
  const inCharacter = wide.indexOf(byte) + 1;
  const crlf = Buffer.from(`\ufeff\r\n${text.replaceAll("\n", "\r\n\r\n").trimEnd()}`);
  const lineEnd = crlf.indexOf("}\r\n\r\n") + 1;
  const state = {
    wide: stateToJson(reduceMissionDossier([JSON.parse(wide.toString())])),
    text: expected,
  };

  const rows = [
    { where: "in the byte-order mark", whole: crlf, cuts: [1, 2], json: state.text },
    { where: "between byte-order mark and lines", whole: crlf, cuts: [3, 5], json: state.text },
    {
      where: "between carriage return and line feed",
      whole: crlf,
      cuts: [4, lineEnd + 1, lineEnd + 3],
      json: state.text,
    },
    {
      where: "in a character",
      whole: wide,
      cuts: [inCharacter, inCharacter + 3, inCharacter + 5],
      json: state.wide,
    },
    { where: "in the middle of gzip", whole: packed, cuts: [1, 5, 300], json: state.text },
    { where: "before the end of gzip", whole: packed, cuts: [packed.length - 1], json: state.text },
  ];
  test.each(cases(rows, 1))("$where gives the same state", async ({ whole, cuts, json }) => {
    // The first file is there to see when the command has begun to read.
    const first = files.write("none.jsonl", "{}\n");
    const args = ["reduce", "--format", "json", "--skip-invalid", first, "-"];
    const run = startMissionDossier(args);
    await run.reported("not a valid event");
    for (const [index, start] of [0, ...cuts].entries()) {
      run.send(whole.subarray(start, cuts[index]));
      await pause();
    }
    run.end();
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(json);
  });
});

describe.concurrent("gzip", () => {
  const named = files.write("events.jsonl.gz", packed);
  const [head = "", ...tail] = text.split(/(?<=\n)/);
  const parts = [gzipSync(head), gzipSync(tail.join(""))];

  test.each([
    { from: "a file", args: [named] },
    { from: "a file of another name", args: [files.write("packed.jsonl", packed)] },
    { from: "one array", args: [files.write("array.gz", gzipSync(JSON.stringify(events)))] },
    { from: "two members", args: [files.write("members.gz", Buffer.concat(parts))] },
    {
      from: "two files, one of which is not gzipped",
      args: [files.write("head.gz", gzipSync(head)), files.write("tail.jsonl", tail.join(""))],
    },
    {
      from: "a byte-order mark and CRLF",
      args: [files.write("crlf.gz", gzipSync(`\ufeff${text.replaceAll("\n", "\r\n")}`))],
    },
  ])("is reduced from $from", async ({ args }) => {
    expectState(await missionDossier(["reduce", "--format", "json", ...args]));
  });

  const inputs = [
    ["standard input, which is a pipe", 'cat "$FILE" | CLI reduce -f json'],
    ["standard input, which is a file", 'CLI reduce -f json - < "$FILE"'],
    ["a FIFO", 'mkfifo "$DIR/gz"; cat "$FILE" > "$DIR/gz" & CLI reduce -f json "$DIR/gz"'],
  ] as const;
  test.each(cases(inputs, 1))("is reduced from %s", async (_, line) => {
    expectState(await shell(line, { env: { FILE: named, DIR: files.path } }));
  });

  test("is validated, by its unpacked lines", async () => {
    const bad = files.write("bad.gz", gzipSync(`${text}\n{}\n`));
    expect(await missionDossier(["validate", named])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: `${count} records judged, all conform\n`,
    });
    const { code, stdout } = await missionDossier(["validate", bad]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${bad}:${count + 2}: Event: event_id: value is required`);
  });

  const trailing = Buffer.concat([packed, Buffer.from("{}\n")]);
  const corrupt = Buffer.from(packed).fill(0xff, 200, 300);
  describe.each([{ command: "reduce" }, { command: "validate" }])("$command", ({ command }) => {
    test.each([
      { what: "cut off", damaged: packed.subarray(0, -9) },
      { what: "cut off after its first bytes", damaged: packed.subarray(0, 2) },
      { what: "corrupt", damaged: corrupt },
      { what: "followed by something else", damaged: trailing },
    ])("that is $what ends with 2 and one line", async ({ what, damaged }) => {
      const file = files.write(`${command} ${what}.gz`, damaged);
      const message = (name: string) =>
        new RegExp(`^mission-dossier: cannot read ${name}: damaged gzip: .+\n$`);
      expect(await missionDossier([command, file])).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(message(file)),
      });
      expect(await missionDossier([command], { input: damaged })).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(message("standard input")),
      });
    });
  });

  test("damaged ends with 2 even with --skip-invalid", async () => {
    const file = files.write("skip.gz", packed.subarray(0, -9));
    const run = await missionDossier(["reduce", "--skip-invalid", HAPPY_PATH, file]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
  });
});

describe.concurrent("--max-length", () => {
  const longest = Math.max(...text.split("\n").map((line) => Buffer.byteLength(line)));
  const [first] = events;
  // Not longer in characters, but in bytes.
  const long = { ...first, node_id: "語".repeat(longest / 2) };
  const bytes = Buffer.byteLength(JSON.stringify(long));
  const file = files.write("long.jsonl", `\n${lines(long)}${text}`);
  const limit = String(longest);
  const reason = `not a valid event\n  longer than the limit of ${limit} bytes\n`;

  test("of the longest line rejects none", async () => {
    expectState(
      await missionDossier(["reduce", "--format", "json", "--max-length", limit, HAPPY_PATH]),
    );
    expect(bytes).toBeGreaterThan(longest);
  });

  test("rejects a longer line, by file and line", async () => {
    expect(await missionDossier(["reduce", "--max-length", limit, file])).toMatchObject({
      code: 1,
      stdout: "",
      stderr:
        `${file}:2: ${reason}mission-dossier: 1 invalid record among ${count + 1}; ` +
        "nothing was reduced (--skip-invalid carries on without them)\n",
    });
  });

  test.each([
    { form: "a file", args: [file], where: `${file}:2` },
    { form: "gzip", args: [files.write("long.gz", gzipSync(readFileSync(file)))] },
    {
      form: "an array",
      args: [files.write("long.json", `[${[long, ...events].map((e) => JSON.stringify(e))}]`)],
    },
    { form: "two files", args: [HAPPY_PATH, files.write("one.jsonl", lines(long))] },
  ])("with --skip-invalid reduces the rest of $form", async ({ args }) => {
    const run = await missionDossier([
      ...["reduce", "--format", "json", "--skip-invalid", "--max-length", limit],
      ...args,
    ]);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`${reason}skipped 1 invalid record\n`);
    expect(JSON.parse(run.stdout)).toEqual(expected);
  });

  test("makes a longer line one that does not conform", async () => {
    const run = await missionDossier(["validate", "--max-length", limit, file]);
    expect(run).toMatchObject({
      code: 1,
      stdout: `${file}:2: Event: longer than the limit of ${limit} bytes [json]\n`,
      stderr: `${count + 1} records judged, 1 not conforming\n`,
    });
  });

  const largest = 2 ** 29 - 24;
  test.each(
    ["0", "-1", "1.5", "abc", "", "NaN", "Infinity", "16MiB", String(largest + 1)].flatMap(
      (value) => [
        { command: "reduce", value },
        { command: "validate", value },
      ],
    ),
  )("of '$value' is a mistake for $command", async ({ command, value }) => {
    expect(await missionDossier([command, `--max-length=${value}`, HAPPY_PATH])).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        `mission-dossier: option '--max-length <bytes>' argument '${value}' is invalid. ` +
        `It must be a whole number of bytes from 1 to ${largest}.\n` +
        `see mission-dossier ${command} --help\n`,
    });
  });

  test("may be as much as fits into one string", async () => {
    const args = ["reduce", "--format", "json", "--max-length", String(largest), HAPPY_PATH];
    expectState(await missionDossier(args));
  });
});

/** One event that is packed, and what packs it not yet ended. */
async function beginningOfGzip(): Promise<Buffer> {
  const packer = createGzip({ flush: constants.Z_SYNC_FLUSH });
  packer.write("{}\n");
  const chunks: Buffer[] = [];
  packer.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => packer.flush(constants.Z_SYNC_FLUSH, () => resolve()));
  await pause();
  return Buffer.concat(chunks);
}

describe.concurrent("Ctrl-C", () => {
  const none = files.write("nothing.jsonl", "{}\n");

  const readings = [
    { from: "lines of standard input", args: ["reduce"], input: async () => "{}\n" },
    { from: "gzip of standard input", args: ["reduce", "-"], input: beginningOfGzip },
    { from: "an array", args: ["reduce"], input: async () => '[{},{"a":' },
    {
      from: "lines, of which invalid ones are skipped",
      args: ["reduce", "--skip-invalid"],
      input: async () => "{}\n",
    },
    {
      from: "lines of many missions",
      args: ["reduce", "--by-namespace", "--skip-invalid"],
      input: async () => `{}\n${text}`,
    },
    { from: "a file without end", args: ["reduce", none, "/dev/zero"], input: async () => "" },
  ];
  test.each(cases(readings, 1))(
    "while $from are read ends with 130 and no state",
    async ({ args, input }) => {
      const run = startMissionDossier(args);
      run.send(await input());
      await run.reported("not a valid event");
      run.interrupt();
      const { code, signal, stdout, stderr } = await run.ended;
      // On a busy machine, the command ends by the signal, which the shell calls 130.
      expect({ code: signal === "SIGINT" ? 130 : code, stdout }).toEqual({ code: 130, stdout: "" });
      expect(stderr).toMatch(/\nmission-dossier: interrupted\n$/);
    },
  );

  test("while validate reads ends with 130 after what has been judged, and no summary", async () => {
    const run = startMissionDossier(["validate", none, "-"]);
    run.send("{}\n{");
    await run.printed("standard input:1:");
    run.interrupt();
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "mission-dossier: interrupted\n" });
  });

  const writers = [
    { to: "has nothing to say for now", waiting: "idle" },
    { to: "has not come yet", waiting: "absent" },
  ];
  test.each(cases(writers, 1))(
    "while who writes to a FIFO $to ends the command",
    async ({ waiting }) => {
      const fifo = join(files.path, waiting);
      execFileSync("mkfifo", [fifo]);
      const writer = waiting === "idle" ? openSync(fifo, "r+") : undefined;
      const run = startMissionDossier(["reduce", none, fifo]);
      if (writer !== undefined) {
        writeSync(writer, "\n{}\n");
      }
      await run.reported(`${writer === undefined ? none : `${fifo}:2`}`);
      await pause();
      run.interrupt();
      const { signal, stdout, stderr } = await run.ended;
      // The shell calls it 130.
      expect({ signal, stdout }).toEqual({ signal: "SIGINT", stdout: "" });
      expect(stderr).toMatch(/\nmission-dossier: interrupted\n$/);
      if (writer !== undefined) {
        closeSync(writer);
      }
    },
  );
});

describe.concurrent("an id with more than one content", () => {
  const id = "01KJPZ8V2M4T6R1E9C3H5N7QWA";
  const at = (path: string, fields = {}) =>
    event("MissionDossierArtifactIndexed", withValue(indexed, "artifact_id.path", path), {
      event_id: id,
      ...fields,
    });
  const summary =
    "1 id with more than one content; the one that comes first in the stream counts\n";
  const first = files.write("first.jsonl", `\n${lines(at("a"))}`);
  const rows = [
    { what: "a later one", others: [at("b", { lamport_clock: 9 })], path: "a" },
    { what: "an earlier one", others: [at("b", { lamport_clock: 0 })], path: "b" },
    { what: "several", others: [at("b", { lamport_clock: 0 }), at("c")], path: "b" },
    {
      what: "one whose payload is rejected",
      others: [event("MissionDossierArtifactIndexed", {}, { event_id: id, lamport_clock: 9 })],
      path: "a",
    },
    {
      what: "one in another spelling",
      others: [at("b", { event_id: id.toLowerCase(), lamport_clock: 9 })],
      path: "a",
    },
  ];

  test.each(
    rows.flatMap((row) => [
      { ...row, strict: false },
      { ...row, strict: true },
    ]),
  )(
    "is reported by file and line: $what, strict: $strict",
    async ({ what, others, path, strict }) => {
      const second = files.write(`${what} ${strict}.jsonl`, lines(at("a"), ...others));
      const args = ["reduce", "--format", "json", ...(strict ? ["--strict"] : []), first, second];
      const { code, stdout, stderr } = await missionDossier(args);
      expect({ code, stderr }).toEqual({
        code: strict ? 1 : 0,
        stderr: `${second}:2: differs from another event with the same id (event ${id})\n${summary}`,
      });
      expect(Object.keys(JSON.parse(stdout).artifacts)).toEqual([path]);
    },
  );

  test.each([
    { what: "a repeated event", other: at("a") },
    { what: "another context", other: at("a", { node_id: "elsewhere", data_tier: 4 }) },
    { what: "another spelling", other: at("a", { event_id: id.toLowerCase() }) },
    {
      what: "another event type that is none of the dossier",
      other: { ...at("b"), event_type: "E" },
    },
  ])("is not $what", async ({ what, other }) => {
    const second = files.write(`${what}.jsonl`, lines(other));
    const { code, stderr } = await missionDossier(["reduce", "--strict", first, second]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("names the item of an array", async () => {
    const array = files.write(
      "array.json",
      `[${JSON.stringify(at("a"))},\n${JSON.stringify(at("b"))}]`,
    );
    const { stderr } = await missionDossier(["reduce", array]);
    expect(stderr).toContain(`${array}:2: item 2: differs from another event with the same id`);
  });
});
