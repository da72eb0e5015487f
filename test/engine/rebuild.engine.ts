import { setTimeout as sleep } from "node:timers/promises";
import { Kvm } from "@nats-io/kv";
import {
  compareStates,
  missionKeys,
  publishToNats,
  rebuildStates,
  switchStates,
} from "mission-dossier/nats";
import { expect, test } from "vitest";
import { groups } from "./events.js";
import { size } from "./sizes.js";
import { World } from "./world.js";

test("states are rebuilt beside the old ones while events arrive, and nothing differs", async () => {
  const world = await World.create();
  const { nats } = world;
  const old = await world.startWorker();
  const stream = { events: size(4_000, 40_000), missions: 60, seed: 61 };
  const published = (async () => {
    for (const group of groups(stream, Math.ceil(stream.events / 10))) {
      await publishToNats(nats, group);
      await sleep(300);
    }
  })();
  await sleep(1_000);
  await rebuildStates(nats, { states: "states-2", ackWaitMs: 2_000 });
  const successor = await world.startWorker({ states: "states-2" });
  await published;
  await world.untilDone();
  await world.at("states-2").untilDone();
  expect(await differing(world)).toEqual([]);
  await switchStates(nats, { states: "states-2" });
  expect(await world.at(undefined).differences()).toEqual([]);
  expect(await world.at("states-2").differences()).toEqual([]);

  // A state that is damaged is found, and named.
  const [mission = ""] = await keys(world);
  const bucket = await new Kvm(nats).open("dossier-states");
  await bucket.put(`state.${mission}`, "damaged");
  expect(await differing(world)).toEqual([mission]);
  await Promise.all([old.stop(), successor.stop()]);
  await world.remove();
});

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
