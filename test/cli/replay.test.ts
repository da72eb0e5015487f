import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { HAPPY_PATH, missionDossier } from "./command.js";

// An id whose second content sorts before the first: the events must be read twice.

const folder = mkdtempSync(join(tmpdir(), "mission-dossier-replay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [first = ""] = readFileSync(HAPPY_PATH, "utf8").split("\n");
const event = JSON.parse(first);
const late = { ...event, lamport_clock: 9 };
const early = { ...event, lamport_clock: 2 };
const input = `not JSON\n${[late, early].map((each) => JSON.stringify(each)).join("\n")}\n`;
const file = join(folder, "events.jsonl");
writeFileSync(file, input);

describe.each([["one state"], ["a state for each namespace", "--by-namespace"]])(
  "an id that needs a replay, for %s",
  (_what, ...options) => {
    test("is no problem in a file, and is reported once", async () => {
      const { code, stderr, stdout } = await missionDossier([
        "reduce",
        "--skip-invalid",
        ...options,
        file,
      ]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/1 event|"event_count":1/);
      expect(stderr.split("\n")).toEqual([
        `${file}:1: not a valid event`,
        expect.stringContaining("not JSON"),
        "skipped 1 invalid record",
        `${file}:3: differs from another event with the same id (event ${event.event_id})`,
        expect.stringContaining("1 id with more than one content"),
        "",
      ]);
    });

    test("is named on a pipe, with the advice to give a file", async () => {
      const args = ["reduce", "--skip-invalid", ...options];
      const { code, stderr, stdout } = await missionDossier(args, { input });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(event.event_id);
      expect(stderr).toContain("A pipe cannot be read twice; give a file instead.");
    });
  },
);
