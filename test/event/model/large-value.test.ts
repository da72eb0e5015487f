import { describe, expect, test } from "vitest";
import { validateEvent } from "../../../src/conformance/index.js";
import { MORE_VIOLATIONS } from "../../../src/event/errors/violation.js";
import { isLarge, MAX_LISTED } from "../../../src/event/model/large-value.js";
import {
  MissionDossierParityDriftDetectedPayloadSchema,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
} from "../../../src/index.js";
import { typedError } from "../../attacks/attacks.js";
import { drift, indexed } from "../../support/examples.js";
import { cases, deep } from "../../support/runs.js";

const DRIFT = "MissionDossierParityDriftDetected";

function driftOf(count: number, item: unknown): object {
  return { ...drift, artifact_ids_changed: Array.from({ length: count }, () => item) };
}

test.each([
  ["a list", Array.from({ length: 50_000 }, () => 1), Array.from({ length: 50_001 }, () => 1)],
  ["items at all levels", [nested(100, 498)], [nested(100, 500)]],
])("has more than 50,000 items and members: %s", (_what, small, large) => {
  expect(isLarge(small)).toBe(false);
  expect(isLarge(large)).toBe(true);
});

function nested(lists: number, items: number): unknown {
  return { lists: Array.from({ length: lists }, () => Array.from({ length: items }, () => "i")) };
}

test("is not a scalar, bytes or undefined", () => {
  for (const value of [1, "x".repeat(60_000), null, undefined, new Uint8Array(60_000)]) {
    expect(isLarge(value)).toBe(false);
  }
});

describe("a payload with very many violations", () => {
  const large = cases(
    [
      ["items that are no messages", driftOf(deep ? 150_000 : 80_000, 1)],
      ["items that break rules", driftOf(60_000, {})],
      ["entries of a map", { ...indexed, context_diagnostics: entries(deep ? 150_000 : 60_000) }],
    ] as const,
    1,
  );
  test.each(large)("lists the first ones, and says that there are more: %s", (_what, payload) => {
    const type = "context_diagnostics" in payload ? "MissionDossierArtifactIndexed" : DRIFT;
    for (const strict of [false, true]) {
      const result = validateEvent(payload, type, { strict });
      expect(result).toMatchObject({ valid: false, schemaCheckSkipped: true });
      expect(result.modelViolations.length).toBeGreaterThan(1);
      expect(result.modelViolations.length).toBeLessThanOrEqual(MAX_LISTED + 1);
      expect(result.modelViolations.at(-1)).toEqual(MORE_VIOLATIONS);
    }
  });

  test("lists them the same way in binary", () => {
    const message = parsePayload(DRIFT, drift);
    const bytes = payloadToBinary(message);
    // An empty artifact identity.
    const items = Buffer.alloc(deep ? 400_000 : 120_000);
    const { number } = MissionDossierParityDriftDetectedPayloadSchema.field.artifactIdsChanged;
    items.fill(Buffer.of((number << 3) | 2, 0));
    const error = typedError(() => payloadFromBinary(DRIFT, Buffer.concat([bytes, items])));
    expect(error).toMatchObject({ violations: [expect.anything(), MORE_VIOLATIONS] });
  });

  test("lists unknown fields the same way in strict mode", () => {
    const { modelViolations } = validateEvent({ ...drift, ...entries(20_000) }, DRIFT, {
      strict: true,
    });
    expect(modelViolations).toHaveLength(MAX_LISTED + 1);
    expect(modelViolations.at(-1)).toEqual(MORE_VIOLATIONS);
  });

  test("lists all of them below the limit", () => {
    const { modelViolations, schemaCheckSkipped } = validateEvent(driftOf(5_000, 1), DRIFT);
    expect(modelViolations).toHaveLength(5_000);
    expect(schemaCheckSkipped).toBe(false);
  });
});

function entries(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
}
