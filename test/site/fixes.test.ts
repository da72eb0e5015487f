import { parseTree } from "jsonc-parser";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { judgeRecord } from "../../src/site/worker/judge-record.js";
import { fixesOf, rangeOf } from "../../src/site/fixes.js";
import { HAPPY_PATH } from "../cli/command.js";

const [line = ""] = readFileSync(HAPPY_PATH, "utf8").split("\n");
const event = JSON.parse(line);

/** The text of a record with the first fix of its first problem. */
function mended(text: string): string {
  const record = parseTree(text);
  const [problem] = judgeRecord(JSON.parse(text)).problems;
  const [fix] = record && problem ? fixesOf(problem, record, text, []) : [];
  if (fix === undefined) {
    throw new Error("There is no fix.");
  }
  const { offset, length, content } = fix.edit;
  return text.slice(0, offset) + content + text.slice(offset + length);
}

describe("the first fix", () => {
  test.each([
    ["literal", '"artifact_class":"input"', '"artifact_class":"inputt"'],
    ["required name", '"indexed_at"', '"indexed_att"'],
    ["name in the envelope", '"lamport_clock"', '"lamport_clok"'],
    ["event type", '"MissionDossierArtifactIndexed"', '"MissionDossierArtifactIndexd"'],
  ])("mends a misspelled %s, and nothing else", (_name, right, wrong) => {
    const text = line.replace(right, wrong);
    expect(text).not.toBe(line);
    expect(mended(text)).toBe(line);
  });

  test("moves each value of a flat payload to its place", () => {
    const file = "fixtures/boundary/invalid/boundary_artifact_indexed_flat.json";
    const flat = { ...event, payload: JSON.parse(readFileSync(file, "utf8")) };
    const { payload } = JSON.parse(mended(JSON.stringify(flat)));
    expect(payload.artifact_id.path).toBe("kitty-specs/094-email-digests/spec.md");
    expect(payload.artifact_id.artifact_class).toBe("input");
    expect(payload.content_ref.hash).toMatch(/^641d/);
    expect(payload).not.toHaveProperty("relative_path");
  });
});

describe("a problem is underlined at", () => {
  test.each([
    ["its value", ["payload", "artifact_id", "artifact_class"], '"input"'],
    ["the key of an object", ["payload", "artifact_id"], '"artifact_id"'],
    ["the key above a missing field", ["payload", "artifact_id", "nothing"], '"artifact_id"'],
    ["the beginning, if nothing above it has a key", ["nothing"], "{"],
  ])("%s", (_name, path, expected) => {
    const record = parseTree(line);
    const { offset, length } = record ? rangeOf(path, record) : { offset: 0, length: 0 };
    expect(line.slice(offset, offset + length)).toBe(expected);
  });
});
