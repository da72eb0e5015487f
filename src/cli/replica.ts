import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { parseState } from "../dossier/read-state.js";
import { reduceStream } from "../dossier/reduce-stream.js";
import type { MissionDossierState } from "../dossier/state.js";
import type { DossierEvent, GivenEvent } from "../event/envelope/accepted-event.js";
import { readEvent } from "../event/envelope/read-event.js";
import { InvalidMessageError } from "../event/errors/errors.js";
import { isJsonObject } from "../event/json/json-object.js";
import { doubtsAbout, reportReading } from "./doubts.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { canBeReadAgain, STANDARD_INPUT } from "./read-records.js";
import { ReduceInput, type ReduceInputOptions } from "./reduce-input.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";
import { reportViolations } from "./violation-text.js";

/** One side of a comparison. */
export type Replica = {
  /** Its file, for people. */
  readonly name: string;
  readonly state: MissionDossierState;
  /** Why the state may lack something. */
  readonly doubts: readonly string[];
  /** Its dossier events, read once more; `undefined` if they cannot be read again. */
  readonly events: AsyncIterable<DossierEvent> | undefined;
};

/**
 * Reads a replica: a stream of events, or the state of one as JSON.
 *
 * @throws CommandError when it is neither.
 */
export async function readReplica(
  file: string,
  options: ReduceInputOptions,
  terminal: Terminal,
): Promise<Replica> {
  const name = file === STANDARD_INPUT ? "standard input" : file;
  const input = new ReduceInput([file], options, terminal, "compared");
  const given = new GivenState();
  const report = await input.reduce((events, reduceOptions) =>
    reduceStream(
      canBeReadAgain([file])
        ? { [Symbol.asyncIterator]: () => given.watch(events) }
        : given.watch(events),
      reduceOptions,
    ),
  );
  if (given.json !== undefined) {
    input.checkInvalid();
    const isAlone = given.isAlone && report.state.eventCount === 0;
    return {
      name,
      state: stateIn(given.json, isAlone, name, terminal),
      doubts: [],
      events: undefined,
    };
  }
  const { state } = report;
  return {
    name,
    state,
    doubts: doubtsAbout(reportReading(report, state.eventCount, input, terminal)),
    events: canBeReadAgain([file]) ? dossierEvents(input.source.events) : undefined,
  };
}

/** The state that an input holds instead of events. */
class GivenState {
  json: unknown;
  isAlone = true;

  /** Lets the events through, and keeps a state to itself. */
  async *watch(events: AsyncIterable<GivenEvent>): AsyncGenerator<GivenEvent, void, undefined> {
    for await (const event of events) {
      if (isState(event)) {
        this.isAlone = this.json === undefined;
        this.json = event;
      } else {
        yield event;
      }
    }
  }
}

function isState(json: unknown): boolean {
  const { parityStatus, artifacts } = MissionDossierStateSchema.field;
  return (
    isJsonObject(json) &&
    !("event_type" in json) &&
    parityStatus.jsonName in json &&
    artifacts.jsonName in json
  );
}

function stateIn(
  json: unknown,
  isAlone: boolean,
  name: string,
  terminal: Terminal,
): MissionDossierState {
  if (!isAlone) {
    throw new CommandError(
      `${printable(name)} holds a state and more; it must hold one state, or the events of one mission`,
      EXIT_CODES.rejected.code,
    );
  }
  try {
    return parseState(json);
  } catch (error) {
    if (error instanceof InvalidMessageError) {
      terminal.report(`${printable(name)}: not a valid state`);
      reportViolations(error.violations, terminal);
      throw new CommandError("nothing was compared", EXIT_CODES.rejected.code);
    }
    throw error;
  }
}

function dossierEvents(events: AsyncIterable<GivenEvent>): AsyncIterable<DossierEvent> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const given of events) {
        const event = readEvent(given);
        if (event.kind === "accepted" || event.kind === "rejected") {
          yield event;
        }
      }
    },
  };
}
