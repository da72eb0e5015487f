import { namespaceId, namespaceIn, namespaceOf } from "../dossier/namespace.js";
import { keyOfNamespace } from "../dossier/namespace-key.js";
import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import { readEvent } from "../event/envelope/read-event.js";
import { reasonOf } from "../event/errors/mission-dossier-error.js";
import { TYPE_VIOLATION, type Violation } from "../event/errors/violation.js";

/** The reason why a record is not part of its mission. */
export type PoisonReason =
  /** It is not JSON in UTF-8. */
  | "unreadable"
  /** Its envelope breaks the contract. */
  | "invalid_event"
  /** It is a dossier event of another mission, or its namespace cannot be read. */
  | "misrouted";

/** A record that is not part of its mission. */
export type Poison = {
  readonly kind: "poison";
  readonly reason: PoisonReason;
  /** At least one. */
  readonly violations: readonly Violation[];
};

/** Reads the records of one mission. The same bytes always give the same result. */
export class RecordReader {
  /** A namespace whose key was found to be that of the mission, so that few keys are computed. */
  private known: string | undefined;

  constructor(
    /** The key of the mission. */
    private readonly mission: string,
  ) {}

  /** Reads a record. An event whose payload the contract rejects is no poison. */
  read(bytes: Uint8Array): DossierEvent | OtherEvent | Poison {
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
    return event.kind === "other" ? event : this.routed(event);
  }

  private routed(event: DossierEvent): DossierEvent | Poison {
    const namespace = namespaceIn(event);
    if (namespace === undefined) {
      return misrouted("no mission can be read from it", event.payload["namespace"]);
    }
    const id = namespaceId(namespace, "mission");
    if (id !== this.known) {
      const key = keyOfNamespace(namespaceOf(namespace));
      if (key !== this.mission) {
        return misrouted(`is mission ${key}, and the log has it under ${this.mission}`, namespace);
      }
      this.known = id;
    }
    return event;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
