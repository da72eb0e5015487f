import { NamespaceMixedStreamError } from "../dossier/namespace.js";
import type { ReduceStreamOptions } from "../dossier/reduce-stream.js";
import { ReplayRequiredError } from "../dossier/replay-required.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import type { InvalidEventError } from "../event/errors/errors.js";
import type { DifferentMissionsError } from "../parity/different-missions.js";
import { EventSource } from "./event-source.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { type InputOptions, type Location, locationText } from "./read-records.js";
import { namespaceLines } from "./render-state.js";
import type { Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { reportViolations } from "./violation-text.js";

/** The options of {@link ReduceInput}. */
export type ReduceInputOptions = InputOptions &
  Pick<ReduceStreamOptions, "namespaceScope"> & { readonly skipInvalid?: boolean };

/** The input of a command that reduces. Reports each record that is not a valid event. */
export class ReduceInput {
  readonly source: EventSource;
  private unreadable = 0;
  private invalid = 0;

  constructor(
    files: readonly string[],
    private readonly options: ReduceInputOptions,
    private readonly terminal: Terminal,
    /** The verb for the message that nothing was done: "nothing was reduced". */
    private readonly undone: "reduced" | "compared" | "audited",
  ) {
    this.source = new EventSource(files, options, terminal, ({ location, reason }) => {
      this.unreadable++;
      this.reportInvalid(location, undefined);
      terminal.report(`  ${printable(reason)}`);
    });
  }

  /**
   * Reduces the events with a function of the package.
   *
   * @throws CommandError when there is no state to print.
   */
  async reduce<Report>(
    reducer: (events: AsyncIterable<GivenEvent>, options: ReduceStreamOptions) => Promise<Report>,
  ): Promise<Report> {
    const { namespaceScope } = this.options;
    const onInvalidEvent = (error: InvalidEventError): void => {
      this.invalid++;
      this.reportInvalid(this.source.places.at(error.position), error.eventId);
      reportViolations(error.violations, this.terminal);
    };
    try {
      const scope = namespaceScope === undefined ? {} : { namespaceScope };
      return await reducer(this.source.events, { ...scope, onInvalidEvent });
    } catch (error) {
      if (error instanceof NamespaceMixedStreamError) {
        this.checkInvalid();
        throw mixedMissions(error, this.terminal.reportWidth);
      }
      if (error instanceof ReplayRequiredError) {
        this.checkInvalid();
        throw new CommandError(
          `${error.message} A pipe cannot be read twice; give a file instead.`,
          EXIT_CODES.rejected.code,
        );
      }
      throw error;
    }
  }

  /** How many records were not valid events. */
  get invalidCount(): number {
    return this.invalid + this.unreadable;
  }

  /**
   * Says how many records were not valid events.
   *
   * @throws CommandError when there are some, and they may not be skipped.
   */
  checkInvalid(eventCount?: number): void {
    const invalid = this.invalidCount;
    const records = this.source.places.count + this.unreadable;
    if (invalid > 0 && !this.options.skipInvalid) {
      const advice =
        this.unreadable > 0 && invalid === records
          ? "the input must be JSON Lines, one event a line, or one JSON array"
          : "--skip-invalid carries on without them";
      throw new CommandError(
        `${counted(invalid, "invalid record")} among ${records}; nothing was ${this.undone} (${advice})`,
        EXIT_CODES.rejected.code,
      );
    }
    if (invalid > 0) {
      this.terminal.report(`skipped ${counted(invalid, "invalid record")}`);
    }
    if (eventCount === 0 && invalid === 0 && records > 0) {
      // A misspelled event type is one reason.
      this.terminal.report(`no dossier event among ${counted(records, "record")}`);
    }
  }

  private reportInvalid(location: Location | undefined, eventId: string | undefined): void {
    const where = location === undefined ? "" : `${printable(locationText(location))}: `;
    const id = eventId === undefined ? "" : ` (event ${printable(shortId(eventId))})`;
    this.terminal.report(`${where}not a valid event${id}`);
  }
}

/** The two missions of an error as lines of text for people, below its message. */
export function missionLines(
  { expected, got }: NamespaceMixedStreamError | DifferentMissionsError,
  width: number | undefined,
): string[] {
  const below = width === undefined ? undefined : width - 4;
  return [
    "  expected",
    ...namespaceLines(expected, below).map((line) => `    ${line}`),
    "  got",
    ...namespaceLines(got, below).map((line) => `    ${line}`),
  ];
}

function mixedMissions(error: NamespaceMixedStreamError, width: number | undefined): CommandError {
  const lines = [
    "the events belong to more than one mission",
    ...missionLines(error, width),
    error.differsInStepOnly
      ? "  the two differ in step only: --namespace-scope mission treats them as one"
      : "  reduce --by-namespace gives one state for each",
  ];
  return new CommandError(lines.join("\n"), EXIT_CODES.rejected.code);
}

/** An id that may be any text, cut to fit a line. */
function shortId(id: string): string {
  return id.length > 40 ? `${id.slice(0, 40)}…` : id;
}
