import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJsonString } from "../../src/index.js";
import { DRIFT_SCENARIO, HAPPY_PATH, lines, shell, temporaryDirectory } from "../cli/command.js";
import { cases, deep } from "../support/runs.js";
import { asEvent, indexing } from "./attacks.js";
import { meter } from "./meter.js";

// That `reduce` and `validate` as text say once that a disk is full, and that a reader who has
// seen enough is not an error for `reduce`, is tested in cli/output.

const files = temporaryDirectory();
const FULL = "/dev/full";
const NO_TRACE = /^ {4}at /m;

/** An event whose state is far larger than a pipe or a small disk. */
const bigEvents = [asEvent(indexing("p".repeat(2_000_000), 1))];
const big = files.write("big.jsonl", lines(...bigEvents));
const bad = (count: number): string => files.write(`bad-${count}.jsonl`, "{}\n".repeat(count));
/** Events whose messages are far larger than a pipe. */
const many = bad(500);

describe.skipIf(!existsSync(FULL)).concurrent("a disk that is full", () => {
  const message = "mission-dossier: cannot write the output: no space left on device\n";

  const silent = [
    'reduce --format binary "$FILE"',
    "--help",
    "--version",
    "reduce --help",
    "schema",
    "schema event",
    'reduce --by-namespace "$FILE"',
    'reduce --strict --fail-on-drift "$FILE"',
  ];
  test.each(cases(silent, 1))("ends with 2 and one line: %s", async (args) => {
    const { code, stderr } = await shell(`CLI ${args} > ${FULL}`, {
      env: { FILE: DRIFT_SCENARIO },
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: message });
  });

  const summing = [
    'validate --format json "$FILE"',
    'validate --format sarif "$FILE"',
    "conformance",
  ];
  test.each(cases(summing, 1))(
    "ends with 2, and reports it beside its summary: %s",
    async (args) => {
      const { code, stderr } = await shell(`CLI ${args} > ${FULL}`, { env: { FILE: HAPPY_PATH } });
      expect(code).toBe(2);
      expect(stderr.split("\n").filter((line) => line.includes("all "))).toHaveLength(1);
      expect(stderr.replace(/^\d+ .*\n/m, "")).toBe(message);
    },
  );
});

describe.concurrent("a disk that becomes full during the run", () => {
  const commands = [
    'reduce "$BIG"',
    'validate "$MANY"',
    'reduce --format json "$BIG"',
    'reduce --format binary "$BIG"',
    'reduce --by-namespace "$BIG"',
    'validate --format json "$MANY"',
    'validate --format sarif "$MANY"',
  ];
  test.each(cases(commands, 1))("ends with 2, and reports it: %s", async (args) => {
    const output = join(files.path, `part of ${args.replace(/\W/g, " ")}`);
    // A limit on file size acts like a disk of that size.
    const env = { BIG: big, MANY: many, OUTPUT: output };
    const { code, stderr } = await shell(`ulimit -f 128; CLI ${args} > "$OUTPUT"`, { env });
    expect(readFileSync(output).length).toBeLessThan(200_000);
    expect(stderr).toMatch(/^mission-dossier: cannot write the output: .+$/m);
    expect(stderr).not.toMatch(NO_TRACE);
    expect(code).toBe(2);
  });
});

