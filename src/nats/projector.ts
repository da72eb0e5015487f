import type { NatsConnection } from "@nats-io/transport-node";
import type { EventLog, LogRecord, MissionProjection } from "../projection/index.js";
import { quarantined, RecordReader } from "../projection/index.js";
import { ofMission } from "../projection/read-record.js";
import type { NatsDeadLetters } from "./dead-letters.js";
import { acknowledge, type Delivery, giveBack, ownHeaders } from "./delivery.js";
import type { WorkerObserver } from "./observer.js";
import { OpenMissions } from "./open-missions.js";
import type { Quarantine } from "./quarantine.js";
import type { Rehearsal } from "./rehearsal.js";
import { Slots } from "./slots.js";
import type { StateBucket } from "./state-bucket.js";
import type { Topology } from "./topology.js";

/** Deliveries that are stored together. */
export type Window = {
  readonly bucket: number;
  readonly deliveries: readonly WindowDelivery[];
  /** An event up to this sequence may have ended another worker. */
  readonly suspectUpTo: number;
};

/** A delivery, and facts about the events before it. */
export type WindowDelivery = {
  readonly delivery: Delivery;
  /** The sequence of the mission's previous event, if that is certain. */
  readonly previous: number | undefined;
  /** Whether another worker was given it, and may have been ended by it. */
  readonly isSuspect: boolean;
};

/** Everything that a worker works with. */
export type ProjectorParts = {
  readonly nats: NatsConnection;
  readonly topology: Topology;
  readonly log: EventLog;
  readonly states: StateBucket;
  readonly deadLetters: NatsDeadLetters;
  readonly quarantine: Quarantine;
  readonly rehearsal: Rehearsal;
  readonly observer: WorkerObserver;
  readonly maxOpenMissions: number;
};

/** Folds windows into the states of their missions, and acknowledges them. */
export class Projector {
  private readonly missions: OpenMissions;
  private readonly reader = new RecordReader();
  private readonly slots = new Slots(AT_THE_SAME_TIME);

  constructor(private readonly parts: ProjectorParts) {
    const { states } = parts;
    this.missions = new OpenMissions(parts, parts.maxOpenMissions, (key) => states.forget(key));
  }

  get observer(): WorkerObserver {
    return this.parts.observer;
  }

  /**
   * Projects a window. It never throws: errors are reported, and their events are delivered again.
   *
   * @returns The deliveries whose events will be delivered again.
   */
  async project(window: Window): Promise<WindowDelivery[]> {
    const { bucket, deliveries } = window;
    const start = performance.now();
    const again = deliveries.filter(({ delivery }) => delivery.count > 1).length;
    if (again > 0) {
      this.observer.onRedelivered?.(again);
    }
    const missions = bySubject(deliveries);
    const failed: WindowDelivery[] = [];
    const projectEach = [...missions.values()].map((own) =>
      this.slots.run(async () => {
        if (!(await this.projectMission(own, window))) {
          failed.push(...own);
        }
      }),
    );
    await Promise.all(projectEach);
    this.missions.trim();
    this.observer.onWindow?.({
      bucket,
      events: deliveries.length,
      missions: missions.size,
      lag: deliveries.at(-1)?.delivery.pending ?? 0,
      flushMs: performance.now() - start,
    });
    return failed;
  }

  /** @returns Whether its events are stored. */
  private async projectMission(own: readonly WindowDelivery[], window: Window): Promise<boolean> {
    const { nats, topology } = this.parts;
    const { mission = "", subject = "" } = own[0]?.delivery ?? {};
    try {
      const isRouted = MISSION_KEY.test(mission) && subject === topology.eventSubject(mission);
      const durable = isRouted
        ? await this.fold(mission, own, window.suspectUpTo)
        : await this.refuse(own, window.suspectUpTo);
      for (const { delivery } of own) {
        if (delivery.seq <= durable) {
          acknowledge(nats, delivery);
          this.observer.onStored?.({
            mission,
            seq: delivery.seq,
            headers: ownHeaders(delivery),
            deliveredAt: new Date(delivery.deliveredAt),
          });
        } else {
          giveBack(nats, delivery);
        }
      }
      return true;
    } catch (error) {
      this.missions.drop(mission);
      this.observer.onError?.(error, mission);
      for (const { delivery } of own) {
        giveBack(nats, delivery, Math.min(1_000 * 2 ** (delivery.count - 1), LONGEST_DELAY_MS));
      }
      return false;
    }
  }

