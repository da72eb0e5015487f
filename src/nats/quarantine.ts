import type { KV } from "@nats-io/kv";

/**
 * The events that were set aside because they end the process that reads them. They are in the
 * bucket of the states, since a state leaves them out.
 */
export class Quarantine {
  private readonly places = new Set<string>();
  private stopWatching: () => void = () => undefined;

  private constructor(private readonly entries: KV) {}

  /** @param onError Called when changes by other workers can no longer be seen. */
  static async open(entries: KV, onError: (error: unknown) => void): Promise<Quarantine> {
    const quarantine = new Quarantine(entries);
    const changes = await entries.watch({ key: ALL });
    quarantine.stopWatching = () => changes.stop();
    const watch = async () => {
      for await (const { key } of changes) {
        quarantine.places.add(key);
      }
    };
    watch().catch(onError);
    // The watcher also gives the existing entries, but does not say when it has given all of them.
    for await (const key of await entries.keys(ALL)) {
      quarantine.places.add(key);
    }
    return quarantine;
  }

  has(mission: string, seq: number): boolean {
    return this.places.size > 0 && this.places.has(keyOf(mission, seq));
  }

  /** Sets an event aside, durably, before it resolves. */
  async add(mission: string, seq: number): Promise<void> {
    const key = keyOf(mission, seq);
    await this.entries.put(key, new Date().toISOString());
    this.places.add(key);
  }

  close(): void {
    this.stopWatching();
  }
}

const ALL = "quarantine.>";

function keyOf(mission: string, seq: number): string {
  return `quarantine.${mission}.${seq}`;
}
