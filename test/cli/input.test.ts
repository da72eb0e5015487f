import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJson } from "../../src/index.js";
import { event, payloads, withValue } from "../support/examples.js";
import { cases, size } from "../support/runs.js";
import { DRIFT_SCENARIO, lines, missionDossier, shell, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();
const text = readFileSync(DRIFT_SCENARIO, "utf8");
const events = text
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const expected = stateToJson(reduceMissionDossier(events));
const { MissionDossierArtifactIndexed: indexed } = payloads;

describe.concurrent("the same events give the same state", () => {
  test.each([
    ["without a last line feed", text.trimEnd()],
    ["with a byte-order mark", `\ufeff${text}`],
    ["with CRLF and empty lines", `\r\n \n${text.replaceAll("\n", "\r\n\t\r\n")}\n`],
    ["as an array", JSON.stringify(events)],
    [
      "as an indented array with a byte-order mark and CRLF",
      `\ufeff${JSON.stringify(events, null, "\t").replaceAll("\n", "\r\n")}\r\n`,
    ],
    ["in another order", text.trimEnd().split("\n").reverse().join("\n")],
  ])("%s", async (name, content) => {
    const file = files.write(`${name}.jsonl`, content);
    const { code, stdout, stderr } = await missionDossier(["reduce", "--format", "json", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  const inputs = [
    ["a pipe, without arguments", 'cat "$FILE" | CLI reduce --format json'],
    ["a pipe, as -", 'cat "$FILE" | CLI reduce --format json -'],
    ["a file as standard input", 'CLI reduce --format json < "$FILE"'],
    ["a pipe, as /dev/stdin", 'cat "$FILE" | CLI reduce --format json /dev/stdin'],
    [
      "a FIFO",
      'mkfifo "$DIR/fifo"; cat "$FILE" > "$DIR/fifo" & CLI reduce --format json "$DIR/fifo"',
    ],
    ["a slow pipe", '(head -c 100 "$FILE"; sleep 0.1; tail -c +101 "$FILE") | CLI reduce -f json'],
    [
      "a file whose name looks like an option",
      'cp "$FILE" "$DIR/-f"; cd "$DIR"; CLI reduce --format json -- -f',
    ],
    ["standard input twice", 'CLI reduce --format json - - < "$FILE"'],
  ] as const;
  test.each(cases(inputs))("from %s", async (_, line) => {
    const env = { FILE: DRIFT_SCENARIO, DIR: files.path };
    const { code, stdout, stderr } = await shell(line, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(expected);
  });
});

describe.concurrent("an input without events gives the empty state", () => {
  test.each([
    ["empty", ""],
    ["a byte-order mark", "\ufeff"],
    ["many empty lines in an array", `[${"\n".repeat(300_000)}]`],
  ])("%s", async (_, input) => {
    const { code, stdout, stderr } = await missionDossier(["reduce"], { input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      "Mission dossier  UNKNOWN  0 events\n  no namespace\n\nArtifacts  none\n\n" +
        "Anomalies  none\n\nLatest snapshot  none\n  now  sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\nDrift history  none\n",
    );
  });

  test("no standard input at all", async () => {
    const { code, stdout } = await shell("CLI reduce <&-");
    expect(code).toBe(0);
    expect(stdout).toContain("UNKNOWN  0 events");
  });
});

test.concurrent("invalid UTF-8 is not a valid event", async () => {
  const broken = [
    { what: "a byte that begins no character", bytes: [0xff] },
    { what: "a character that is cut off", bytes: [0xe8, 0xaa] },
    { what: "an overlong form", bytes: [0xc0, 0xaf] },
    { what: "half of a surrogate pair", bytes: [0xed, 0xa0, 0x80] },
  ].map(({ bytes }) => {
    const [before = "", after = ""] = lines(event("E", { a: "<>" })).split("<>");
    return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  });
  const input = Buffer.concat([...broken, Buffer.from(lines(event("E", {})))]);
  const { code, stdout, stderr } = await missionDossier(["reduce"], { input });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  for (const line of broken.keys()) {
    expect(stderr).toContain(`standard input:${line + 1}: not a valid event\n  not UTF-8\n`);
  }
  expect(stderr).toContain("4 invalid records among 5");
});

test.concurrent("characters of several bytes survive wherever a file is cut into chunks", async () => {
  // Long enough that chunks of any usual size end within characters.
  const path = "語é😀".repeat(size(60_000));
  const file = files.write(
    "wide.jsonl",
    lines(event("MissionDossierArtifactIndexed", withValue(indexed, "artifact_id.path", path))),
  );
  const { code, stdout } = await missionDossier(["reduce", "--format", "json", file]);
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(stdout).artifacts)).toEqual([path]);
});

test.concurrent.each([
  { form: "JSON Lines", separator: "\n", open: "", close: "\n" },
  { form: "one array on one line", separator: ",", open: "[", close: "]" },
])(`${size(50)} MB are reduced: $form`, async ({ separator, open, close }) => {
  const note = "n".repeat(25_000);
  const count = size(2_000);
  const records = Array.from({ length: count }, (_, index) => {
    const payload = withValue(indexed, "context_diagnostics", { note });
    const located = withValue(payload, "artifact_id.path", `src/${index}.ts`);
    return JSON.stringify(event("MissionDossierArtifactIndexed", located));
  });
  const input = open + records.join(separator) + close;
  expect(input.length).toBeGreaterThan(size(50_000_000));
  const { code, stdout, stderr } = await missionDossier(["reduce", "--format", "json"], { input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout).event_count).toBe(count);
});
