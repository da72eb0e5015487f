import type { EventLog, LogRecord } from "../ports.js";
import { RecordReader } from "../read-record.js";
import { ChangedLogError } from "./changed-log.js";
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

  /** @throws ChangedLogError when the log no longer has a record after that sequence. */
  async *read(mission: string, after: number): AsyncGenerator<LogRecord> {
    // Several missions may ask at once.
    this.lastUpdate = this.lastUpdate.then(() => this.update());
    await this.lastUpdate;
    const places = this.places.get(mission) ?? [];
    let isFound = false;
    for (let index = 0; index < places.length; index += 2) {
      const [start = 0, seq = 0] = places.slice(index, index + 2);
      if (seq > after) {
        const bytes = await this.log.bytesBetween(start, seq);
        if (bytes.length < seq - start) {
          break;
        }
        isFound = true;
        yield { seq, bytes };
      }
    }
    if (!isFound) {
      // Only records that were read once are looked up. If the log is shorter now, this says so.
      await this.log.refresh();
      throw new ChangedLogError(this.log.path, this.log.size, this.log.size);
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
