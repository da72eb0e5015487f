import { namespaceId, namespaceIn } from "../dossier/namespace.js";
import { keyOf } from "../dossier/namespace-key.js";
import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import { strictViolations } from "../event/envelope/judge-event.js";
import { readEvent } from "../event/envelope/read-event.js";
import { reasonOf } from "../event/errors/mission-dossier-error.js";
import { TYPE_VIOLATION, type Violation } from "../event/errors/violation.js";

/** The reason why a record is not part of a mission. */
export type PoisonReason =
  /** It is not JSON in UTF-8. */
  | "unreadable"
  /** Its envelope breaks the contract. */
  | "invalid_event"
  /** It is a dossier event without a readable namespace, or the log has it under another mission. */
  | "misrouted"
  /** It ended each process that read it, and was set aside. */
  | "quarantined";

/** A record that is not part of a mission. */
export type Poison = {
  readonly kind: "poison";
  readonly reason: PoisonReason;
  /** At least one. */
  readonly violations: readonly Violation[];
};

// The form of a read event is the package's own, so the public type does not show it.
let missionRecord: (mission: string, event: DossierEvent) => MissionRecord;
export let eventOf: (record: MissionRecord) => DossierEvent;

/** A dossier event that was read. The contract may reject its payload. */
export class MissionRecord {
  readonly kind = "mission";

  private constructor(
    /** The key of its mission. */
    readonly mission: string,
    private readonly event: DossierEvent,
  ) {}

  static {
    missionRecord = (mission, event) => new MissionRecord(mission, event);
    eventOf = (record) => record.event;
  }
}

/** A record that is too long to be read. */
export function tooLongRecord(): Poison {
  return poison("unreadable", [], TYPE_VIOLATION, "is longer than 16 MiB");
}

/** The result of reading a record that was set aside. */
export function quarantined(): Poison {
  return poison("quarantined", [], "quarantined", "ended each process that read it");
}

/** An event of a type that is not in the contract, so it belongs to no mission. */
export type OtherRecord = {
  readonly kind: "other";
  /** Says that its type is nearly one of the contract's. `undefined` for any other type. */
  readonly warning: Violation | undefined;
};

/** A record as a {@link RecordReader} gives it. */
export type ReadRecord = MissionRecord | OtherRecord | Poison;

/**
 * Reads the records of a log, and says which mission each belongs to. The same bytes always
 * give the same result.
 */
export class RecordReader {
  /** The keys of the missions that were read last, since a key costs more than an event. */
  private readonly keys = new Map<string, string>();
  /** The results for types that are not in the contract, of which most logs have a few. */
  private readonly others = new Map<string, OtherRecord>();

  /**
   * Reads a record.
   *
   * @param bytes An event as JSON in UTF-8. Anything else gives a {@link Poison}, never an error.
   */
  read(bytes: Uint8Array): ReadRecord {
    let json: unknown;
    try {
      json = JSON.parse(decoder.decode(bytes));
    } catch (error) {
      return poison("unreadable", [], TYPE_VIOLATION, `is not JSON: ${reasonOf(error)}`);
    }
    const event = readEvent(json);
    if (event.kind === "invalid") {
      return { kind: "poison", reason: "invalid_event", violations: event.violations };
    }
    return event.kind === "other" ? this.other(event) : this.withMission(event);
  }

  private other({ eventType }: OtherEvent): OtherRecord {
    const known = this.others.get(eventType);
    if (known !== undefined) {
      return known;
    }
    const [warning] = strictViolations({ event_type: eventType });
    const other: OtherRecord = Object.freeze({ kind: "other", warning });
    if (this.others.size < MOST_TYPES && eventType.length <= LONGEST_TYPE) {
      this.others.set(eventType, other);
    }
    return other;
  }

  private withMission(event: DossierEvent): MissionRecord | Poison {
    const namespace = namespaceIn(event);
    if (namespace === undefined) {
      return misrouted("no mission can be read from it", event.payload["namespace"]);
    }
    const id = namespaceId(namespace, "mission");
    let mission = this.keys.get(id);
    if (mission === undefined) {
      mission = keyOf(namespace, "mission");
      if (this.keys.size === MOST_KEYS) {
        this.keys.clear();
      }
      this.keys.set(id, mission);
    }
    return missionRecord(mission, event);
  }
}

const MOST_KEYS = 20_000;
const MOST_TYPES = 1_000;
const LONGEST_TYPE = 200;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The meaning of a record to the mission under which the log has it. */
export function ofMission(record: ReadRecord, mission: string): ReadRecord {
  return record.kind === "mission" && record.mission !== mission
    ? misrouted(
        `is mission ${record.mission}, and the log has it under ${mission}`,
        eventOf(record).payload["namespace"],
      )
    : record;
}

function misrouted(message: string, namespace: unknown): Poison {
  return poison("misrouted", ["payload", "namespace"], "misrouted", message, namespace);
}

function poison(
  reason: PoisonReason,
  path: readonly string[],
  violationType: string,
  message: string,
  inputValue?: unknown,
): Poison {
  const violation = { field: path.join("."), path, message, violationType, inputValue };
  return { kind: "poison", reason, violations: [violation] };
}

/** Violations without their values, which may be of any size, and which the record has anyway. */
export function withoutValues(violations: readonly Violation[]): Violation[] {
  return violations.map((violation) => ({ ...violation, inputValue: undefined }));
}
