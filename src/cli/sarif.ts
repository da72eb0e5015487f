import { sep } from "node:path";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import type { Location } from "./read-records.js";
import { ruleDescription } from "./rule-descriptions.js";

/** One violation and its place, for a report. */
export type Finding = {
  readonly location: Location;
  readonly eventType: string;
  readonly eventId: string | undefined;
  readonly violation: Violation;
  /** A warning does not make the record invalid. */
  readonly level: "error" | "warning";
  /** The violation in one sentence. */
  readonly text: string;
};

/**
 * A report in SARIF 2.1.0, which code review tools show beside the lines concerned. It is
 * written piece by piece; only the list of broken rules is kept in memory until the end.
 */
export class SarifReport {
  private readonly rules = new Map<string, number>();
  private hasResults = false;

  /** The beginning of the report. */
  begin(): string {
    return BEGIN;
  }

  /** The next finding. */
  result(finding: Finding): string {
    const rule = finding.violation.violationType;
    const index = this.rules.get(rule) ?? this.rules.size;
    this.rules.set(rule, index);
    const comma = this.hasResults ? "," : "";
    this.hasResults = true;
    return `${comma}\n${indented(sarifResult(finding, index), 8)}`;
  }

  /**
   * The end of the report.
   *
   * @param isWhole Whether all records were judged.
   */
  end(version: string, isWhole = true): string {
    const rules = [...this.rules.keys()].map((id) => {
      const description = { text: ruleDescription(id) };
      // GitHub's code scanning requires all three.
      return { id, shortDescription: description, fullDescription: description, help: HELP };
    });
    const driver = { name: "mission-dossier", version, semanticVersion: version, rules };
    const tool = indented({ driver }, 6).trimStart();
    const stopped = isWhole ? "" : STOPPED;
    return `${this.hasResults ? "\n      " : ""}],${stopped}\n      "tool": ${tool}\n    }\n  ]\n}\n`;
  }
}

const HELP = { text: "docs/contract.md of mission-dossier has the rules of each field." };

const STOPPED = `
      "invocations": [{ "executionSuccessful": false }],`;

const BEGIN = `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "results": [`;

function indented(json: object, spaces: number): string {
  const indent = " ".repeat(spaces);
  return `${indent}${JSON.stringify(json, null, 2).replaceAll("\n", `\n${indent}`)}`;
}

function sarifResult(
  { location, eventType, eventId, violation, level, text }: Finding,
  ruleIndex: number,
): object {
  return {
    ruleId: violation.violationType,
    ruleIndex,
    level,
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(location.file) },
          region: { startLine: location.line },
        },
        logicalLocations: [
          { fullyQualifiedName: `${eventType}.${excerpt(violation.field)}`.replace(/\.$/, "") },
        ],
      },
    ],
    ...(eventId === undefined ? {} : { properties: { eventId } }),
  };
}

/** A path as a URI reference, relative if the path is relative. */
function fileUri(path: string): string {
  // A backslash separates folders on Windows only.
  return path
    .split(sep === "/" ? sep : /[\\/]/)
    .map(encodeURIComponent)
    .join("/");
}
