import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import {
  NatsDeadLetters,
  PublishError,
  publishToNats,
  setUpNats,
  watchStates,
} from "mission-dossier/nats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { below, seeded } from "../../bench/random.js";
import { events, groups, type Stream } from "./events.js";
import { size } from "./sizes.js";
import { type WorkerProcess, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.remove());

describe("no state differs and no event is lost", () => {
  test("when workers and the server are killed at random", async () => {
    const stream = { events: size(6_000, 50_000), missions: size(50, 200), seed: 7 };
    const rounds = size(4, 20);
    const random = seeded(5);
    const stored = publishAll(world, stream, rounds);
    const workers = [await world.startWorker(), await world.startWorker()];
    for (let round = 0; round < rounds; round++) {
      await sleep(below(random, 2_500));
      if (round % 2 === 0) {
        const [victim] = workers.splice(below(random, workers.length), 1);
        await victim?.kill();
        workers.push(await world.startWorker());
      } else {
        await world.server.kill();
        await sleep(below(random, 500));
        await world.server.start();
      }
    }
    const acknowledged = await stored;
    await world.untilDone();
    expect(await world.differences()).toEqual([]);
    const inStream = new Set<string>();
    for await (const { bytes } of world.events()) {
      inStream.add(decode(bytes));
    }
    expect(acknowledged.filter((text) => !inStream.has(text))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(stream.events);
    expect(await deadLetters()).toEqual([]);
    expect(workers.flatMap((worker) => worker.of("quarantine"))).toEqual([]);
  });

  test("when a worker is stopped past every timeout, then resumed", async () => {
    const falls = await watchForFalls(world, async () => {
      const stream = { events: size(4_000, 20_000), missions: 50, seed: 3 };
      const workers = [await world.startWorker(), await world.startWorker()];
      const published = publishAll(world, stream, 8);
      await sleep(1_000);
      workers[0]?.pause();
      // The others take over after 10 seconds, and redelivery begins after 2.
      await sleep(size(14_000, 40_000));
      await published;
      await world.untilDone();
      const done = publishAll(world, { ...stream, events: 1_000, seed: 4 }, 4);
      workers[0]?.resume();
      await done;
      await world.untilDone();
      expect(workers.some(({ hasCrashed }) => hasCrashed)).toBe(false);
    });
    expect(await world.differences()).toEqual([]);
    expect(falls).toEqual([]);
  });

  test("when there are one, then four, then two workers", async () => {
    // An event that is lost on its way from one to another would take longer than the test.
    await world.remove();
    world = await World.create({ ackWaitMs: 600_000 });
    const stream = { events: size(6_000, 50_000), missions: size(100, 1_000), seed: 9 };
    const published = publishAll(world, stream, 20);
    const workers: WorkerProcess[] = [await world.startWorker()];
    await sleep(1_000);
    for (let more = 0; more < 3; more++) {
      workers.push(await world.startWorker());
    }
    await sleep(4_000);
    await Promise.all(workers.splice(0, 2).map((worker) => worker.stop()));
    await published;
    await world.untilDone();
    expect(await world.differences()).toEqual([]);
    // Each one had its share.
    expect(workers.map((worker) => worker.of("window").length > 0)).toEqual([true, true]);
  });
});

test("nothing is written when everything is delivered again", async () => {
  await publishToNats(world.nats, events({ events: size(3_000, 20_000), missions: 50, seed: 2 }));
  world.nats.publish("dossier.event.00.none", "{");
  const worker = await world.startWorker();
  await world.untilDone();
  await worker.stop();
  const before = [await world.writes(), await deadLetters()];
  const manager = await jetstreamManager(world.nats);
  for await (const { stream_name, name } of manager.consumers.list(world.topology.eventStream)) {
    await manager.consumers.delete(stream_name, name);
  }
  await setUpNats(world.nats, { ackWaitMs: 2_000 });
  const again = await world.startWorker();
  await world.untilDone();
  expect([await world.writes(), await deadLetters()]).toEqual(before);
  const read = again.of("window").reduce((sum, { events }) => sum + Number(events), 0);
  expect(read).toBeGreaterThan(size(3_000, 20_000));
});

/** Publishes a stream in parts, with pauses, and whatever happens. It returns what is stored. */
async function publishAll({ nats }: World, stream: Stream, parts: number): Promise<string[]> {
  const stored: string[] = [];
  const each = Math.ceil((stream.events * 1.1) / parts);
  for (const group of groups(stream, each)) {
    let rest = group;
    while (rest.length > 0) {
      try {
        await publishToNats(nats, rest);
        rest = [];
      } catch (error) {
        if (!(error instanceof PublishError)) {
          throw error;
        }
        rest = rest.slice(error.position);
      }
    }
    stored.push(...group.map(decode));
    await sleep(500);
  }
  return stored;
}

/** Each time that the stored position of a mission fell, while something is done. */
async function watchForFalls(
  { nats, topology }: World,
  act: () => Promise<void>,
): Promise<string[]> {
  const end = new AbortController();
  const positions = new Map<string, number>();
  const falls: string[] = [];
  const watched = (async () => {
    for await (const { mission, seq } of watchStates(nats, { ...topology, signal: end.signal })) {
      if (seq < (positions.get(mission) ?? 0)) {
        falls.push(mission);
      }
      positions.set(mission, seq);
    }
  })();
  await act();
  end.abort();
  await watched;
  expect(positions.size).toBeGreaterThan(0);
  return falls;
}

async function deadLetters(): Promise<number[]> {
  const letters = await NatsDeadLetters.open(world.nats, world.topology);
  const sequences: number[] = [];
  for await (const { seq } of letters.list()) {
    sequences.push(seq);
  }
  return sequences;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
