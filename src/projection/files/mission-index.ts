import type { EventLog, LogRecord } from "../ports.js";
import { RecordReader } from "../read-record.js";
import type { LogFiles } from "./log-files.js";

/**
 * Finds the records of one mission in a log of all missions. It reads the log once, at the first
 * request, and then only its new records. Only missions with conflicting contents need it. It keeps
 * 16 bytes of each record.
 */
export class MissionIndex implements EventLog {
  private readonly reader = new RecordReader();
  /** By mission, where each of its records begins and ends. */
  private readonly places = new Map<string, number[]>();
  private indexed = 0;
  private lastUpdate = Promise.resolve();

  constructor(private readonly log: LogFiles) {}

  async *read(mission: string, after: number): AsyncGenerator<LogRecord> {
    // Several missions may ask at once.
    this.lastUpdate = this.lastUpdate.then(() => this.update());
    await this.lastUpdate;
    const places = this.places.get(mission) ?? [];
    for (let index = 0; index < places.length; index += 2) {
      const [start = 0, seq = 0] = places.slice(index, index + 2);
      if (seq > after) {
        yield { seq, bytes: await this.log.bytesBetween(start, seq) };
      }
    }
  }

  private async update(): Promise<void> {
    for await (const lines of this.log.lines(this.indexed)) {
      for (const { start, seq, bytes } of lines) {
        const read = bytes && this.reader.read(bytes);
        if (read?.kind === "mission") {
          const places = this.places.get(read.mission) ?? [];
          places.push(start, seq);
          this.places.set(read.mission, places);
        }
        this.indexed = seq;
      }
    }
  }
}
