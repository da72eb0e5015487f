import { setTimeout as sleep } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import {
  DossierAccumulator,
  keyOfNamespace,
  namespaceKey,
  stateToJsonString,
} from "mission-dossier";
import { NatsDeadLetters, publishToNats, readState } from "mission-dossier/nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventAt } from "../../bench/generate.js";
import { encode, events } from "./events.js";
import { size } from "./sizes.js";
import { type WorkerProcess, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.remove());

const killer = new URL("killer.mjs", import.meta.url).href;
const shape = { events: 10, paths: 10, namespaces: 10, disorder: 0, seed: 77 };

test("poison and an event that kills its reader become dead letters, and nothing else", async () => {
  const good = { events: size(3_000, 20_000), missions: 50, seed: 21 };
  const all = [...events(good)];
  const expected: { seq: number; reason: string }[] = [];
  const half = all.length / 2;
  await publishToNats(world.nats, all.slice(0, half));
  for (let index = 0; index < good.events / 100; index++) {
    expected.push(await publishPoison(index));
  }
  const client = jetstream(world.nats);
  const { seq: deadly } = await client.publish(...deadlyEvent());
  expected.push({ seq: deadly, reason: "quarantined" });
  await publishToNats(world.nats, all.slice(half));

  const workers = [await start(), await start()];
  let isOver = false;
  let crashes = 0;
  const supervised = (async () => {
    while (!isOver) {
      await sleep(200);
      for (const [index, { hasCrashed }] of workers.entries()) {
        if (hasCrashed) {
          crashes++;
          workers[index] = await start();
        }
      }
    }
  })();
  await world.untilDone();
  isOver = true;
  await supervised;
  // None if the other worker, which suspects the events that it takes over, comes first.
  expect(crashes).toBeLessThanOrEqual(2);
  expect(await deadLetters()).toEqual(expected);
  expect(await world.differences([deadly])).toEqual([]);

  const inStream = new Map<number, string>();
  for await (const { seq, bytes } of world.events()) {
    inStream.set(seq, new TextDecoder().decode(bytes));
  }
  const letters = await NatsDeadLetters.open(world.nats);
  for await (const letter of letters.list()) {
    expect(new TextDecoder().decode(letter.bytes)).toBe(inStream.get(letter.seq));
    if (letter.reason !== "misrouted") {
      expect(await letters.remove(letter)).toBe(true);
      expect(await letters.remove(letter)).toBe(false);
    }
  }
  expect(new Set((await deadLetters()).map(({ reason }) => reason))).toEqual(
    new Set(["misrouted"]),
  );
});

test("an id with two contents gives one state in both orders, and is reported", async () => {
  const one = eventAt(0, shape);
  const other = { ...one, lamport_clock: 7 };
  const mission = namespaceKey(one) ?? "";
  const states = new Set<string>();
  for (const order of [
    [one, other],
    [other, one],
  ]) {
    await world.remove();
    world = await World.create();
    const report = await publishToNats(world.nats, order.map(toBytes));
    expect(report.stored).toBe(2);
    const worker = await world.startWorker();
    await world.untilDone();
    expect(await world.differences()).toEqual([]);
    const { checkpoint = new Uint8Array() } =
      (await readState(world.nats, mission, world.topology)) ?? {};
    const accumulator = DossierAccumulator.fromBinary(checkpoint);
    expect(accumulator.conflicts).toEqual([one.event_id]);
    states.add(stateToJsonString(accumulator.state()));
    await worker.stop();
  }
  expect(states.size).toBe(1);
});

function start(): Promise<WorkerProcess> {
  return world.startWorker({}, [killer]);
}

function toBytes(value: unknown): Uint8Array {
  return encode(JSON.stringify(value));
}

/** Puts a record into the stream that no mission can take, as a wrong producer does. */
async function publishPoison(index: number): Promise<{ seq: number; reason: string }> {
  const event = eventAt(index, shape);
  const mission = namespaceKey(event) ?? "";
  const other = keyOfNamespace({ ...anyNamespace, featureSlug: `foreign ${index}` });
  const own = world.topology.eventSubject(mission);
  const [subject, content, reason] = (
    [
      [own, "{", "unreadable"],
      [own, JSON.stringify({ ...event, event_id: "?" }), "invalid_event"],
      [world.topology.eventSubject(other), JSON.stringify(event), "misrouted"],
      [`${world.topology.prefix}.event.09.anything`, JSON.stringify(event), "misrouted"],
      [world.topology.eventSubject("none"), "7", "invalid_event"],
    ] as const
  )[index % 5] ?? ["", "", ""];
  const { seq } = await jetstream(world.nats).publish(subject, `${content}${" ".repeat(index)}`);
  return { seq, reason };
}

const anyNamespace = {
  $typeName: "speckitty.dossier.v1.LocalNamespaceTuple",
  projectUuid: "a47275cb-634e-427c-abd3-3e5d17997d4e",
  featureSlug: "",
  targetBranch: "main",
  missionKey: "software-dev",
  manifestVersion: "1",
} as const;

function deadlyEvent(): [string, Uint8Array] {
  const event = eventAt(3, { ...shape, seed: 21, namespaces: 50 });
  const mission = namespaceKey(event) ?? "";
  return [world.topology.eventSubject(mission), toBytes({ ...event, note: "kills its reader" })];
}

async function deadLetters(): Promise<{ seq: number; reason: string }[]> {
  const letters = await NatsDeadLetters.open(world.nats, world.topology);
  const found: { seq: number; reason: string }[] = [];
  for await (const { seq, reason, violations } of letters.list()) {
    expect(violations.length).toBeGreaterThan(0);
    found.push({ seq, reason });
  }
  return found.sort((a, b) => a.seq - b.seq);
}
