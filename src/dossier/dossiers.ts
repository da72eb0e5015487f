import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import { Dossier, RejectionRoom } from "./dossier.js";
import type { Inspector } from "./inspector.js";
import { type NamespaceScope, namespaceId, namespaceIn } from "./namespace.js";
import { ReplayRequiredError } from "./replay-required.js";

/** The dossiers of the events of one input. */
export type Dossiers = {
  /** The dossier of an event. */
  dossierOf(event: DossierEvent): Dossier;
  /**
   * Replaces each stale dossier by a replay. If there is any, all events must be added again,
   * which the other dossiers treat as repeated.
   */
  startReplays(): readonly Replay[];
};

/** A stale dossier, and the replay that its events must be added to. */
export type Replay = { readonly stale: Dossier; readonly replay: Dossier };

/**
 * Checks that replays have been given all events. Many iterables give an empty iterator the
 * second time.
 *
 * @throws ReplayRequiredError when a replay lacks events.
 */
export function requireAllEvents(replays: readonly Replay[]): void {
  for (const { stale, replay } of replays) {
    if (replay.eventCount < stale.eventCount) {
      throw new ReplayRequiredError(stale.staleIds());
    }
  }
}

/** A function that adds each event of an input to its dossier. A replay takes no inspector. */
export function adderTo(
  dossiers: Dossiers,
  inspector?: Inspector,
): (event: DossierEvent | OtherEvent, position: number) => void {
  return (event, position) => {
    if (event.kind === "other") {
      inspector?.lookAt(event, position);
      return;
    }
    const dossier = dossiers.dossierOf(event);
    // Only the whole input tells which of two namespaces comes first, so they may mix.
    if (inspector === undefined) {
      dossier.add(event, position, true);
    } else {
      inspector.add(dossier, event, position, true);
    }
  };
}

/** One dossier for all events. */
export class OneDossier implements Dossiers {
  dossier: Dossier;

  constructor(scope: NamespaceScope) {
    this.dossier = new Dossier(scope);
  }

  dossierOf(): Dossier {
    return this.dossier;
  }

  startReplays(): readonly Replay[] {
    const stale = this.dossier;
    if (stale.staleIds().length === 0) {
      return [];
    }
    this.dossier = stale.replay();
    return [{ stale, replay: this.dossier }];
  }
}

/** A dossier for each namespace. An id counts once in each. */
export class DossiersByNamespace implements Dossiers {
  /** By namespace, in the order in which the namespaces were first given. */
  readonly missions = new Map<string, Dossier>();
  /** The events whose namespace is missing or malformed. */
  readonly unassigned: Dossier;
  private readonly room = new RejectionRoom();

  constructor(private readonly scope: NamespaceScope) {
    this.unassigned = new Dossier(scope, this.room);
  }

  dossierOf(event: DossierEvent): Dossier {
    const namespace = namespaceIn(event);
    if (namespace === undefined) {
      return this.unassigned;
    }
    const id = namespaceId(namespace, this.scope);
    let dossier = this.missions.get(id);
    if (dossier === undefined) {
      dossier = new Dossier(this.scope, this.room);
      this.missions.set(id, dossier);
    }
    return dossier;
  }

  startReplays(): readonly Replay[] {
    const room = new RejectionRoom();
    const replays: Replay[] = [];
    for (const [id, stale] of this.missions) {
      if (stale.staleIds().length > 0) {
        const replay = stale.replay(room);
        this.missions.set(id, replay);
        replays.push({ stale, replay });
      }
    }
    return replays;
  }
}
