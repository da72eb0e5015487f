import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { upcastEvent } from "../../src/index.js";
import { envelope, indexed, namespace } from "../support/examples.js";
import { missionDossier } from "./command.js";

const log = fileURLToPath(
  new URL("../../fixtures/dossier/replay/dossier_replay_happy_path.jsonl", import.meta.url),
);

const { correlation_id: _, ...unchained } = envelope;
/** The event of an early producer. */
const flat = {
  ...unchained,
  payload: {
    mission_slug: namespace.feature_slug,
    mission_type: namespace.mission_key,
    artifact_class: "input",
    content_hash_sha256: "51ab",
    relative_path: "spec.md",
    size_bytes: 812,
    wp_id: "WP01",
    producer: { name: "old" },
  },
};
const facts = { target_branch: "main", manifest_version: "1" };

describe("upcast", () => {
  test("rewrites names only, once, and back", async () => {
    const text = readFileSync(log, "utf8");
    const later = await missionDossier(["upcast", log, "--to", "3.0.0"]);
    expect(later).toMatchObject({ code: 0, stderr: "renamed  6 events to the names of 3.0.0\n" });
    expect(later.stdout).toBe(
      text
        .replaceAll('"feature_slug":', '"mission_slug":')
        .replaceAll('"mission_key":', '"mission_type":'),
    );
    const again = await missionDossier(["upcast", "--to", "3.0.0"], { input: later.stdout });
    expect(again).toMatchObject({ stdout: later.stdout, stderr: "unchanged  6 events\n" });
    const back = await missionDossier(["upcast", "-", "--to", "2.4.0"], { input: later.stdout });
    expect(back.stdout).toBe(text);
  });

  test.each([
    [
      "names of another generation that are null",
      '"manifest_version":"1"',
      '"manifest_version":"1","mission_slug":null,"mission_type":null',
    ],
    ["a name twice", '"feature_slug":', '"feature_slug":"first","feature_slug":'],
  ])("gives an event with %s the names that its reader finds", async (_name, from, to) => {
    const [line = ""] = readFileSync(log, "utf8").split("\n", 1);
    const odd = line.replaceAll(from, to);
    expect(odd).not.toBe(line);
    const { code, stdout } = await missionDossier(["upcast", "--to", "3.0.0"], { input: odd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      upcastEvent(JSON.parse(line), { contract: "3.0.0" }).kind === "renamed" &&
        JSON.parse(
          line
            .replaceAll('"feature_slug":', '"mission_slug":')
            .replaceAll('"mission_key":', '"mission_type":'),
        ),
    );
  });

  test("leaves lines that no contract accepts as they are, and names them", async () => {
    // Not a character may be lost, such as digits beyond 2^53 or a second space.
    const odd = '{ "a":  12345678901234567890 }';
    const other = JSON.stringify({ ...envelope, event_type: "WPStatusChanged", payload: {} });
    const input = `${odd}\nnot JSON\n${other}\n`;
    const { code, stdout, stderr } = await missionDossier(["upcast", "--to", "3.0.0"], {
      input: input,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: input });
    expect(stderr).toContain("standard input:1: left as is");
    expect(stderr).toContain("standard input:2: left as is, not JSON");
    expect(stderr).toContain("left as is  2 lines");
  });

  test("reports a type that is nearly one of the contract's", async () => {
    const input = `${JSON.stringify({ ...envelope, event_type: "MissionDossierArtifactIndexd" })}\n`;
    const { code, stdout, stderr } = await missionDossier(["upcast", "--to", "3.0.0"], { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: input });
    expect(stderr).toMatch(
      /^standard input:1: left as is\n {2}event_type {2}the contract has no such event type.*ArtifactIndexed/,
    );
  });

  test("leaves an event whose type is no text as it is", async () => {
    const input = '{"event_type":{"toString":1},"payload":{"namespace":{"mission_slug":"a"}}}\n';
    const { code, stdout, stderr } = await missionDossier(["upcast", "--to", "2.4.0"], { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: input });
    expect(stderr).toMatch(
      /^standard input:1: left as is\n +event_type +expected a string, got an object/,
    );
  });

  test("leaves a line that is too long as it is, and goes on", async () => {
    const text = readFileSync(log, "utf8");
    const long = `{"a":"${"x".repeat(2 ** 24)}"}\n`;
    const input = `\ufeff${text}${long}${text}`;
    const { code, stdout, stderr } = await missionDossier(["upcast", "--to", "2.4.0"], { input });
    expect(stdout === `${text}${long}${text}`).toBe(true);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "standard input:7: left as is, longer than 16 MiB\n" +
        "unchanged   12 events\nleft as is  1 line that no contract accepts\n",
    });
  });

  test("needs facts for a flat event", async () => {
    const without = await missionDossier(["upcast", "--to", "3.0.0"], {
      input: JSON.stringify(flat),
    });
    expect(without).toMatchObject({ code: 1, stdout: `${JSON.stringify(flat)}\n` });
    expect(without.stderr).toContain("payload.namespace.target_branch");
    const assume = Object.entries(facts).flatMap((fact) => ["--assume", fact.join("=")]);
    const { code, stdout, stderr } = await missionDossier(["upcast", "--to", "2.4.0", ...assume], {
      input: JSON.stringify(flat),
    });
    expect(code).toBe(0);
    expect(stderr).toContain("1 flat event, assuming target_branch=main, manifest_version=1");
    expect(upcastEvent(flat, { assume: facts })).toMatchObject({ event: JSON.parse(stdout) });
  });

  test("refuses a fact that no field holds", async () => {
    const { code, stderr } = await missionDossier([
      "upcast",
      log,
      "--to",
      "3.0.0",
      "--assume",
      "branch=main",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("target_branch");
  });
});

describe("upcastEvent", () => {
  test("moves the values of a flat event to where they belong", () => {
    expect(upcastEvent(flat, { assume: facts })).toMatchObject({
      kind: "unflattened",
      event: {
        correlation_id: envelope.event_id,
        payload: {
          namespace: { ...facts, project_uuid: envelope.project_uuid },
          artifact_id: { mission_key: namespace.mission_key, path: "spec.md", wp_id: "WP01" },
          content_ref: { hash: "51ab", algorithm: "sha256", size_bytes: 812 },
          indexed_at: envelope.timestamp,
          context_diagnostics: { producer: '{"name":"old"}' },
        },
      },
    });
  });

  test("keeps every value of a flat event", () => {
    const payload = {
      ...flat.payload,
      mission_slug: "another",
      namespace: { ...namespace, step_id: "tasks", extra: 1 },
      run_id: "run-7",
      step_id: "plan",
      supersedes: { mission_type: "a", path: "old.md", artifact_class: "input" },
      context_diagnostics: { given: "b" },
    };
    expect(upcastEvent({ ...flat, payload })).toMatchObject({
      kind: "unflattened",
      event: {
        payload: {
          namespace: { ...namespace, step_id: "tasks", extra: 1 },
          artifact_id: { run_id: "run-7" },
          step_id: "plan",
          supersedes: { mission_key: "a", path: "old.md", artifact_class: "input" },
          context_diagnostics: {
            given: "b",
            feature_slug: "another",
            producer: '{"name":"old"}',
          },
        },
      },
    });
  });

  test("rejects a flat event with both names of a field", () => {
    const payload = { ...flat.payload, feature_slug: "another" };
    expect(upcastEvent({ ...flat, payload }, { assume: facts })).toMatchObject({
      kind: "rejected",
      violations: expect.arrayContaining([
        expect.objectContaining({ field: "payload.namespace.feature_slug" }),
      ]),
    });
  });

  test.each([
    ["is nested deeply", JSON.parse("[".repeat(20_000) + "]".repeat(20_000))],
    ["is no number of JSON", Number.POSITIVE_INFINITY],
    ["is a bigint", 5n],
  ])("rejects a flat event with a value that %s", (_name, odd) => {
    const payload = { ...flat.payload, odd };
    expect(upcastEvent({ ...flat, payload }, { assume: facts })).toMatchObject({
      kind: "rejected",
      knownDefect: { name: "flat_artifact_indexed" },
    });
  });

  test("refuses a fact that no field holds", () => {
    const assume = { target_brnch: "main" } as object;
    expect(() => upcastEvent(flat, { assume })).toThrow(/assume must be facts of a namespace/);
  });

  test("rejects what the generation that is asked for would reject", () => {
    const event = { ...envelope, payload: { ...indexed, extra: 1 } };
    expect(upcastEvent(event)).toMatchObject({ kind: "unchanged" });
    expect(upcastEvent(event, { contract: "3.0.0" })).toMatchObject({
      kind: "rejected",
      violations: [{ field: "payload.extra", violationType: "unknown_field" }],
    });
  });
});
