import { eventAt } from "../../bench/generate.js";
import { below, seeded } from "../../bench/random.js";

/** The shape of a stream of events. */
export type Stream = {
  readonly events: number;
  readonly missions: number;
  readonly seed: number;
  readonly paths?: number;
  /** Leaves each event as it is, once and in order. */
  readonly clean?: boolean;
};

/**
 * Events of many missions as JSON, in disorder: some come twice, some ids have two contents, and
 * the contract rejects some payloads.
 */
export function* events({ events: count, missions, seed, paths = 20, clean = false }: Stream) {
  const random = seeded(seed);
  const shape = { events: count, paths: paths * missions, namespaces: missions, disorder: 0, seed };
  const late: string[] = [];
  for (let index = 0; index < count; index++) {
    const event = eventAt(index, shape);
    const kind = clean ? CLEAN : below(random, 100);
    const { payload, ...envelope } = event;
    const text = JSON.stringify(event);
    if (kind < 3) {
      // It comes much later.
      late.push(text);
    } else if (kind < 5) {
      yield encode(JSON.stringify({ ...event, event_type: "MissionDossierSnapshotComputed" }));
    } else if (kind < 7) {
      yield encode(text);
      const namespace = payload?.["namespace"];
      yield encode(JSON.stringify({ ...envelope, payload: { namespace } }));
    } else {
      yield encode(text);
      if (kind < 10) {
        late.push(text);
      }
    }
    if (late.length > 50) {
      const [text = ""] = late.splice(below(random, late.length), 1);
      yield encode(text);
    }
  }
  yield* late.map(encode);
}

const CLEAN = 100;

/** Every event of the stream in groups of at most `size`, as publishers send them. */
export function* groups(stream: Stream, size: number) {
  let group: Uint8Array[] = [];
  for (const bytes of events(stream)) {
    group.push(bytes);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  yield group;
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
