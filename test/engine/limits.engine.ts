import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import {
  PublishError,
  publishToNats,
  removeUnusedObjects,
  watchStates,
} from "mission-dossier/nats";
import { expect, test } from "vitest";
import { encode, events } from "./events.js";
import { ADMIN } from "./server.js";
import { size } from "./sizes.js";
import { World } from "./world.js";

/** Runs a test in a world of its own. */
function inWorld(create: () => Promise<World>, act: (world: World) => Promise<void>) {
  return async () => {
    const world = await create();
    try {
      await act(world);
    } finally {
      await world.remove();
    }
  };
}

test(
  "a mission of many events and paths passes no limit of the server",
  inWorld(
    () => World.create(),
    async (world) => {
      const stream = {
        events: size(12_000, 100_000),
        missions: 1,
        paths: 5_000,
        seed: 31,
        clean: true,
      };
      const { nats, topology } = world;
      const measured: { [name: string]: number } = {};
      await publishToNats(nats, events(stream));
      let start = performance.now();
      const first = await world.startWorker();
      await world.untilDone();
      measured["foldedMs"] = performance.now() - start;
      expect(first.of("error")).toEqual([]);
      await first.stop();

      // A cold start ends when an event after it is part of the state.
      const [last = encode("{}")] = events({ ...stream, events: 1, seed: 32 });
      await publishToNats(nats, [last]);
      const end = new AbortController();
      const changes = watchStates(nats, { ...topology, updatesOnly: true, signal: end.signal });
      const changed = changes.next();
      start = performance.now();
      const second = await world.startWorker();
      await changed;
      measured["coldStartMs"] = performance.now() - start;
      end.abort();
      await world.untilDone();
      await second.stop();
      expect(await world.differences()).toEqual([]);

      const manager = await jetstreamManager(nats);
      const objects = await manager.streams.info(`OBJ_${topology.stateBucket}`, {
        subjects_filter: `$O.${topology.stateBucket}.M.>`,
      });
      const entries = await manager.streams.info(`KV_${topology.stateBucket}`);
      measured["objectBytes"] = objects.state.bytes;
      measured["entryBytes"] = entries.state.bytes;
      console.log("a large mission:", JSON.stringify(measured));
      expect(entries.state.bytes).toBeLessThan(1_048_576);

      // An object of a worker that ended before it wrote the entry.
      const [mission = ""] = await world.storedStates().then((states) => [...states.keys()]);
      const store = await new Objm(nats).open(topology.stateBucket);
      await store.putBlob({ name: `${mission}.left` }, encode("left"));
      expect(await removeUnusedObjects(nats, 60_000)).toBe(0);
      expect(await removeUnusedObjects(nats, 0)).toBe(1);
      expect(await world.differences()).toEqual([]);
    },
  ),
);

test(
  "a backlog is not sent faster than a worker reads it",
  inWorld(
    // The server cuts off a client for which it keeps more than this.
    () => World.create({}, "max_pending: 40MB"),
    async (world) => {
      const stream = { events: 2_000, missions: 640, seed: 61, clean: true };
      await publishToNats(world.nats, large(events(stream)), world.topology);
      const worker = await world.startWorker();
      await world.untilDone();
      expect(worker.of("error")).toEqual([]);
      expect(await world.differences()).toEqual([]);
    },
  ),
);

/** The same events with a field of 30 kB that the contract does not know. */
function* large(all: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const bytes of all) {
    const event = JSON.parse(new TextDecoder().decode(bytes));
    yield encode(JSON.stringify({ ...event, note: "n".repeat(30_000) }));
  }
}

test(
  "a full stream gives its producer an error, and all goes on when it has room",
  inWorld(
    () => World.create({ maxBytes: 1_000_000 }),
    async (world) => {
      const { nats, topology } = world;
      const all = [...events({ events: 3_000, missions: 20, seed: 41 })];
      const worker = await world.startWorker();
      const error = await publishToNats(nats, all).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PublishError);
      const { position = 0, problem } = error as PublishError;
      expect([problem, position > 0, position < all.length]).toEqual(["stream_full", true, true]);
      await world.untilDone();
      expect(await world.differences()).toEqual([]);

      const manager = await jetstreamManager(nats);
      await manager.streams.update(topology.eventStream, { max_bytes: -1 });
      await publishToNats(nats, all.slice(position));
      await world.untilDone();
      expect(await world.differences()).toEqual([]);
      const inStream = new Set<string>();
      for await (const { bytes } of world.events()) {
        inStream.add(new TextDecoder().decode(bytes));
      }
      expect(inStream).toEqual(new Set(all.map((bytes) => new TextDecoder().decode(bytes))));
      expect(worker.hasCrashed).toBe(false);
    },
  ),
);

test(
  "the bucket of the states is away for a while",
  inWorld(
    () => World.create({}, users("")),
    async (world) => {
      const { nats, server } = world;
      const stream = { events: size(3_000, 20_000), missions: 100, seed: 51 };
      const worker = await world.startWorker();
      await publishToNats(nats, events(stream));
      // Nobody but the test may use the bucket now.
      server.configure(
        users(`deny: ["$KV.dossier-states.>", "$JS.API.DIRECT.GET.KV_dossier-states.>"]`),
      );
      server.reload();
      await publishToNats(nats, events({ ...stream, seed: 52 }));
      await sleep(size(5_000, 60_000));
      expect(worker.of("error").length).toBeGreaterThan(0);
      server.configure(users(""));
      server.reload();
      await world.untilDone();
      expect(await world.differences()).toEqual([]);
      expect(worker.hasCrashed).toBe(false);
      await worker.stop();
      const [{ memory } = { memory: Number.POSITIVE_INFINITY }] = worker.of("stopped");
      console.log("memory of the worker in MB:", Math.round(Number(memory) / 1024));
      expect(Number(memory)).toBeLessThan(500 * 1024);
    },
  ),
);

/** Two users: the test's own, and that of everybody who does not say who they are. */
function users(publish: string): string {
  return `
    authorization {
      users: [
        { user: ${ADMIN.user}, password: ${ADMIN.pass} }
        { user: worker, password: worker, permissions { publish: { ${publish || 'allow: ">"'} } } }
      ]
    }
    no_auth_user: worker
  `;
}
