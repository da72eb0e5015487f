import { type GivenEvent, isEventMessage } from "../event/envelope/accepted-event.js";
import type { JsonRecord } from "../stream/record.js";
import { canBeReadAgain, type InputOptions, type Location, readFiles } from "./read-records.js";
import { RecordPlaces } from "./record-places.js";
import type { Terminal } from "./terminal.js";

/** A piece of an input that is not JSON, and its place. */
export type UnreadableRecord = {
  readonly location: Location;
  readonly reason: string;
};

/** The events of files, as wire JSON. */
export class EventSource {
  /** The places of the events by their position. */
  readonly places = new RecordPlaces();
  /**
   * The events, from the beginning each time. Standard input and pipes can be read only
   * once: then this is a generator.
   */
  readonly events: AsyncIterable<GivenEvent>;
  private isFirstPass = true;

  /** @param reject Is given each piece that is not JSON, once. */
  constructor(
    private readonly files: readonly string[],
    private readonly options: InputOptions,
    private readonly terminal: Terminal,
    private readonly reject: (record: UnreadableRecord) => void,
  ) {
    this.events = canBeReadAgain(files)
      ? { [Symbol.asyncIterator]: () => this.read() }
      : this.read();
  }

  private async *read(): AsyncGenerator<GivenEvent, void, undefined> {
    const { isFirstPass } = this;
    this.isFirstPass = false;
    for await (const { file, records } of readFiles(this.files, this.options, this.terminal)) {
      for (const record of records) {
        if (isFirstPass) {
          this.note(record, file);
        }
        if (record.kind === "json") {
          yield asWireJson(record.json);
        }
      }
      await this.terminal.ready();
    }
  }

  private note(record: JsonRecord, file: string): void {
    const location = { ...record.place, file };
    if (record.kind === "json") {
      this.places.add(location);
    } else {
      this.reject({ location, reason: record.reason });
    }
  }
}

/** A record is wire JSON, even if it has the field by which messages are recognized. */
function asWireJson(json: unknown): GivenEvent {
  if (isEventMessage(json)) {
    const { $typeName: _, ...fields } = json;
    return fields as unknown as GivenEvent;
  }
  // The reducer judges it.
  return json as GivenEvent;
}
