import { NamespaceMixedStreamError } from "../dossier/namespace.js";
import { ReplayRequiredError } from "../dossier/replay-required.js";
import { InvalidEventError } from "../event/errors/errors.js";
import { RecordedLog } from "../indexing/recorded-log.js";
import { EventSource } from "./event-source.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { canBeReadAgain, locationText } from "./read-records.js";
import { reportFindings } from "./reduce-messages.js";
import type { Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { reportViolations } from "./violation-text.js";

/**
 * Reads the log of one mission, to which events are to be added.
 *
 * @throws CommandError when a record is not a valid event, or the events are of several missions.
 */
export async function readLog(file: string, terminal: Terminal): Promise<RecordedLog> {
  let invalid = 0;
  const { events, places } = new EventSource([file], {}, terminal, ({ location, reason }) => {
    invalid++;
    terminal.report(`${printable(locationText(location))}: not a valid event`);
    terminal.report(`  ${printable(reason)}`);
  });
  const placeOf = (position: number): string => {
    const location = places.at(position);
    return printable(location === undefined ? file : locationText(location));
  };
  const log = new RecordedLog();
  let position = 0;
  for await (const event of events) {
    try {
      const outcome = log.add(event);
      if (outcome.kind === "skipped") {
        const { eventId, eventType } = outcome;
        terminal.report(`${placeOf(position)}: payload skipped (event ${eventId}, ${eventType})`);
        reportViolations(outcome.violations, terminal);
      } else if (outcome.kind === "ignored") {
        const found = outcome.diagnostics ?? [];
        reportFindings(
          found.map((each) => ({ ...each, position })),
          places,
          terminal,
        );
      }
    } catch (error) {
      if (error instanceof NamespaceMixedStreamError) {
        throw rejected(`${placeOf(position)}: an event of another mission; a log has one mission`);
      }
      if (!(error instanceof InvalidEventError)) {
        throw error;
      }
      invalid++;
      terminal.report(`${placeOf(position)}: not a valid event`);
      reportViolations(error.violations, terminal);
    }
    position++;
  }
  if (invalid > 0) {
    throw rejected(`${counted(invalid, "invalid record")} in the log; nothing was indexed`);
  }
  try {
    log.state();
  } catch (error) {
    if (!(error instanceof ReplayRequiredError && canBeReadAgain([file]))) {
      throw error;
    }
    log.replay();
    for await (const event of events) {
      log.add(event);
    }
  }
  return log;
}

function rejected(message: string): CommandError {
  return new CommandError(message, EXIT_CODES.rejected.code);
}
