import { contributionOf } from "../dossier/contribution.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import { canonicalEventId } from "../event/envelope/event-id.js";
import { clockOf, isLater, type SortKey, sortKeyOf } from "../event/envelope/sort-key.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import { bareHash } from "./content-hash.js";
import type { Difference, StateDiff } from "./diff.js";

/** One of the two sides of a diff. */
export type Side = "a" | "b";

/** The event with which a difference began. */
export type Origin = {
  readonly side: Side;
  /** In canonical form. */
  readonly eventId: string;
  /** Undefined if the event has none. */
  readonly lamportClock: bigint | undefined;
  /** As the event has it. */
  readonly timestamp: string;
};

/**
 * Finds the events with which the differences between two streams began. Each stream is given
 * once more after the diff of their states is known, in any order.
 *
 * Events that both sides have are left out, and so are pairs of events that say the same about an
 * artifact, as in two logs that were made independently. The earliest of the others counts.
 *
 * It keeps an entry for each event about an artifact or an anomaly that differs.
 */
export class DifferenceOrigins {
  /** By subject, the statements of the events of both sides, each by its id and content. */
  private readonly said = new Map<string, Map<string, Said>>();

  constructor({ differences }: StateDiff) {
    for (const subject of differences.flatMap(subjectsOf)) {
      this.said.set(subject, new Map());
    }
  }

  /** Takes an event of one side. */
  take(side: Side, event: DossierEvent): void {
    for (const { subject, content } of statementsIn(event)) {
      const known = this.said.get(subject);
      if (known !== undefined) {
        const origin = originOf(side, event);
        const key = `${origin.eventId} ${content}`;
        const other = known.get(key);
        known.set(key, {
          origin,
          content,
          sortKey: sortKeyOf(event.sortKey),
          isOnBothSides: other !== undefined && (other.isOnBothSides || other.origin.side !== side),
        });
      }
    }
  }

  /** The event with which a difference began; `undefined` if no event of only one side did. */
  of(difference: Difference): Origin | undefined {
    return this.firstOf([difference]);
  }

  /** The event with which the first of some differences began. */
  firstOf(differences: readonly Difference[]): Origin | undefined {
    const subjects = new Set(differences.flatMap(subjectsOf));
    return earliest(
      [...subjects].flatMap((subject) =>
        firstOfOneSide([...(this.said.get(subject)?.values() ?? [])]),
      ),
    )?.origin;
  }
}

type Said = {
  readonly origin: Origin;
  readonly content: string;
  readonly sortKey: SortKey;
  readonly isOnBothSides: boolean;
};

function firstOfOneSide(said: readonly Said[]): Said[] {
  const ofOneSide = said.filter(({ isOnBothSides }) => !isOnBothSides).sort(bySortKey);
  const unpaired = new Map<string, Said[]>();
  for (const each of ofOneSide) {
    const waiting = unpaired.get(each.content) ?? [];
    // The waiting events are all of one side.
    if (waiting[0] !== undefined && waiting[0].origin.side !== each.origin.side) {
      waiting.shift();
    } else {
      waiting.push(each);
    }
    unpaired.set(each.content, waiting);
  }
  const left = earliest([...unpaired.values()].flat()) ?? ofOneSide[0];
  return left === undefined ? [] : [left];
}

function earliest(said: readonly Said[]): Said | undefined {
  return [...said].sort(bySortKey)[0];
}

function bySortKey(a: Said, b: Said): number {
  return isLater(a.sortKey, b.sortKey) ? 1 : isLater(b.sortKey, a.sortKey) ? -1 : 0;
}

function subjectsOf(difference: Difference): string[] {
  switch (difference.kind) {
    case "manifest_version_changed":
      return [];
    case "anomaly_introduced":
      return [anomalyAt(difference.b.expectedIdentity.path)];
    case "anomaly_resolved":
      return [anomalyAt(difference.a.expectedIdentity.path)];
    default:
      return [artifactAt(difference.path)];
  }
}

const anomalyAt = (path: string): string => `anomaly ${path}`;
const artifactAt = (path: string): string => `artifact ${path}`;

/** The statement of an event about one subject. */
type Statement = { readonly subject: string; readonly content: string };

function statementsIn(event: DossierEvent): Statement[] {
  const contribution = contributionOf(event);
  switch (contribution?.kind) {
    case "artifact": {
      const { artifact, superseded } = contribution;
      const { path, artifact_class } = artifact.identity;
      const content = `${artifact_class} ${bareHash(artifact.content_ref.hash)}`;
      const said = [{ subject: artifactAt(path), content }];
      return superseded === undefined || superseded === path
        ? said
        : [...said, { subject: artifactAt(superseded), content: "superseded" }];
    }
    case "anomaly": {
      const { anomaly_type, expected_identity, manifest_step } = contribution.anomaly;
      const content = canonicalJson([anomaly_type, expected_identity, manifest_step]);
      return [{ subject: anomalyAt(expected_identity.path), content }];
    }
    default:
      return [];
  }
}

function originOf(side: Side, { sortKey }: DossierEvent): Origin {
  return {
    side,
    eventId: canonicalEventId(sortKey.event_id),
    lamportClock: clockOf(sortKey),
    timestamp: sortKey.timestamp,
  };
}
