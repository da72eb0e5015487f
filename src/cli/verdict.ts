import { isToldByEnvelope, toldViolations } from "../conformance/told-violations.js";
import type { ValidationResult } from "../conformance/validate-event.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import { expectationText } from "../report/expectation-text.js";
import { type Location, locationText } from "./read-records.js";
import type { Finding } from "./sarif.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";
import { belowWidth, defectLines, violationLines } from "./violation-text.js";

/** The verdict on an envelope or a payload, and its place. */
export type Verdict = {
  readonly location: Location;
  readonly eventId: string | undefined;
  readonly result: ValidationResult;
  /** True for the payload of an envelope, false for an envelope or a payload by itself. */
  readonly isInEnvelope: boolean;
};

/**
 * The violations of a verdict and its warnings, one by one. A known defect comes first,
 * since it explains the violations.
 */
export function findingsOf({ location, eventId, result, isInEnvelope }: Verdict): Finding[] {
  const { eventType, warnings = [] } = result;
  const finding = (violation: Violation, level: Finding["level"]): Finding => {
    const expectation = expectationText(violation);
    const text =
      violation.field === "" ? expectation : `${excerpt(violation.field)}: ${expectation}`;
    return { location, eventId, eventType, violation, level, text };
  };
  const violations = toldViolations(result).filter(
    (violation) => !isInEnvelope || !isToldByEnvelope(violation),
  );
  return [
    ...[...defectViolations(result), ...violations].map((each) => finding(each, "error")),
    ...warnings.map((each) => finding(each, "warning")),
  ];
}

/** A finding on a line that editors understand, and programs can search for. */
export function findingLine(finding: Finding): string {
  const { location, eventId, eventType, violation, level, text } = finding;
  const event = eventId ? ` ${excerpt(eventId)}` : "";
  return printable(
    `${locationText(location)}:${event} ${eventType}: ${level === "warning" ? "warning: " : ""}${text} [${violation.violationType}]`,
  );
}

/**
 * The violations of one record for a person: a heading with its place, and a table. Paths
 * begin at the record. Empty if there is nothing to say.
 */
export function groupLines(
  verdicts: readonly Verdict[],
  { colors, width }: Pick<Terminal, "colors" | "width">,
): readonly string[] {
  const last = verdicts.at(-1);
  const violations = withoutRepeats(
    verdicts.flatMap(({ result, isInEnvelope }) =>
      toldViolations(result).map((violation) =>
        isInEnvelope ? { ...violation, field: payloadPath(violation.field) } : violation,
      ),
    ),
  );
  const warnings = verdicts.flatMap(({ result }) => result.warnings ?? []);
  if (last === undefined || violations.length + warnings.length === 0) {
    return [];
  }
  const { location, eventId, result } = last;
  const id = eventId ? ` (event ${printable(excerpt(eventId, MAX_ID))})` : "";
  const below = belowWidth(width);
  const tableOf = (rows: readonly Violation[], color: (text: string) => string) => {
    const paints = [color, (text: string) => text, colors.dim];
    const paint = (text: string, column: number): string => paints[column]?.(text) ?? text;
    return violationLines(rows, { width: below, paint });
  };
  return [
    `${colors.bold(`${printable(locationText(location))}:`)} ${result.eventType}${id}`,
    ...[
      ...defectLines(result.knownDefect, { width: below }),
      ...tableOf(violations, colors.red),
      ...tableOf(
        warnings.map((each) => ({ ...each, message: `warning: ${each.message}` })),
        colors.yellow,
      ),
    ].map((line) => `  ${line}`),
  ];
}

/** Envelope and payload both report a payload that is not an object. */
function withoutRepeats(violations: readonly Violation[]): readonly Violation[] {
  const seen = new Set<string>();
  return violations.filter(({ field, message }) => {
    const text = `${field}\n${message}`;
    return !seen.has(text) && seen.add(text);
  });
}

/** The longest id that is shown whole: those of the contract have 36 characters or fewer. */
const MAX_ID = 40;

function payloadPath(field: string): string {
  const isStep = field === "" || field.startsWith("[");
  return isStep ? `payload${field}` : `payload.${field}`;
}

/** A known defect as a violation. */
function defectViolations({ knownDefect }: ValidationResult): readonly Violation[] {
  if (knownDefect === undefined) {
    return [];
  }
  const moves = knownDefect.moves.map(({ from, to }) => `${from} belongs in ${to}`);
  return [
    {
      field: "",
      path: [],
      message: `${knownDefect.message} (${moves.join(", ")})`,
      violationType: knownDefect.name,
      inputValue: undefined,
    },
  ];
}

/** A verdict as JSON. Values nested too deep to be written are replaced by a description. */
export function verdictText(verdict: Verdict): string {
  try {
    return JSON.stringify(jsonVerdict(verdict));
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    return JSON.stringify(jsonVerdict(verdict), (key, value) =>
      key === "inputValue" ? describeJson(value) : value,
    );
  }
}

function jsonVerdict({ location, eventId, result }: Verdict): object {
  return {
    file: location.file,
    line: location.line,
    ...(location.item === undefined ? {} : { item: location.item }),
    ...(eventId === undefined ? {} : { eventId }),
    ...result,
  };
}
