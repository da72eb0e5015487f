import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import { Dossier, RejectionRoom } from "./dossier.js";
import type { Inspector } from "./inspector.js";
import { type NamespaceScope, namespaceId, namespaceIn } from "./namespace.js";

/** The dossiers of the events of one input. */
export type Dossiers = {
  /** The dossier of an event. */
  dossierOf(event: DossierEvent): Dossier;
  /**
   * Replaces each stale dossier by a replay.
   *
   * @returns Whether there was one, so that all events must be added again. The other dossiers
   * treat them as repeated.
   */
  startReplay(): boolean;
};

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

  startReplay(): boolean {
    const isStale = this.dossier.isStale;
    this.dossier = isStale ? this.dossier.replay() : this.dossier;
    return isStale;
  }
}

/** A dossier for each namespace. An id counts once in each. */
export class DossiersByNamespace implements Dossiers {
  /** In the order in which the namespaces were first given. */
  missions: Dossier[] = [];
  /** The events whose namespace is missing or malformed. */
  readonly unassigned: Dossier;
  /** The place among the missions of each namespace. */
  private readonly places = new Map<string, number>();
  private readonly room = new RejectionRoom();

  constructor(private readonly scope: NamespaceScope) {
    this.unassigned = new Dossier(scope, this.room);
  }

  dossierOf(event: DossierEvent): Dossier {
    const namespace = namespaceIn(event);
    if (namespace === undefined) {
      return this.unassigned;
    }
    const key = namespaceId(namespace, this.scope);
    const place = this.places.get(key) ?? this.missions.length;
    this.places.set(key, place);
    const known = this.missions[place] ?? new Dossier(this.scope, this.room);
    this.missions[place] = known;
    return known;
  }

  startReplay(): boolean {
    const stale = new Set(this.missions.filter((dossier) => dossier.isStale));
    const room = new RejectionRoom();
    this.missions = this.missions.map((dossier) =>
      stale.has(dossier) ? dossier.replay(room) : dossier,
    );
    return stale.size > 0;
  }
}
