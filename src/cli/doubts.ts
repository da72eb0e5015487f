import type { SkippedEvent } from "../dossier/report.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import { counted } from "./terminal-text.js";

/** The parts of an input that say how far its events can be relied on. */
export type Reading = {
  /** The number of dossier events. */
  readonly eventCount: number;
  readonly skipped: readonly SkippedEvent[];
  readonly found: readonly Diagnostic[];
  /** The number of records that were no valid events. */
  readonly invalid: number;
};

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
