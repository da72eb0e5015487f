import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { type KV, type KvEntry, Kvm } from "@nats-io/kv";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { type NatsConnection, nuid } from "@nats-io/transport-node";
import { InvalidBinaryError } from "../event/errors/errors.js";
import type { Revision, StateStore, StoredProjection } from "../projection/ports.js";
import type { Topology } from "./topology.js";

/**
 * The states in a key-value bucket, each compressed. A large one is an object, and the entry of
 * its mission names it.
 */
export class StateBucket implements StateStore {
  private constructor(
    readonly entries: KV,
    private readonly objects: ObjectStore,
  ) {}

  static async open(nats: NatsConnection, topology: Topology): Promise<StateBucket> {
    const name = topology.stateBucket;
    const entries = await new Kvm(nats).open(name, { allow_direct: true });
    return new StateBucket(entries, await new Objm(nats).open(name, false));
  }

  /** Called when a write finds another revision than the expected one. */
  onLostWrite: (mission: string) => void = () => undefined;
  /** The names of the objects that hold the versions this process has seen last, by mission. */
  private readonly objectOf = new Map<string, string>();

  async get(mission: string): Promise<StoredProjection | undefined> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const entry = await this.entries.get(stateKey(mission));
      if (entry?.operation !== "PUT") {
        return undefined;
      }
      const bytes = await this.bytesOf(entry);
      if (bytes !== undefined) {
        this.noteObject(mission, objectIn(entry));
        return { bytes, revision: entry.revision };
      }
      // The object was replaced together with its entry, which is read again.
    }
    throw new InvalidBinaryError("projection", "its object is missing");
  }

  /** The document that an entry stands for, or `undefined` if its object was replaced. */
  async bytesOf(entry: KvEntry): Promise<Uint8Array | undefined> {
    const object = objectIn(entry);
    const packed = object === undefined ? entry.value : await this.objects.getBlob(object);
    try {
      return packed === null ? undefined : await unpacked(packed);
    } catch (error) {
      throw new InvalidBinaryError("projection", error);
    }
  }

  async put(
    mission: string,
    bytes: Uint8Array,
    expected: Revision | undefined,
  ): Promise<Revision | undefined> {
    const packed = bytes.length < SMALLEST_PACKED ? bytes : await pack(bytes, { level: 1 });
    const earlier = this.objectOf.get(mission);
    const object = packed.length > LARGEST_ENTRY ? `${mission}.${nuid.next()}` : undefined;
    let value: Uint8Array = packed;
    if (object !== undefined) {
      const options = { max_chunk_size: LARGEST_ENTRY };
      await this.objects.putBlob({ name: object, options }, packed);
      value = new TextEncoder().encode(`${POINTER}${object}`);
    }
    const revision = await this.putEntry(mission, value, expected);
    if (revision === undefined) {
      this.onLostWrite(mission);
    } else {
      this.noteObject(mission, object);
    }
    const unused = revision === undefined ? object : earlier;
    if (unused !== undefined) {
      await this.objects.delete(unused);
    }
    return revision;
  }

  /**
   * Removes the objects that no entry names. A worker leaves one if it ends before it writes the
   * entry.
   *
   * @param olderThanMs A younger object may still get its entry.
   */
  async removeUnusedObjects(olderThanMs: number): Promise<number> {
    let removed = 0;
    for (const { name, mtime } of await this.objects.list()) {
      const [mission = ""] = name.split(".");
      if (Date.now() - Date.parse(mtime) >= olderThanMs) {
        const entry = await this.entries.get(stateKey(mission));
        if (entry === null || objectIn(entry) !== name) {
          await this.objects.delete(name);
          removed++;
        }
      }
    }
    return removed;
  }

  /** Forgets a mission that is not worked on. */
  forget(mission: string): void {
    this.objectOf.delete(mission);
  }

  private async putEntry(
    mission: string,
    value: Uint8Array,
    expected: Revision | undefined,
  ): Promise<Revision | undefined> {
    const key = stateKey(mission);
    try {
      return expected === undefined
        ? await this.entries.create(key, value)
        : await this.entries.put(key, value, { previousSeq: Number(expected) });
    } catch (error) {
      if (error instanceof JetStreamApiError && OTHER_REVISION.has(error.code)) {
        return undefined;
      }
      throw error;
    }
  }

  private noteObject(mission: string, object: string | undefined): void {
    if (object === undefined) {
      this.objectOf.delete(mission);
    } else {
      this.objectOf.set(mission, object);
    }
  }
}

/** The key of a mission's state in the bucket. */
export function stateKey(mission: string): string {
  return `state.${mission}`;
}

/** The mission of such a key. */
export function missionOfKey(key: string): string {
  return key.slice("state.".length);
}

/**
 * The largest compressed state that an entry holds, and the largest piece of an object, in bytes.
 * Each piece takes one round trip, and the server limits a message to 1 MiB.
 */
const LARGEST_ENTRY = 524_288;
const OTHER_REVISION: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);
const MOST_ATTEMPTS = 20;
/** Compressing a smaller state costs more than it saves. */
const SMALLEST_PACKED = 4_096;
/** The beginning of an entry that names an object. Other entries begin with `{`, or as gzip. */
const POINTER = "object ";
const FIRST_OF_GZIP = 0x1f;
const pack = promisify(gzip) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;
const unpack = promisify(gunzip) as (bytes: Uint8Array) => Promise<Uint8Array>;

async function unpacked(packed: Uint8Array): Promise<Uint8Array> {
  return packed[0] === FIRST_OF_GZIP ? unpack(packed) : packed;
}

/** The object that an entry names. */
function objectIn({ value }: KvEntry): string | undefined {
  if (value[0] !== POINTER.charCodeAt(0)) {
    return undefined;
  }
  return new TextDecoder().decode(value).slice(POINTER.length);
}
