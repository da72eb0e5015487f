import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { EventJson, PayloadJson } from "mission-dossier";
import { below, letters, type Random, seeded } from "./random.js";

/** The parameters of a stream to generate. */
export type StreamShape = {
  readonly events: number;
  /** The number of artifacts, spread over the missions. */
  readonly paths: number;
  /** The number of missions, over which the events are spread. */
  readonly namespaces: number;
  /** The share of the events that are out of order, from 0 to 1. */
  readonly disorder: number;
  readonly seed: number;
  /**
   * If given, every n-th event is a snapshot, and all others index artifacts. By default, the
   * kinds of events are mixed at random.
   */
  readonly snapshotEvery?: number;
};

/** Writes a stream as JSON Lines. The same shape gives the same bytes. */
export async function writeStream(file: string, shape: StreamShape): Promise<void> {
  const output = createWriteStream(file);
  let pending = "";
  for (const index of order(shape)) {
    pending += `${JSON.stringify(eventAt(index, shape))}\n`;
    if (pending.length > 1 << 20) {
      if (!output.write(pending)) {
        await once(output, "drain");
      }
      pending = "";
    }
  }
  output.end(pending);
  await once(output, "close");
}

/** The event at a position of the sorted stream. As JSON it has about 800 bytes. */
export function eventAt(
  index: number,
  { paths, namespaces, seed, snapshotEvery }: StreamShape,
): EventJson {
  const random = seeded(seed + index * 7919);
  const mission = index % namespaces;
  const timestamp = new Date(1_772_442_847_000 + index * 250).toISOString();
  const namespace = {
    project_uuid: "a47275cb-634e-427c-abd3-3e5d17997d4e",
    feature_slug: `${String(mission).padStart(3, "0")}-rate-limits`,
    target_branch: "main",
    mission_key: "software-dev",
    manifest_version: "1",
  };
  const own = Math.ceil(paths / namespaces);
  const kind =
    snapshotEvery === undefined
      ? below(random, 100)
      : (index + 1) % snapshotEvery === 0
        ? SNAPSHOT
        : below(random, SHARE_INDEXED);
  const [event_type, payload] = payloadAt(kind, random, timestamp, namespace, own);
  return {
    event_id: `01KJ${letters(random, CROCKFORD, 22)}`,
    event_type,
    aggregate_id: `mission/${namespace.feature_slug}`,
    // The type of a payload's JSON fits that of any JSON object, which TypeScript cannot see.
    payload: payload as unknown as NonNullable<EventJson["payload"]>,
    timestamp,
    node_id: "laptop-7f3a",
    lamport_clock: index,
    project_uuid: namespace.project_uuid,
    correlation_id: `01KJ${letters(random, CROCKFORD, 22)}`,
  };
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEX = "0123456789abcdef";

type Typed = { [T in keyof PayloadJson]: readonly [T, PayloadJson[T]] }[keyof PayloadJson];

/** Kinds are percentages. Nine of ten events index an artifact, as in real streams. */
const SHARE_INDEXED = 90;
const SNAPSHOT = 93;

/** The payload of an event of a kind. */
function payloadAt(
  kind: number,
  random: Random,
  timestamp: string,
  namespace: PayloadJson["MissionDossierArtifactIndexed"]["namespace"],
  paths: number,
): Typed {
  const number = below(random, paths);
  const identity = {
    mission_key: "software-dev",
    path: `kitty-specs/tasks/WP${number % 100}/file-${number}.md`,
    artifact_class: "output",
    wp_id: `WP${number % 100}`,
  } as const;
  const hash = letters(random, HEX, 64);
  if (kind < SHARE_INDEXED) {
    const size_bytes = below(random, 50_000);
    return [
      "MissionDossierArtifactIndexed",
      {
        namespace,
        artifact_id: identity,
        content_ref: { hash, algorithm: "sha256", size_bytes },
        indexed_at: timestamp,
        ...(kind < 10 ? { supersedes: identity } : {}),
      },
    ];
  }
  if (kind < SNAPSHOT) {
    return [
      "MissionDossierArtifactMissing",
      {
        namespace,
        expected_identity: identity,
        manifest_step: "required_always",
        checked_at: timestamp,
      },
    ];
  }
  if (kind < 98) {
    return [
      "MissionDossierSnapshotComputed",
      {
        namespace,
        snapshot_hash: hash,
        artifact_count: paths,
        anomaly_count: 0,
        computed_at: timestamp,
      },
    ];
  }
  const actual_hash = letters(random, HEX, 64);
  return [
    "MissionDossierParityDriftDetected",
    {
      namespace,
      expected_hash: hash,
      actual_hash,
      drift_kind: "artifact_mutated",
      detected_at: timestamp,
    },
  ];
}

/** The positions of the events in the sorted stream, in the order of writing. */
function order({ events, disorder, seed }: StreamShape): Iterable<number> {
  const places = Uint32Array.from({ length: events }, (_, index) => index);
  const random = seeded(seed);
  for (let index = events - 1; index > 0; index--) {
    if (random() < disorder) {
      const other = below(random, index + 1);
      const place = places[index] ?? 0;
      places[index] = places[other] ?? 0;
      places[other] = place;
    }
  }
  return places;
}