  private async fold(
    mission: string,
    own: readonly WindowDelivery[],
    suspectUpTo: number,
  ): Promise<number> {
    const inOrder = own.toSorted((a, b) => a.delivery.seq - b.delivery.seq);
    const projection = await this.missions.get(mission, inOrder[0]?.previous === 0);
    await this.rehearse(projection, lastSuspect(inOrder, suspectUpTo));
    for (const [index, { delivery, previous }] of inOrder.entries()) {
      const { seq, bytes } = delivery;
      const next = inOrder[index + 1];
      // A read of the log up to the next one includes this one.
      if (next === undefined || next.previous !== undefined) {
        await projection.take(seq, bytes, {
          ...(previous === undefined ? {} : { previous }),
          ...(this.parts.quarantine.has(mission, seq) ? { read: quarantined() } : {}),
        });
      }
    }
    return projection.flush();
  }

  /** Makes sure that no event up to a sequence ends its reader, and sets aside each that does. */
  private async rehearse(projection: MissionProjection, upTo: number): Promise<void> {
    const { log, states, rehearsal } = this.parts;
    const { mission } = projection;
    while (projection.position < upTo) {
      const records = await firstRecords(log, mission, projection.position, upTo);
      const last = records.at(-1);
      if (last === undefined) {
        return;
      }
      const stored = await states.get(mission);
      const killer = await rehearsal.killerAmong(mission, stored?.bytes, records);
      if (killer !== undefined) {
        await this.setAside(mission, killer);
      } else {
        await projection.take(last.seq, last.bytes, last.read ? { read: last.read } : {});
        await projection.flush();
      }
    }
  }

  private async setAside(mission: string, seq: number): Promise<void> {
    await this.parts.quarantine.add(mission, seq);
    this.observer.onQuarantine?.({ mission, seq });
  }

  /** Makes dead letters of records whose subject names no mission. */
  private async refuse(own: readonly WindowDelivery[], suspectUpTo: number): Promise<number> {
    const { deadLetters, quarantine, rehearsal } = this.parts;
    for (const { delivery, isSuspect } of own) {
      const { seq, bytes, mission } = delivery;
      if ((isSuspect || seq <= suspectUpTo) && !quarantine.has(mission, seq)) {
        const killer = await rehearsal.killerAmong(mission, undefined, [{ seq, bytes }]);
        if (killer !== undefined) {
          await this.setAside(mission, seq);
        }
      }
      const read = quarantine.has(mission, seq)
        ? quarantined()
        : ofMission(this.reader.read(bytes), mission);
      if (read.kind === "poison") {
        const { reason, violations } = read;
        await deadLetters.put({ mission: undefined, seq, bytes, reason, violations });
      }
    }
    return Math.max(...own.map(({ delivery }) => delivery.seq));
  }
}

/** The sequence up to which the events of a mission are rehearsed before they are folded. */
function lastSuspect(inOrder: readonly WindowDelivery[], suspectUpTo: number): number {
  const suspect = inOrder.filter(({ isSuspect }) => isSuspect).at(-1)?.delivery.seq ?? 0;
  // Without the proof that nothing is between, the log is read, with events of other workers.
  const unproven =
    inOrder.filter(({ previous }) => previous === undefined).at(-1)?.delivery.seq ?? 0;
  return Math.max(suspect, Math.min(unproven, suspectUpTo));
}

async function firstRecords(
  log: EventLog,
  mission: string,
  after: number,
  upTo: number,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of log.read(mission, after)) {
    if (record.seq > upTo) {
      break;
    }
    records.push(record);
    if (record.seq === upTo || records.length === MOST_REHEARSED) {
      break;
    }
  }
  return records;
}

function bySubject(deliveries: readonly WindowDelivery[]): Map<string, WindowDelivery[]> {
  const groups = new Map<string, WindowDelivery[]>();
  for (const delivery of deliveries) {
    const { subject } = delivery.delivery;
    const group = groups.get(subject);
    if (group === undefined) {
      groups.set(subject, [delivery]);
    } else {
      group.push(delivery);
    }
  }
  return groups;
}

const MISSION_KEY = /^[0-9a-f]{32}$/;
/** The missions that are worked on at the same time. More would only wait for the server longer. */
const AT_THE_SAME_TIME = 64;
const MOST_REHEARSED = 5_000;
const LONGEST_DELAY_MS = 60_000;
