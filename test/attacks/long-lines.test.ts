import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../cli/command.js";
import { cases, deep, size } from "../support/runs.js";
import { indexing } from "./attacks.js";
import { meter } from "./meter.js";

const files = temporaryDirectory();
/** In MiB. A short stream takes about 60. */
const FEW = 400;
/** The bytes of the line, its text, and the value that was parsed. */
const SOME = 1500;

const measured = meter(files).missionDossier;

/** More than the limit, and in a deep run more than several copies of it. */
const LENGTH = deep ? 100_000_000 : 20_000_000;
const RAISED = ["--max-length", String(2 * LENGTH)];
const REASON = "longer than the limit of 16777216 bytes";
const next = JSON.stringify(indexing("b", 2));
const withNote = JSON.stringify(indexing("a", 1, { context_diagnostics: { note: "@" } }));
const long = `${withNote.replace("@", "n".repeat(LENGTH))}\n${next}\n`;
const line = files.write("line.jsonl", long);
const forms = [
  { form: "a line", file: line, place: ":1" },
  { form: "a line that is gzipped", file: files.write("line.gz", gzipSync(long)), place: ":1" },
  {
    form: "an item of an array",
    file: files.write("array.json", `[${long.trimEnd().replace("\n", ",")}]`),
    place: ":1: item 1",
  },
];

describe.each(cases(forms, 1))("$form that is very long", ({ file, place }) => {
  test("is beyond the limit, and takes little memory", async () => {
    const { code, stdout, stderr, peak } = await measured([
      ...["reduce", "--skip-invalid", "--format", "json"],
      file,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 1 });
    expect(stderr).toBe(
      `${file}${place}: not a valid event\n  ${REASON}\nskipped 1 invalid record\n`,
    );
    expect(peak).toBeLessThan(FEW);
  });

  test("is judged when the limit is raised", async () => {
    const args = ["validate", "--strict", ...RAISED, file];
    const { code, stdout, stderr, peak } = await measured(args);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "2 records judged, all conform\n",
    });
    expect(peak).toBeLessThan(SOME);
  });
});

describe("a very long line", () => {
  test("does not conform, beyond the limit, and takes little memory", async () => {
    const { code, stdout, stderr, peak } = await measured(["validate", line]);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: `${line}:1: Event: ${REASON} [json]\n`,
      stderr: "2 records judged, 1 not conforming\n",
    });
    expect(peak).toBeLessThan(FEW);
  });

  test("is reduced when the limit is raised", async () => {
    const args = ["reduce", "--strict", "--format", "json", ...RAISED, line];
    const { code, stdout, stderr, peak } = await measured(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 2 });
    expect(peak).toBeLessThan(SOME);
  });
});

test("a very long line that is not JSON is quoted briefly", async () => {
  const file = files.write("text.jsonl", "n".repeat(LENGTH));
  const { code, stderr, peak } = await measured(["reduce", ...RAISED, file]);
  expect(code).toBe(1);
  expect(stderr).toContain("not JSON: ");
  expect(stderr.length).toBeLessThan(1000);
  expect(peak).toBeLessThan(SOME);
});

test("very many lines without a dossier event take little memory", async () => {
  const file = files.write("others.jsonl", '{"event_type":"E"}\n'.repeat(size(1_000_000)));
  const { code, stdout, peak } = await measured(["reduce", "--format", "json", file]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ event_count: 0 });
  expect(peak).toBeLessThan(FEW);
});
