import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { NatsWorker, publishToNats, readState, setUpNats } from "mission-dossier/nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missionDossier, type Run, startMissionDossier } from "../cli/command.js";
import { events } from "./events.js";
import { World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.remove());

function command(...args: readonly string[]): Promise<Run> {
  return missionDossier([...args, "--nats", world.server.url]);
}

/** Publishes events, and stores their states. */
async function project(seed: number): Promise<void> {
  await publishToNats(world.nats, events({ events: 300, missions: 20, seed }));
  expect(await command("project")).toMatchObject({ code: 0, stderr: "" });
}

test("states that are gone are not taken for empty ones, and a rebuild restores them", async () => {
  const { nats } = world;
  await project(1);
  const manager = await jetstreamManager(nats);
  await manager.streams.delete("KV_dossier-states");
  const lost = { problem: "states_lost", message: expect.stringContaining("rebuild") };
  await expect(setUpNats(nats, { ackWaitMs: 2_000 })).rejects.toMatchObject(lost);
  await expect(NatsWorker.start(nats)).rejects.toMatchObject(lost);
  await expect(readState(nats, "0".repeat(32))).rejects.toMatchObject(lost);
  for (const args of [["project"], ["watch", "any"], ["serve"]]) {
    const { code, stderr } = await command(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("rebuild") });
  }
  const compared = await command("rebuild", "--compare-only");
  expect(compared).toMatchObject({ code: 3, stderr: "" });
  expect(compared.stdout).toContain("20 missions differ; the states stay as they are");
  expect(await command("rebuild")).toMatchObject({ code: 0, stderr: "" });
  expect(await world.at(undefined).differences()).toEqual([]);
  await project(2);
  expect(await world.at(undefined).differences()).toEqual([]);
});

test("a damaged state is named, and ends a run that does not follow; other missions go on", async () => {
  const { nats, server } = world;
  await project(3);
  const [damaged = ""] = (await world.storedStates()).keys();
  const bucket = await new Kvm(nats).open("dossier-states");
  await bucket.put(`state.${damaged}`, "damaged");
  await publishToNats(nats, events({ events: 300, missions: 20, seed: 4 }));
  const { code, stderr } = await command("project");
  const [waits = "", end = "", ...more] = stderr.trimEnd().split("\n");
  expect(waits).toMatch(new RegExp(`^mission ${damaged} waits: Not the binary form`));
  expect(end).toMatch(/^mission-dossier: Not the binary form/);
  expect({ code, more }).toEqual({ code: 1, more: [] });
  await bucket.delete(`state.${damaged}`);
  expect(await world.differences()).toEqual([damaged]);

  await bucket.put(`state.${damaged}`, "damaged");
  const following = startMissionDossier(["project", "--follow", "--nats", server.url]);
  await following.reported(`mission ${damaged} waits: Not the binary form`);
  following.interrupt();
  expect(await following.ended).toMatchObject({ code: 0, stderr: `${waits}\n` });
});

test("a run that follows ends within its 5 seconds when the server is down", async () => {
  const { server } = world;
  await project(5);
  const following = startMissionDossier(["project", "--follow", "--nats", server.url]);
  await sleep(2_000);
  await server.kill();
  await sleep(2_000);
  const start = performance.now();
  following.interrupt();
  expect(await following.ended).toMatchObject({ code: 0 });
  expect(performance.now() - start).toBeLessThan(6_500);
});

test("a rebuild of what is not set up creates nothing", async () => {
  const manager = await jetstreamManager(world.nats);
  const before = (await manager.getAccountInfo()).streams;
  for (const args of [["rebuild"], ["rebuild", "--compare-only"]]) {
    expect(await command(...args, "--prefix", "mistyped")).toMatchObject({
      code: 2,
      stderr: "mission-dossier: The projection is not set up on the server.\n",
    });
  }
  expect((await manager.getAccountInfo()).streams).toBe(before);
});

test("a rebuild restores a large state whose object is gone, or the bucket of all objects", async () => {
  const { nats } = world;
  await project(6);
  const [mission = ""] = (await world.storedStates()).keys();
  const bucket = await new Kvm(nats).open("dossier-states");
  await bucket.put(`state.${mission}`, `object ${mission}.1`);
  const named = `${mission}  new, or could not be read before\n`;
  const { code, stdout } = await command("rebuild", "--compare-only");
  expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining(named) });
  await (await jetstreamManager(nats)).streams.delete("OBJ_dossier-states");
  expect((await command("rebuild")).stdout).toContain(named);
  expect(await world.at(undefined).differences()).toEqual([]);
});
