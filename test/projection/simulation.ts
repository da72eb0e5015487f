import type {
  DeadLetter,
  LogRecord,
  ProjectionPorts,
  StoredProjection,
} from "../../src/projection/index.js";
import {
  MissionProjection,
  RecordReader,
  readProjectedMission,
} from "../../src/projection/index.js";

export type Logs = ReadonlyMap<string, readonly LogRecord[]>;
export type Delivery = { readonly mission: string; readonly record: LogRecord };

/** Thrown out of a port into a worker that has crashed. */
class Crash extends Error {}

/** The next of some choices, below `below`; always 0 once they are used up, which is no fault. */
export type Choose = (below: number) => number;

/** A log, a store and dead letters that outlive workers, and that may lag behind or fail. */
export class Simulation {
  readonly versions = new Map<string, StoredProjection[]>();
  readonly letters: DeadLetter[] = [];
  /** The deliveries that were acknowledged before they were durable. */
  readonly early: Delivery[] = [];
  writes = 0;
  private readonly unacknowledged: Delivery[];

  constructor(
    private readonly logs: Logs,
    deliveries: readonly Delivery[],
    private readonly choose: Choose,
    /** Resolves when it is the caller's turn again. */
    private readonly pause: () => Promise<void>,
  ) {
    this.unacknowledged = [...deliveries];
  }

  storedSeq(mission: string): number {
    const last = this.versions.get(mission)?.at(-1);
    return last === undefined ? 0 : readProjectedMission(last.bytes).seq;
  }

  /** Takes deliveries until none is left, and begins again after each crash. */
  async work(): Promise<void> {
    while (this.unacknowledged.length > 0) {
      const taken: Delivery[] = [];
      try {
        await this.live(taken);
      } catch (error) {
        if (!(error instanceof Crash)) {
          throw error;
        }
        this.unacknowledged.push(...taken);
      }
    }
  }

  private async live(taken: Delivery[]): Promise<void> {
    const ports = this.ports();
    const open = new Map<string, MissionProjection>();
    for (;;) {
      const [delivery] = this.unacknowledged.splice(this.choose(this.unacknowledged.length), 1);
      if (delivery !== undefined) {
        taken.push(delivery);
        const { mission, record } = delivery;
        const isNew = this.choose(4) === 3;
        const projection =
          open.get(mission) ?? (await MissionProjection.open(mission, ports, { isNew }));
        open.set(mission, projection);
        const log = this.logs.get(mission) ?? [];
        const previous = log[log.indexOf(record) - 1]?.seq ?? 0;
        // Some deliveries prove that they have no gap. Two calls may be made at once.
        await Promise.all([
          projection.take(record.seq, record.bytes, {
            ...(this.choose(2) === 0 ? { previous } : {}),
            ...(this.choose(2) === 0 ? { read: new RecordReader().read(record.bytes) } : {}),
          }),
          this.choose(3) === 1 ? projection.flush() : undefined,
        ]);
      }
      if (delivery === undefined || this.choose(3) === 1) {
        for (const [mission, projection] of open) {
          this.acknowledge(taken, mission, await projection.flush());
        }
      }
      if (delivery === undefined) {
        return;
      }
    }
  }

  private acknowledge(taken: Delivery[], mission: string, durable: number): void {
    for (const done of taken.filter((each) => each.mission === mission)) {
      if (done.record.seq <= durable) {
        taken.splice(taken.indexOf(done), 1);
        if (this.storedSeq(mission) < done.record.seq) {
          this.early.push(done);
        }
      }
    }
  }

  private ports(): ProjectionPorts {
    // A request may be carried out although its sender no longer lives.
    const call = async <T>(effect: () => T): Promise<T> => {
      await this.step();
      const result = effect();
      await this.step();
      return result;
    };
    const { logs, choose, versions } = this;
    return {
      log: {
        async *read(mission, after) {
          const all = (logs.get(mission) ?? []).filter(({ seq }) => seq > after);
          const known = await call(() => all.slice(0, all.length - choose(all.length + 1)));
          for (const record of known) {
            await call(() => undefined);
            yield record;
          }
        },
      },
      states: {
        get: (mission) =>
          call(() => {
            const all = versions.get(mission) ?? [];
            return all[all.length - 1 - choose(all.length + 1)];
          }),
        put: (mission, bytes, expected) =>
          call(() => {
            const all = versions.get(mission) ?? [];
            if (all.at(-1)?.revision !== expected) {
              return undefined;
            }
            this.writes++;
            const revision = all.length + 1;
            versions.set(mission, [...all, { bytes, revision }]);
            return revision;
          }),
      },
      deadLetters: {
        put: (letter) =>
          call(() => {
            const isKnown = this.letters.some(
              ({ mission, seq }) => mission === letter.mission && seq === letter.seq,
            );
            if (!isKnown) {
              this.letters.push(letter);
            }
          }),
      },
    };
  }

  private async step(): Promise<void> {
    await this.pause();
    if (this.choose(12) === 11) {
      throw new Crash();
    }
  }
}
