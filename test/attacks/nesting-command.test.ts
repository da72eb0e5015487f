import { describe, expect, test } from "vitest";
import { lines, missionDossier, temporaryDirectory } from "../cli/command.js";
import { envelope } from "../support/examples.js";
import { cases, size } from "../support/runs.js";
import { indexing } from "./attacks.js";
import { DEEP_TEXTS, LEVELS } from "./deep.js";

const files = temporaryDirectory();

describe.concurrent.each(cases(DEEP_TEXTS, 1))(`${LEVELS} levels of %s in a line`, (form, deep) => {
  /** A record in which a text replaces the placeholder value. */
  const record = (json: unknown): string => JSON.stringify(json).replace('"deep"', () => deep);
  const bad = [
    deep,
    record({ ...envelope, node_id: "deep" }),
    record({ ...envelope, lamport_clock: "deep" }),
  ];
  const skipped = [
    record({ ...indexing("a", 3), payload: { namespace: "deep" } }),
    record(indexing("c", 4, { unknown: "deep" })),
  ];
  const judged = [...bad, ...skipped];
  const file = files.write(
    `${form}.jsonl`,
    // With such a list at the beginning, the input would be an array of events.
    `${lines(indexing("a", 1))}${judged.join("\n")}\n${lines(indexing("b", 2))}`,
  );
  const summary = `${judged.length + 2} records judged, ${judged.length} not conforming\n`;

  test("affect only the event that has them, and do not end the stream", async () => {
    const run = await missionDossier(["reduce", "--skip-invalid", "--format", "json", file]);
    expect(run.code).toBe(0);
    const state = JSON.parse(run.stdout);
    expect(state).toMatchObject({ event_count: 4 });
    expect(Object.keys(state.artifacts)).toEqual(["a", "b"]);
    for (const index of bad.keys()) {
      expect(run.stderr).toContain(`${file}:${index + 2}: not a valid event`);
    }
    for (const index of skipped.keys()) {
      const line = index + bad.length + 2;
      expect(run.stderr).toContain(`${file}:${line}: payload skipped`);
    }
    expect(run.stderr).toContain(`\nskipped ${bad.length} invalid records\n`);
    expect(run.stderr).toContain(`\nskipped ${skipped.length} payloads `);
  });

  test.each(["text", "json", "sarif"])("do not conform, in %s", async (format) => {
    const args = ["validate", "--strict", "--format", format, file];
    const { code, stdout, stderr } = await missionDossier(args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: summary });
    const found =
      format === "sarif"
        ? JSON.parse(stdout).runs[0].results.map((result: unknown) => JSON.stringify(result))
        : stdout.trimEnd().split("\n");
    expect(found.length).toBeGreaterThanOrEqual(judged.length);
    for (const text of found) {
      expect(text).toContain(`${form}.jsonl`);
    }
  });

  test("are a single item of an array, and the next item is reduced", async () => {
    const array = `[${deep},${JSON.stringify(indexing("a", 1))}]`;
    const path = files.write(`${form}.json`, array);
    const run = await missionDossier(["reduce", "--skip-invalid", "-f", "json", path]);
    expect(JSON.parse(run.stdout)).toMatchObject({ event_count: 1 });
    expect(run.stderr).toContain(`${path}:1: item 1: not a valid event`);
  });

  test("as an unknown field of an envelope are ignored, and found in strict mode", async () => {
    const input = record({ ...indexing("a", 1), unknown: "deep" });
    const { code, stdout } = await missionDossier(["reduce", "-f", "json"], { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 1 });
    for (const format of ["text", "json"]) {
      const args = ["validate", "--strict", "--format", format];
      const strict = await missionDossier(args, { input });
      expect(strict.code).toBe(1);
      expect(strict.stdout).toContain("unknown_field");
    }
  });
});

test.concurrent.each([
  { what: "lists", text: "[".repeat(size(5_000_000)) },
  { what: "objects in a list", text: `[${'{"a":'.repeat(size(2_000_000))}` },
  { what: "objects", text: '{"a":'.repeat(size(2_000_000)) },
  { what: "objects, each on a line", text: `{\n${'"a":{\n'.repeat(size(1_000_000))}` },
])("very many $what that never end are not JSON", async ({ text }) => {
  const { code, stdout, stderr } = await missionDossier(["reduce"], { input: text });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).not.toMatch(/^ {4}at /m);
});
