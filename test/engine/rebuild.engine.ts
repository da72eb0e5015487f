import { setTimeout as sleep } from "node:timers/promises";
import { Kvm } from "@nats-io/kv";
import {
  compareStates,
  missionKeys,
  publishToNats,
  readState,
  rebuildStates,
  removeStates,
  switchStates,
} from "mission-dossier/nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { events, groups } from "./events.js";
import { size } from "./sizes.js";
import { World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.remove());

test("states of an older contract are rebuilt while events arrive, and nothing differs", async () => {
  const { nats } = world;
  const old = await world.startWorker({}, [older]);
  const stream = { events: size(2_000, 40_000), missions: 60, seed: 61 };
  const published = (async () => {
    for (const group of groups(stream, Math.ceil(stream.events / 10))) {
      await publishToNats(nats, group);
      await sleep(300);
    }
  })();
  await sleep(1_000);
  await rebuildStates(nats, { states: "states-2", ackWaitMs: 2_000 });
  await published;
  // The old states are ahead, then the new ones, each with missions that the other has not.
  await publishToNats(nats, events({ events: 500, missions: 70, seed: 62 }));
  await world.untilDone();
  expect(await differing(world)).toEqual([]);
  await old.stop();
  await publishToNats(nats, events({ events: 500, missions: 80, seed: 63 }));
  const successor = await world.startWorker({ states: "states-2" });
  await world.at("states-2").untilDone();
  expect(await differing(world)).toEqual([]);
  await switchStates(nats, { states: "states-2" });
  expect(await world.at(undefined).differences()).toEqual([]);
  expect(await world.at("states-2").differences()).toEqual([]);
  // A worker of this contract does not touch the old ones.
  const [first = ""] = await keys(world);
  await expect(readState(nats, first, { states: "states" })).rejects.toMatchObject({
    code: "invalid_binary",
    message: expect.stringContaining("another contract"),
  });
  expect(old.of("error")).toEqual([]);

  // A state that is damaged is found, and named.
  const [mission = ""] = await keys(world);
  const bucket = await new Kvm(nats).open("dossier-states");
  await bucket.put(`state.${mission}`, "damaged");
  expect(await differing(world)).toEqual([mission]);
  await successor.stop();
  await expect(removeStates(nats, { states: "states-2" })).rejects.toThrow(/not the current one/);
  await removeStates(nats, { states: "states" });
  await removeStates(nats, { states: "states" });
  expect(await world.at(undefined).differences()).toEqual([]);
  await expect(world.differences()).rejects.toThrow();
});

const older = new URL("../support/older-contract.mjs", import.meta.url).href;

async function differing({ nats }: World): Promise<string[]> {
  const missions: string[] = [];
  const sets = { before: "states", after: "states-2" };
  for await (const { mission } of compareStates(nats, sets)) {
    missions.push(mission);
  }
  return missions;
}

async function keys({ nats }: World): Promise<string[]> {
  const missions: string[] = [];
  for await (const mission of missionKeys(nats)) {
    missions.push(mission);
  }
  return missions;
}
