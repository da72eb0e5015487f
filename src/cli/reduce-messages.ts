import type { GenerationCounts } from "../dossier/inspector.js";
import type { ReduceReport, SkippedEvent } from "../dossier/report.js";
import type { Diagnostic, DiagnosticCode } from "../event/errors/diagnostic.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import { NO_SUCH_FIELD } from "../event/errors/violation.js";
import { FIRST_GENERATION, GENERATIONS } from "../event/generation/generation.js";
import { describeJson } from "../event/json/describe-json.js";
import { locationText } from "./read-records.js";
import type { RecordPlaces } from "./record-places.js";
import type { Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { reportRejection } from "./violation-text.js";

/** Lists the events and contents that are not in the states. */
export function reportLeftOut(
  reports: readonly Pick<ReduceReport, "conflicts">[],
  skipped: readonly SkippedEvent[],
  places: RecordPlaces,
  terminal: Terminal,
): void {
  const place = (position: number): string => placeText(places, position);
  for (const event of skipped) {
    const { position, eventId, eventType } = event;
    terminal.report(`${place(position)}payload skipped (event ${eventId}, ${eventType})`);
    reportRejection(event, terminal);
  }
  for (const line of leftOutCounts(skipped.length, 0)) {
    terminal.report(line);
  }
  const conflicts = reports.flatMap((report) => report.conflicts);
  for (const { position, eventId } of conflicts) {
    terminal.report(
      `${place(position)}differs from another event with the same id (event ${eventId})`,
    );
  }
  for (const line of leftOutCounts(0, conflicts.length)) {
    terminal.report(line);
  }
}

/** Says how much is not in a state. */
export function leftOutCounts(skipped: number, conflicts: number): string[] {
  return [
    ...(skipped === 0 ? [] : [`skipped ${counted(skipped, "payload")} that the contract rejects`]),
    ...(conflicts === 0
      ? []
      : [
          `${counted(conflicts, "id")} with more than one content; the one that comes first in the stream counts`,
        ]),
  ];
}

/** Lists the diagnostics of events that are in the states anyway. */
export function reportFindings(
  found: readonly Diagnostic[],
  places: RecordPlaces,
  terminal: Terminal,
): void {
  for (const { code, eventId, position, field, expected, got } of found) {
    const place = placeText(places, position);
    const should = findingText(code, expected);
    // An event of another type may have any text as its id, or none.
    const id = eventId === "" ? "" : ` (event ${printable(excerpt(eventId))})`;
    terminal.report(
      `${place}${printable(excerpt(field))}: ${should}, got ${printable(describeJson(got))}${id} [${code}]`,
    );
  }
}

/** Says how many events came in each generation, if not all are of the first. */
export function reportGenerations(counts: GenerationCounts, terminal: Terminal): void {
  const present = GENERATIONS.filter((generation) => counts[generation] > 0);
  if (present.some((generation) => generation !== FIRST_GENERATION)) {
    const parts = present.map(
      (generation) => `${counted(counts[generation], "event")} of contract ${generation}`,
    );
    terminal.report(parts.join(", "));
  }
}

function findingText(code: DiagnosticCode, expected: unknown): string {
  const text = printable(describeJson(expected));
  switch (code) {
    case "unknown_field":
      return NO_SUCH_FIELD;
    case "unknown_event_type":
      return typeof expected === "string"
        ? `the contract has no such event type (did you mean ${text}?)`
        : "the contract has no such event type";
    case "clock_backwards":
      return `the node was at ${text} before`;
    case "project_mismatch":
      return `the namespace has ${text}`;
    default:
      return `expected ${text}`;
  }
}

/** The beginning of a message about an event: its place, if it is known. */
export function placeText(places: RecordPlaces, position: number | undefined): string {
  const location = places.at(position);
  return location === undefined ? "" : `${printable(locationText(location))}: `;
}
