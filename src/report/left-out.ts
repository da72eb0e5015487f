import type { ReduceReport } from "../dossier/report.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { describeJson } from "../event/json/describe-json.js";
import { cautionsFor } from "./cautions.js";
import { expectationText } from "./expectation-text.js";
import type { Table } from "./report.js";
import { COLUMNS, tableOf } from "./tables.js";

/**
 * The facts about an input that a report shows in addition to the reducer's result. `contract` is
 * the generation whose names it uses, by default 2.4.0.
 */
export type InputFacts = {
  /** The files, for people. */
  readonly sources: readonly string[];
  /** The place of an event, for people: `events.jsonl:12`; `null` where no event has one. */
  readonly placeOf: (position: number | undefined) => string | null;
  /** How many records were not valid events, and were skipped. */
  readonly invalid: number;
} & ContractOptions;

/** Everything that a reducer reports beside the state. */
export type LeftOut = Pick<ReduceReport, "skipped" | "conflicts" | "diagnostics">;

/** Why a verdict on these events may be wrong. */
export function cautionsAbout(
  { skipped, conflicts, diagnostics }: LeftOut,
  { invalid }: InputFacts,
): string[] {
  return cautionsFor({
    skipped: skipped.length,
    invalid,
    conflicts: conflicts.length,
    misspelled: diagnostics.filter(({ code }) => code === "unknown_event_type").length,
  });
}

/** Tables of the events that are not in a state, or that contradict each other. */
export function leftOutTables(leftOut: LeftOut, input: InputFacts): Table[] {
  return [skipped(leftOut, input), conflicts(leftOut, input), diagnostics(leftOut, input)].filter(
    ({ rows }) => rows.length > 0,
  );
}

function skipped({ skipped }: LeftOut, { placeOf }: InputFacts): Table {
  return tableOf(
    {
      id: "skipped",
      title: "Skipped events",
      note: "Their payloads break the contract. Each row is one broken rule.",
      empty: "No event was skipped.",
      columns: [
        COLUMNS.place,
        COLUMNS.event,
        { title: "Type", kind: "category" },
        { title: "Field", kind: "code" },
        { title: "Violation", kind: "text" },
        { title: "Rule", kind: "category" },
      ],
    },
    skipped.flatMap(({ position, eventId, eventType, violations, knownDefect }) =>
      violations.map((violation) => [
        placeOf(position),
        eventId,
        eventType,
        violation.field,
        expectationText(violation) + (knownDefect === undefined ? "" : ` (${knownDefect.message})`),
        violation.violationType,
      ]),
    ),
  );
}

function conflicts({ conflicts }: LeftOut, { placeOf }: InputFacts): Table {
  return tableOf(
    {
      id: "conflicts",
      title: "Conflicting events",
      note: "Each of these ids came with more than one content. The one that comes first in the stream counts.",
      empty: "No id has two contents.",
      columns: [{ title: "Other content at", kind: "text" }, COLUMNS.event],
    },
    conflicts.map(({ position, eventId }) => [placeOf(position), eventId]),
  );
}

/** The diagnostics that no other table shows. */
function diagnostics({ diagnostics }: LeftOut, { placeOf }: InputFacts): Table {
  const isShown = ({ code }: Diagnostic): boolean =>
    code !== "skipped_payload" && code !== "conflicting_event";
  return tableOf(
    {
      id: "diagnostics",
      title: "Diagnostics",
      note: "These events count anyway.",
      empty: "Nothing else was found.",
      columns: [
        COLUMNS.place,
        COLUMNS.event,
        { title: "Problem", kind: "category" },
        { title: "Field", kind: "code" },
        { title: "Message", kind: "text" },
      ],
    },
    diagnostics
      .filter(isShown)
      .map(({ position, eventId, code, field, message, got }) => [
        placeOf(position),
        eventId,
        code,
        field,
        `${message}, got ${describeJson(got)}`,
      ]),
  );
}