describe.concurrent("a reader that has seen enough", () => {
  const commands = [
    { args: 'validate "$MANY"', code: 1 },
    { args: 'reduce -f json "$BIG"', code: 0 },
    { args: 'validate -f json "$MANY"', code: 1 },
    { args: 'validate -f sarif "$MANY"', code: 1 },
    { args: 'reduce -f binary "$BIG"', code: 0 },
    { args: 'reduce --by-namespace "$BIG"', code: 0 },
    { args: "schema event", code: 0 },
    { args: "conformance", code: 0 },
    { args: "--help", code: 0 },
  ];
  test.each(cases(commands, 1))("is not an error: $args", async ({ args, code }) => {
    const line = `{ CLI ${args}; echo "exit $?" >&2; } | head -c 1 | wc -c`;
    const { stdout, stderr } = await shell(line, { env: { MANY: many, BIG: big } });
    expect(stdout.trim()).toBe("1");
    expect(stderr).toMatch(new RegExp(`^exit ${code}$`, "m"));
    expect(stderr).not.toMatch(NO_TRACE);
    expect(stderr).not.toContain("cannot write");
  });

  test.runIf(deep)("may be missing for both outputs", async () => {
    const line = '{ CLI validate "$MANY" 2>&1; echo "exit $?" >&3; } 3>&2 | head -c 1 > /dev/null';
    const { stderr } = await shell(line, { env: { MANY: many } });
    expect(stderr).toBe("exit 1\n");
  });

  test("may never have existed", async () => {
    const commands = [
      ['CLI reduce "$FILE" >&-', 0],
      ['CLI reduce "$FILE" >&- 2>&-', 0],
      ["CLI reduce nowhere.jsonl 2>&-", 2],
    ] as const;
    for (const [line, code] of cases(commands, 1)) {
      const run = await shell(line, { env: { FILE: HAPPY_PATH } });
      expect(run).toMatchObject({ code, stdout: "", stderr: "" });
    }
  });

  // Otherwise an endless input, such as `yes` or `tail -f`, would keep it running forever.
  test.each(cases(["text", "json"], 1))("is the end of the command, in %s", async (format) => {
    const [copy, gone] = [join(files.path, `${format}-copy`), join(files.path, `${format}-gone`)];
    const line =
      'mkfifo "$GONE"; { echo "$RECORD"; cat "$GONE"; yes "$RECORD" | head -c 10000000 | tee "$COPY"; }' +
      ' | CLI validate --format "$FORMAT" | { head -n 1; exec < /dev/null; : > "$GONE"; }';
    const record = JSON.stringify({ note: "n".repeat(1000) });
    const env = { RECORD: record, FORMAT: format, COPY: copy, GONE: gone };
    const { stdout } = await shell(line, { env });
    expect(stdout.split("\n")).toHaveLength(2);
    // A full pipe accepts no more writes until it is read.
    expect(readFileSync(copy).length).toBeLessThan(5_000_000);
  });
});

describe("a reader that is slower than the command", () => {
  // The messages on 40,000 bad events take half a gigabyte. Those on fewer would go unnoticed.
  test.runIf(deep)("does not make it keep all its output in memory", async () => {
    const count = 40_000;
    const line = 'CLI validate -f json "$FILE" | wc -l';
    const { stdout, peak } = await meter(files).shell(line, { FILE: bad(count) });
    expect(Number(stdout)).toBe(count);
    expect(peak).toBeLessThan(300);
  });
});

describe("two commands that write to one file", () => {
  const other = [asEvent(indexing("q".repeat(1_000_000), 2))];
  const second = files.write("other.jsonl", lines(...other));

  /** The content of the file after both have succeeded. */
  async function writtenByBoth(one: string, two: string, expected: number): Promise<string> {
    const output = join(files.path, "shared");
    const line = `${one} & ${two}; echo "exit $?" >&2; wait $!; echo "exit $?" >&2`;
    const env = { ONE: big, TWO: second, MANY: many, OUTPUT: output };
    const { stderr } = await shell(`rm -f "$OUTPUT"; ${line}`, { env });
    expect(stderr.match(/^exit .*$/gm)).toEqual([`exit ${expected}`, `exit ${expected}`]);
    return readFileSync(output, "utf8");
  }

  test("appending leave both states there, each of them whole", async () => {
    const one = 'CLI reduce --by-namespace "$ONE" >> "$OUTPUT"';
    const written = await writtenByBoth(one, one.replace("ONE", "TWO"), 0);
    const states = [bigEvents, other].map((events) => reduceMissionDossier(events));
    expect(written.trimEnd().split("\n").sort()).toEqual(
      states.map((state) => stateToJsonString(state)).sort(),
    );
  });

  test.runIf(deep)("appending leave all verdicts there, each line whole", async () => {
    const each = 'CLI validate -f json "$MANY" >> "$OUTPUT"';
    const written = await writtenByBoth(each, each, 1);
    const verdicts = written.trimEnd().split("\n");
    expect(verdicts).toHaveLength(1000);
    for (const verdict of verdicts) {
      expect(JSON.parse(verdict)).toMatchObject({ valid: false });
    }
  });

  // The shell gives each of them its own file offset: the last one to write wins.
  test.runIf(deep)("from its beginning both succeed, with any content left there", async () => {
    const one = 'CLI reduce -f json "$ONE" > "$OUTPUT"';
    expect(await writtenByBoth(one, one.replace("ONE", "TWO"), 0)).not.toBe("");
  });
});
