import { describe, expect, test } from "vitest";
import { ruleDescription } from "../../src/cli/rule-descriptions.js";
import { SarifReport } from "../../src/cli/sarif.js";
import { FIXTURE_CATEGORIES, loadFixtures } from "../../src/conformance/fixtures.js";
import { validateEvent } from "../../src/conformance/validate-event.js";

const violations = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category)).flatMap(
  ({ payload, eventType }) =>
    validateEvent(payload, eventType, { strict: true }).modelViolations.map(
      (violation) => ({ eventType, violation }) as const,
    ),
);

/** Rules that no single payload of the fixtures can break. */
const OTHERS = ["json", "more", "project_mismatch", "flat_artifact_indexed", "unknown_event_type"];

describe("a SARIF report", () => {
  test("has the version of the tool, no address, and a description of each rule, once", () => {
    const report = new SarifReport();
    const text = [
      report.begin(),
      ...violations.map(({ eventType, violation }) =>
        report.result({
          location: { file: "a.jsonl", line: 1, item: undefined },
          eventType,
          eventId: undefined,
          violation,
          level: "error",
          text: violation.message,
        }),
      ),
      report.end("1.2.3"),
    ].join("");
    const { results, tool } = JSON.parse(text).runs[0];
    expect(tool.driver).toMatchObject({
      name: "mission-dossier",
      version: "1.2.3",
      semanticVersion: "1.2.3",
    });
    expect(tool.driver).not.toHaveProperty("informationUri");
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(9);
    for (const { ruleId, ruleIndex } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
    }
    for (const { id, shortDescription } of tool.driver.rules) {
      expect(shortDescription).toEqual({ text: ruleDescription(id) });
    }
  });

  test("describes each rule in words of its own", () => {
    const ids = new Set([...violations.map(({ violation }) => violation.violationType), ...OTHERS]);
    for (const id of ids) {
      expect(ruleDescription(id)).not.toBe(`A value breaks the rule ${id}.`);
    }
  });

  test("describes a rule that it does not know by its id", () => {
    expect(ruleDescription("bytes.prefix")).toBe("A value breaks the rule bytes.prefix.");
    expect(ruleDescription("schema.minLength")).toBe(
      "A value breaks the keyword minLength of its JSON Schema.",
    );
  });
});
