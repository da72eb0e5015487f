import type { Violation } from "../event/violation.js";
import type { Location } from "./read-records.js";

/** One violation and where it was found, for a report. */
export type Finding = {
  readonly location: Location;
  readonly eventType: string;
  readonly eventId: string | undefined;
  readonly violation: Violation;
  /** What is wrong, in one sentence. */
  readonly text: string;
};

/**
 * A report in SARIF 2.1.0, which code review tools show beside the lines that it
 * is about. Every rule that was broken is listed once.
 */
export function sarifReport(findings: readonly Finding[], version: string): object {
  const rules = [...new Set(findings.map(({ violation }) => violation.violationType))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "mission-dossier",
            semanticVersion: version,
            rules: rules.map((id) => ({ id })),
          },
        },
        results: findings.map((finding) => sarifResult(finding, rules)),
      },
    ],
  };
}

function sarifResult(
  { location, eventType, eventId, violation, text }: Finding,
  rules: readonly string[],
): object {
  return {
    ruleId: violation.violationType,
    ruleIndex: rules.indexOf(violation.violationType),
    level: "error",
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(location.file) },
          region: { startLine: location.line },
        },
        logicalLocations: [
          { fullyQualifiedName: `${eventType}.${violation.field}`.replace(/\.$/, "") },
        ],
      },
    ],
    ...(eventId === undefined ? {} : { properties: { eventId } }),
  };
}

/** A path as a URI reference, relative where the path is. */
function fileUri(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join("/");
}
