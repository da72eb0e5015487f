import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { SarifReport } from "../../src/cli/sarif.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { findingLine, findingsOf, groupLines, type Verdict } from "../../src/cli/verdict.js";

const verdict: Verdict = {
  location: { file: "a.jsonl", line: 3, item: undefined },
  eventId: "01KJPZ8V2M4T6R1E9C3H5N7QWA",
  isInEnvelope: false,
  result: {
    valid: true,
    modelViolations: [],
    schemaViolations: [],
    schemaCheckSkipped: false,
    eventType: "Event",
    warnings: [
      {
        field: "event_type",
        path: ["event_type"],
        message: "the contract has no such event type",
        violationType: "unknown_event_type",
        inputValue: "MissionDossierArtifactIndex",
        suggestion: "MissionDossierArtifactIndexed",
      },
    ],
  },
};
const text =
  'the contract has no such event type, got "MissionDossierArtifactIndex" (did you mean "MissionDossierArtifactIndexed"?)';

describe("a warning of a record that conforms", () => {
  test("is a line in a pipe", () => {
    expect(findingsOf(verdict).map(findingLine)).toEqual([
      `a.jsonl:3: 01KJPZ8V2M4T6R1E9C3H5N7QWA Event: warning: event_type: ${text} [unknown_event_type]`,
    ]);
  });

  test("is a yellow row on a terminal", () => {
    const colors = colorsFor({ isTTY: true }, {});
    const terminal: Pick<Terminal, "colors" | "width"> = { colors, width: undefined };
    const lines = groupLines([verdict], terminal);
    expect(lines.map(stripVTControlCharacters)).toEqual([
      "a.jsonl:3: Event (event 01KJPZ8V2M4T6R1E9C3H5N7QWA)",
      `  event_type  warning: ${text}  [unknown_event_type]`,
    ]);
    expect(lines[1]).toContain(colors.yellow("event_type"));
  });

  test("is no error in SARIF", () => {
    const report = new SarifReport();
    const results = findingsOf(verdict).map((finding) => report.result(finding));
    expect(results.map((result) => JSON.parse(result))).toMatchObject([
      { ruleId: "unknown_event_type", level: "warning" },
    ]);
  });
});
