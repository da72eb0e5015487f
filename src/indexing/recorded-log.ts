import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { type AddOutcome, DossierAccumulator } from "../dossier/accumulator.js";
import { contributionOf } from "../dossier/contribution.js";
import { namespaceJson } from "../dossier/namespace.js";
import type { MissionDossierState } from "../dossier/state.js";
import type { DossierEvent, GivenEvent } from "../event/envelope/accepted-event.js";
import type { NewEnvelope } from "../event/envelope/create-event.js";
import { canonicalEventId } from "../event/envelope/event-id.js";
import { LamportClock } from "../event/envelope/lamport-clock.js";
import { readEvent } from "../event/envelope/read-event.js";
import { clockOf, isLater, type SortKey, sortKeyOf } from "../event/envelope/sort-key.js";

/** The latest event about one path. */
export type LatestWord = { readonly kind: "artifact" | "anomaly"; readonly eventId: string };

/**
 * The facts about a mission's log that new events need: its state, the time of its clock, and the
 * latest event about each path. The state does not say which came later, an artifact or the
 * anomaly of its path.
 */
export class RecordedLog {
  /** A clock whose ticks come after every event of the log. */
  readonly clock = new LamportClock();
  private accumulator = new DossierAccumulator();
  private readonly words = new Map<string, LatestWord & { readonly sortKey: SortKey }>();
  private latest: DossierEvent | undefined;

  /**
   * Adds an event of the log, in whatever order.
   *
   * @throws InvalidEventError when its envelope breaks the contract. Nothing has changed.
   * @throws NamespaceMixedStreamError when it belongs to another mission. Nothing has changed.
   */
  add(given: GivenEvent): AddOutcome {
    const outcome = this.accumulator.add(given);
    const event = readEvent(given);
    if (event.kind === "accepted" || event.kind === "rejected") {
      this.clock.observe({ lamportClock: clockOf(event.sortKey) });
      this.latest = event;
      this.note(event);
    }
    return outcome;
  }

  /** Forgets the state, which is exact once all events have been added again. */
  replay(): void {
    this.accumulator = this.accumulator.replay();
  }

  /**
   * The state of the dossier.
   *
   * @throws ReplayRequiredError when all events must be added again, after {@link replay}.
   */
  state(): MissionDossierState {
    return this.accumulator.state();
  }

  /** The namespace of its events, `undefined` if it has none. */
  get namespace(): LocalNamespaceTupleJson | undefined {
    const { namespace } = this.state();
    return namespace && namespaceJson(namespace);
  }

  /** The envelope fields that the events of a log share, from the event that was added last. */
  get envelope(): SharedEnvelope | undefined {
    return this.latest && sharedEnvelope(this.latest);
  }

  /** The latest event about a path, `undefined` if there is none. */
  wordOn(path: string): LatestWord | undefined {
    return this.words.get(path);
  }

  private note(event: DossierEvent): void {
    const contribution = contributionOf(event);
    const path =
      contribution?.kind === "artifact"
        ? contribution.artifact.identity.path
        : contribution?.kind === "anomaly"
          ? contribution.anomaly.expected_identity.path
          : undefined;
    if (contribution === undefined || path === undefined) {
      return;
    }
    const sortKey = sortKeyOf(event.sortKey);
    const known = this.words.get(path);
    if (known === undefined || isLater(sortKey, known.sortKey)) {
      const eventId = canonicalEventId(event.sortKey.event_id);
      const kind = contribution.kind === "artifact" ? "artifact" : "anomaly";
      this.words.set(path, { kind, eventId, sortKey });
    }
  }
}

/** The envelope fields that the events of one log share. */
export type SharedEnvelope = Pick<NewEnvelope, "aggregate_id" | "project_uuid" | "project_slug">;

/** The envelope fields that a new event takes from one of its log. */
export function sharedEnvelope({ envelope }: DossierEvent): SharedEnvelope {
  // The contract has accepted the envelope.
  const { aggregate_id, project_uuid, project_slug } = envelope as NewEnvelope;
  return { aggregate_id, project_uuid, ...(project_slug == null ? {} : { project_slug }) };
}
