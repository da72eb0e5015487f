import { publishToNats, setUpNats } from "mission-dossier/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { events } from "./events.js";
import { World } from "./world.js";

describe("the projection on a real server", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(() => world.remove());

  test("is set up once, and can be set up again", async () => {
    await setUpNats(world.nats, { ackWaitMs: 2_000 });
    await expect(setUpNats(world.nats, { ackWaitMs: 3_000, replicas: 3 })).rejects.toMatchObject({
      code: "different_topology",
      message: expect.stringContaining("dossier-events: num_replicas is 1, not 3"),
    });
  });

  test("stores what reduceByNamespace gives", async () => {
    const stream = { events: 5_000, missions: 50, seed: 1 };
    const start = performance.now();
    const report = await publishToNats(world.nats, events(stream));
    console.log(report, performance.now() - start);
    const worker = await world.startWorker();
    const s2 = performance.now();
    await world.untilDone();
    console.log("done", performance.now() - s2);
    expect(await world.differences()).toEqual([]);
    console.log(worker.of("error"), worker.of("window").map((w) => Math.round(Number(w.flushMs)) + "/" + w.events).join(" "), worker.of("lostWrite").length);
    await worker.stop();
    console.log(worker.of("stopped"));
  });
});
