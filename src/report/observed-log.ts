import { contributionOf } from "../dossier/contribution.js";
import { type Namespace, namespaceIn, namespaceOf } from "../dossier/namespace.js";
import {
  type DossierEvent,
  type GivenEvent,
  readAccepted,
} from "../event/envelope/accepted-event.js";
import { parseInstant } from "../event/envelope/instant.js";
import { readEvent } from "../event/envelope/read-event.js";
import { NO_CLOCK } from "../event/envelope/sort-key.js";
import { AuditLog } from "../parity/audit-log.js";
import type { AuditFinding } from "../parity/audit-report.js";
import { bareHash } from "../parity/content-hash.js";

/** The facts about an event of a log that a report shows. */
export type ObservedEvent = {
  /** In canonical form. */
  readonly eventId: string;
  /** Its place among the events that were given, counted from 0. */
  readonly position: number;
  readonly kind: EventKind;
  /** The Lamport clock, rounded from 2^53 on; -1 for an event without one, which stands first. */
  readonly clock: number;
  /** The timestamp in milliseconds since 1970. */
  readonly time: number;
  /** The path of the artifact that it is about, or `""`. */
  readonly path: string;
  /** The path that an indexed artifact supersedes. */
  readonly supersedes: string | undefined;
  /** The value that tells it from others of its kind: a hash, a step or a kind of drift. */
  readonly detail: string;
};

/** The kinds of events that a report tells apart. */
export const EVENT_KINDS = ["indexed", "missing", "snapshot", "drift", "skipped", "other"] as const;

/** One of {@link EVENT_KINDS}: `"skipped"` is an event whose payload the contract rejects. */
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * The events of one mission while they are read, in any order, for a report. The reducer keeps
 * no events; this keeps some 300 bytes of each.
 */
export class ObservedLog {
  private readonly audit = new AuditLog({});
  /** By position. */
  private readonly said = new Map<number, Said>();
  private firstNamespace: ReturnType<typeof namespaceIn>;

  /** The namespace of the first event that has a readable one. */
  get namespace(): Namespace | undefined {
    return this.firstNamespace && namespaceOf(this.firstNamespace);
  }

  /** Takes an event. */
  add(event: DossierEvent, position: number): void {
    this.firstNamespace ??= namespaceIn(event);
    this.audit.add(event, position);
    this.said.set(position, saidBy(event));
  }

  /** The events that count, in the order of the stream. */
  events(): ObservedEvent[] {
    return this.audit.inOrder().flatMap((place) => {
      const said = this.said.get(place.position);
      return said === undefined ? [] : [{ ...place, ...said }];
    });
  }

  /** The finding about each claim of the events that count. */
  findings(): readonly AuditFinding[] {
    return this.audit.report().findings;
  }
}

/** The logs of an input while a reducer reads it. */
export class Observation {
  private logs = new Map<string, ObservedLog>();

  /** @param keyOf The log of an event. By default, all events are in one. */
  constructor(private readonly keyOf: (event: DossierEvent) => string = () => ONE) {}

  /** The log that has a key, or the only one. */
  log(key = ONE): ObservedLog {
    const known = this.logs.get(key) ?? new ObservedLog();
    this.logs.set(key, known);
    return known;
  }

  /**
   * Events as they are given. Each is observed before it is handed on. If they can be read again,
   * so can the result, and what was observed before is forgotten.
   */
  of(events: AsyncIterable<GivenEvent>): AsyncIterable<GivenEvent> {
    const isReadOnce = Object.is(events[Symbol.asyncIterator](), events);
    return isReadOnce ? this.read(events) : { [Symbol.asyncIterator]: () => this.read(events) };
  }

  private async *read(
    events: AsyncIterable<GivenEvent>,
  ): AsyncGenerator<GivenEvent, void, undefined> {
    this.logs = new Map();
    let position = 0;
    for await (const given of events) {
      const event = readAccepted(given) ?? readEvent(given);
      if (event.kind === "accepted" || event.kind === "rejected") {
        this.log(this.keyOf(event)).add(event, position);
      }
      position++;
      yield given;
    }
  }
}

const ONE = "";

type Said = Omit<ObservedEvent, "eventId" | "position">;

function saidBy(event: DossierEvent): Said {
  const { seconds, nanoseconds } = parseInstant(event.sortKey.timestamp);
  const moment = {
    clock: Number(event.sortKey.lamport_clock ?? NO_CLOCK),
    time: seconds * 1000 + Math.floor(nanoseconds / 1e6),
  };
  const nothing = { ...moment, path: "", supersedes: undefined };
  const contribution = contributionOf(event);
  switch (contribution?.kind) {
    case "artifact": {
      const { identity, content_ref } = contribution.artifact;
      return {
        ...moment,
        kind: "indexed",
        path: identity.path,
        supersedes: contribution.superseded,
        detail: bareHash(content_ref.hash),
      };
    }
    case "anomaly": {
      const { expected_identity, manifest_step } = contribution.anomaly;
      return { ...nothing, kind: "missing", path: expected_identity.path, detail: manifest_step };
    }
    case "snapshot":
      return {
        ...nothing,
        kind: "snapshot",
        detail: bareHash(contribution.snapshot.snapshot_hash),
      };
    case "drift":
      return { ...nothing, kind: "drift", detail: contribution.drift.drift_kind };
    default:
      return {
        ...nothing,
        kind: event.kind === "rejected" ? "skipped" : "other",
        detail: event.eventType,
      };
  }
}
