import type { ReduceReport, SkippedEvent } from "../dossier/report.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import type { ReduceInput } from "./reduce-input.js";
import { reportFindings, reportLeftOut } from "./reduce-messages.js";
import type { Terminal } from "./terminal.js";
import { counted } from "./terminal-text.js";

/** The facts about an input that show how far its events can be relied on. */
export type Reading = {
  /** The number of dossier events. */
  readonly eventCount: number;
  readonly skipped: readonly SkippedEvent[];
  readonly found: readonly Diagnostic[];
  /** The number of records that were not valid events. */
  readonly invalid: number;
};

/**
 * Reports everything in an input that was left out of a comparison or an audit.
 *
 * @throws CommandError when there are invalid records that may not be skipped.
 */
export function reportReading(
  report: Omit<ReduceReport, "state">,
  eventCount: number,
  input: ReduceInput,
  terminal: Terminal,
): Reading {
  input.checkInvalid(eventCount);
  const { places } = input.source;
  const { skipped } = report;
  reportLeftOut([report], skipped, places, terminal);
  const found = report.diagnostics.filter(({ code }) => code === "unknown_event_type");
  reportFindings(found, places, terminal);
  return { eventCount, skipped, found, invalid: input.invalidCount };
}

/** Why a stream without a drift proves nothing (CONTRACT, section 6). */
export function doubtsAbout({ eventCount, skipped, found, invalid }: Reading): string[] {
  return [
    ...(eventCount === 0 ? ["no dossier event was read"] : []),
    ...(skipped.length > 0 ? [`${counted(skipped.length, "payload")} skipped`] : []),
    ...(invalid > 0 ? [`${counted(invalid, "invalid record")} skipped`] : []),
    ...(found.some(({ code }) => code === "unknown_event_type")
      ? ["an event type is nearly one of the contract's"]
      : []),
  ];
}
