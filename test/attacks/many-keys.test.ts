import { describe, expect, test } from "vitest";
import { validateEvent } from "../../src/conformance/index.js";
import { MAX_LISTED } from "../../src/event/model/large-value.js";
import {
  acceptsPayload,
  DossierAccumulator,
  InvalidMessageError,
  parseEvent,
  parsePayload,
  reduceWithReport,
} from "../../src/index.js";
import { missionDossier, temporaryDirectory } from "../cli/command.js";
import { envelope, indexed } from "../support/examples.js";
import { deep, size } from "../support/runs.js";
import { asEvent, violationsOf } from "./attacks.js";
import { eventCopies, payloadCopies } from "./copies.js";

const files = temporaryDirectory();
const INDEXED = "MissionDossierArtifactIndexed";
const MILLION = size(1_000_000);
/** In a deep run, more than an engine accepts as the arguments of one call. */
const MANY = size(150_000);
/** More than the schemas are asked about. */
const LARGE = deep ? MANY : 50_001;

function keys<T extends string | number>(count: number, value: T): { [key: string]: T } {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
}

const million = { ...indexed, context_diagnostics: keys(MILLION, "v") };
const many = keys(MANY, 1);

describe("a million keys of context_diagnostics", () => {
  test("are all kept", () => {
    expect(acceptsPayload(INDEXED, million)).toBe(true);
    const { contextDiagnostics } = parsePayload(INDEXED, million);
    expectSame(contextDiagnostics, million.context_diagnostics);
  });

  test("are read in a line, and judged", async () => {
    const line = JSON.stringify({ ...envelope, payload: million });
    await expectReadAndJudged(files.write("million.jsonl", line));
  });
});

describe("very many keys", () => {
  const everywhere = { ...many, ...envelope, payload: { ...many, ...indexed } };

  test("of context_diagnostics are all kept, in JSON and in binary", () => {
    const context_diagnostics = keys(MANY, "v");
    const payload = parsePayload(INDEXED, { ...indexed, context_diagnostics });
    for (const copy of payloadCopies(INDEXED, payload)) {
      expectSame(copy.contextDiagnostics, context_diagnostics);
    }
  });

  test("do not hide a bad value among them", () => {
    const payload = { ...indexed, context_diagnostics: { ...keys(LARGE, "v"), bad: 1 } };
    expect(acceptsPayload(INDEXED, payload)).toBe(false);
    expect(violationsOf(() => parsePayload(INDEXED, payload))).toEqual([
      'context_diagnostics["bad"] type',
    ]);
    // A value as large as this is judged by the model only.
    const { modelViolations, schemaCheckSkipped } = validateEvent(payload, INDEXED);
    expect([modelViolations.length, schemaCheckSkipped]).toEqual([1, true]);
  });

  test("do not hide a missing field beside them", () => {
    const violations = violationsOf(() => parsePayload(INDEXED, many));
    expect(violations).toEqual(Object.keys(indexed).map((field) => `${field} required`));
    expect(violationsOf(() => parseEvent(many))).toEqual(violationsOf(() => parseEvent({})));
  });

  test("outside the contract are ignored", () => {
    const { state, skipped } = reduceWithReport([asEvent(everywhere), asEvent(everywhere)]);
    expect({ count: state.eventCount, skipped }).toEqual({ count: 1, skipped: [] });
    const accumulator = new DossierAccumulator();
    accumulator.add(asEvent(everywhere));
    // Only the first hundred findings about data outside the state are kept.
    expect(accumulator.toBinary().length).toBeLessThan(100_000);
  });

  test("outside the contract are ignored in a line", async () => {
    const file = files.write("everywhere.jsonl", JSON.stringify(everywhere));
    await expectReadAndJudged(file);
    const strict = await missionDossier(["reduce", "--strict", "--format", "json", file]);
    expect(strict.code).toBe(1);
    expect(strict.stderr.match(/\[unknown_field\]$/gm)?.length).toBeGreaterThanOrEqual(100);
    expect(strict.stderr.length).toBeLessThan(100_000);
  });

  test("of the payload of another event are all kept, in JSON and in binary", async () => {
    const other = { ...envelope, event_type: "SomethingElse", payload: many };
    const event = parseEvent(other);
    expectSame(event.payload, many);
    for (const copy of eventCopies(event)) {
      expectSame(copy.payload, many);
    }
    await expectReadAndJudged(files.write("other.jsonl", JSON.stringify(other)), 0);
  });
});

describe("very many violations in one record", () => {
  const bad = { ...indexed, context_diagnostics: many };
  const file = files.write("bad.jsonl", JSON.stringify({ ...envelope, payload: bad }));
  const summary = "1 record judged, 1 not conforming\n";

  test.concurrent("are reported as text up to the limit, with a note that there are more", async () => {
    const { code, stdout, stderr } = await missionDossier(["validate", file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: summary });
    expect(stdout.match(/\[type\]$/gm)).toHaveLength(MAX_LISTED);
    expect(stdout).toMatch(/may have more violations: .* \[more\]\n$/);
  });

  test.concurrent("are reported as SARIF", async () => {
    const { code, stdout, stderr } = await missionDossier(["validate", "-f", "sarif", file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: summary });
    expect(JSON.parse(stdout).runs[0].results).toHaveLength(MAX_LISTED + 1);
  });

  // The message of the error is one string, which may have 2^29 characters.
  test("are a typed error, even if no string can hold them all", () => {
    const violation = {
      field: `context_diagnostics["${"k".repeat(2 ** 20)}"]`,
      path: ["context_diagnostics", "k".repeat(2 ** 20)],
      message: "expected a string, got 1",
      violationType: "type",
      inputValue: 1,
    };
    const violations = Array.from({ length: 600 }, () => violation);
    expect(new InvalidMessageError("payload", violations).violations).toHaveLength(600);
  });
});

/** Compared one by one: an assertion on all of them at once is slow. */
function expectSame(
  found: { readonly [key: string]: unknown },
  expected: { readonly [key: string]: unknown },
): void {
  const names = Object.keys(expected);
  expect(Object.keys(found)).toHaveLength(names.length);
  expect(names.filter((name) => found[name] !== expected[name])).toEqual([]);
}

async function expectReadAndJudged(file: string, eventCount = 1): Promise<void> {
  const [reduced, validated] = await Promise.all([
    missionDossier(["reduce", "--format", "json", file]),
    missionDossier(["validate", file]),
  ]);
  const stderr = eventCount > 0 ? "" : "no dossier event among 1 record\n";
  expect({ code: reduced.code, stderr: reduced.stderr }).toEqual({ code: 0, stderr });
  expect(JSON.parse(reduced.stdout)).toMatchObject({ event_count: eventCount });
  expect(validated).toMatchObject({
    code: 0,
    stdout: "",
    stderr: "1 record judged, all conform\n",
  });
}
