import { contributionOf } from "../dossier/contribution.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import { canonicalEventId } from "../event/envelope/event-id.js";
import { isLater, type SortKey, sortKeyOf } from "../event/envelope/sort-key.js";
import { bareHash } from "./content-hash.js";
import type { Difference, StateDiff } from "./diff.js";

/** One of the two sides of a diff. */
export type Side = "a" | "b";

/** The event with which a difference began: the first one that only one side has. */
export type Origin = {
  readonly side: Side;
  /** In canonical form. */
  readonly eventId: string;
  readonly lamportClock: bigint;
  /** As the event has it. */
  readonly timestamp: string;
};

/**
 * Finds the events with which the differences between two streams began. Each stream is given
 * once more after the diff of their states is known, in any order.
 *
 * It keeps an entry for each event about an artifact that differs.
 */
export class DifferenceOrigins {
  /** By path, what the events of the two sides say, each by its id and content. */
  private readonly said = new Map<string, Map<string, Said>>();

  constructor({ differences }: StateDiff) {
    for (const path of differences.flatMap(pathsOf)) {
      this.said.set(path, new Map());
    }
  }

  /** Takes an event of one side. */
  take(side: Side, event: DossierEvent): void {
    for (const [path, content] of statementsIn(event)) {
      const known = this.said.get(path);
      if (known !== undefined) {
        const origin = originOf(side, event);
        const key = `${origin.eventId} ${content}`;
        const other = known.get(key);
        known.set(key, {
          origin,
          sortKey: sortKeyOf(event.sortKey),
          isOnBothSides: other !== undefined && (other.isOnBothSides || other.origin.side !== side),
        });
      }
    }
  }

  /** The event with which a difference began; `undefined` where no event of one side only did. */
  of(difference: Difference): Origin | undefined {
    return first(pathsOf(difference).flatMap((path) => [...(this.said.get(path)?.values() ?? [])]));
  }

  /** The event with which the first of some differences began. */
  firstOf(differences: readonly Difference[]): Origin | undefined {
    const paths = new Set(differences.flatMap(pathsOf));
    return first([...paths].flatMap((path) => [...(this.said.get(path)?.values() ?? [])]));
  }
}

type Said = {
  readonly origin: Origin;
  readonly sortKey: SortKey;
  readonly isOnBothSides: boolean;
};

function first(said: readonly Said[]): Origin | undefined {
  let earliest: Said | undefined;
  for (const each of said) {
    if (!each.isOnBothSides && (!earliest || isLater(earliest.sortKey, each.sortKey))) {
      earliest = each;
    }
  }
  return earliest?.origin;
}

function pathsOf(difference: Difference): string[] {
  switch (difference.kind) {
    case "manifest_version_changed":
      return [];
    case "anomaly_introduced":
      return [difference.b.expectedIdentity.path];
    case "anomaly_resolved":
      return [difference.a.expectedIdentity.path];
    default:
      return [difference.path];
  }
}

/** Each path that an event is about, and what it says of it. */
function statementsIn(event: DossierEvent): [path: string, content: string][] {
  const contribution = contributionOf(event);
  switch (contribution?.kind) {
    case "artifact": {
      const { artifact, superseded } = contribution;
      const { path, artifact_class } = artifact.identity;
      const said: [string, string][] = [
        [path, `${artifact_class} ${bareHash(artifact.content_ref.hash)}`],
      ];
      return superseded === undefined || superseded === path
        ? said
        : [...said, [superseded, "superseded"]];
    }
    case "anomaly":
      return [[contribution.anomaly.expected_identity.path, "anomaly"]];
    default:
      return [];
  }
}

function originOf(side: Side, { sortKey }: DossierEvent): Origin {
  return {
    side,
    eventId: canonicalEventId(sortKey.event_id),
    lamportClock: BigInt(sortKey.lamport_clock),
    timestamp: sortKey.timestamp,
  };
}
