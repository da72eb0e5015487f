import { namespaceId, namespaceIn, namespaceOf } from "../dossier/namespace.js";
import { keyOfNamespace } from "../dossier/namespace-key.js";
import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
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
  | "misrouted";

/** A record that is not part of a mission. */
export type Poison = {
  readonly kind: "poison";
  readonly reason: PoisonReason;
  /** At least one. */
  readonly violations: readonly Violation[];
};

/** A dossier event, and the key of its mission. The contract may reject its payload. */
export type MissionRecord = {
  readonly kind: "mission";
  readonly mission: string;
  /** What the package has read from it. */
  readonly event: DossierEvent;
};

/** A record as {@link RecordReader.read} gives it: events of other types are of no mission. */
export type ReadRecord = MissionRecord | OtherEvent | Poison;

/**
 * Reads the records of a log, and says which mission each belongs to. The same bytes always
 * give the same result.
 */
export class RecordReader {
  /** The keys of the missions that were read last, since a key costs more than an event. */
  private readonly keys = new Map<string, string>();

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
    return event.kind === "other" ? event : this.withMission(event);
  }

  private withMission(event: DossierEvent): MissionRecord | Poison {
    const namespace = namespaceIn(event);
    if (namespace === undefined) {
      return misrouted("no mission can be read from it", event.payload["namespace"]);
    }
    const id = namespaceId(namespace, "mission");
    let mission = this.keys.get(id);
    if (mission === undefined) {
      mission = keyOfNamespace(namespaceOf(namespace));
      if (this.keys.size === MOST_KEYS) {
        this.keys.clear();
      }
      this.keys.set(id, mission);
    }
    return { kind: "mission", mission, event };
  }
}

const MOST_KEYS = 20_000;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a record is to a mission under which the log has it. */
export function ofMission(record: ReadRecord, mission: string): ReadRecord {
  return record.kind === "mission" && record.mission !== mission
    ? misrouted(
        `is mission ${record.mission}, and the log has it under ${mission}`,
        record.event.payload["namespace"],
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
