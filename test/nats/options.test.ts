import type { NatsConnection } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { NatsWorker, publishToNats } from "../../src/nats/index.js";

// Options are checked before the server is asked for anything.
const away = {} as NatsConnection;

test.each([0, 1.5, 1001, "5"])("publishing in batches of %j is refused", async (batch) => {
  await expect(publishToNats(away, [], { batch: batch as number })).rejects.toMatchObject({
    code: "invalid_argument",
    field: "batch",
  });
});

test.each([
  ["batch", 0],
  ["maxOpenMissions", -1],
  ["lingerMs", Number.NaN],
])("a worker with a %s of %d is refused", async (option, value) => {
  await expect(NatsWorker.start(away, { [option]: value })).rejects.toMatchObject({
    code: "invalid_argument",
    field: option,
  });
});
