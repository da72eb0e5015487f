import { inspect } from "node:util";
import {
  connectToNats,
  NatsWorker,
  natsOptionsFrom,
  publishToNats,
  setUpNats,
} from "mission-dossier/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventAt } from "../../bench/generate.js";
import { encode, events } from "./events.js";
import { TestServer } from "./server.js";
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
    const given = [...events({ events: 2_000, missions: 50, seed: 1 })];
    const report = await publishToNats(world.nats, given);
    expect(report.stored + report.repeated).toBe(given.length);
    const worker = await world.startWorker();
    await world.untilDone();
    expect(await world.differences()).toEqual([]);
    expect(worker.of("error")).toEqual([]);
    await worker.stop();
    expect(worker.of("stopped")).toHaveLength(1);
  });

  test("leaves out events of other types, and says so", async () => {
    const other = { ...eventAt(0, shape), event_type: "SomethingElse" };
    const report = await publishToNats(world.nats, [toBytes(other), toBytes(7)]);
    expect(report).toEqual({ stored: 1, repeated: 0, other: 1, misspelled: 0, poison: 1 });
  });

  test("names the first event that is not stored", async () => {
    const large = { ...eventAt(1, shape), note: "x".repeat(1_100_000) };
    const given = [eventAt(2, shape), eventAt(3, shape), large, eventAt(4, shape)];
    await expect(publishToNats(world.nats, given.map(toBytes))).rejects.toMatchObject({
      name: "PublishError",
      problem: "event_too_large",
      position: 2,
    });
    const inStream: unknown[] = [];
    for await (const { bytes } of world.events()) {
      inStream.push(new TextDecoder().decode(bytes));
    }
    expect(inStream.slice(-2)).toEqual(given.slice(0, 2).map((event) => JSON.stringify(event)));
  });

  test("brings the headers of an event to those who observe the worker", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const given = [5, 6, 7].map((index) => toBytes(eventAt(index, shape)));
    const worker = await world.startWorker();
    await publishToNats(world.nats, given, { headers: () => ({ traceparent }) });
    await world.untilDone();
    await worker.stop();
    expect(worker.of("stored").map(({ headers }) => headers)).toEqual(
      given.map(() => ({ traceparent })),
    );
  });

  test("needs to be set up first", async () => {
    await expect(NatsWorker.start(world.nats, { prefix: "nowhere" })).rejects.toMatchObject({
      code: "nats",
      problem: "not_set_up",
    });
    await expect(publishToNats(world.nats, [], { prefix: "nowhere" })).rejects.toMatchObject({
      problem: "not_set_up",
    });
  });
});

describe("credentials", () => {
  test("come from the environment, and no error shows them", async () => {
    const server = await TestServer.start(`authorization { user: admin, password: admin }`);
    const { url } = server;
    const good = natsOptionsFrom({ NATS_URL: url, NATS_USER: "admin", NATS_PASSWORD: "admin" });
    await (await connectToNats(good)).close();
    await (await connectToNats({ url: url.replace("//", "//admin:admin@") })).close();
    for (const options of [
      natsOptionsFrom({ NATS_URL: url, NATS_USER: "admin", NATS_PASSWORD: "hunter2" }),
      natsOptionsFrom({ NATS_URL: url, NATS_TOKEN: "hunter2" }),
      { url: url.replace("//", "//admin:hunter2@") },
    ]) {
      const error = await connectToNats(options).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "nats", problem: "unreachable" });
      expect(inspect(error, { depth: 9 })).not.toContain("hunter2");
    }
    await server.remove();
  });
});

const shape = { events: 10, paths: 10, namespaces: 10, disorder: 0, seed: 77 };

function toBytes(value: unknown): Uint8Array {
  return encode(JSON.stringify(value));
}
