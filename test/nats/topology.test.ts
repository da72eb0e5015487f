import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { natsOptionsFrom } from "../../src/nats/connection.js";
import { BUCKETS, bucketOf, Topology, TopologyError } from "../../src/nats/index.js";
import { bucketsOf } from "../../src/nats/live-workers.js";
import { runs } from "../support/runs.js";

const key = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 32, maxLength: 32 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join(""));

describe("a mission", () => {
  test("has a bucket and a subject that are functions of its key", () => {
    expect(bucketOf(`4a${"0".repeat(30)}`)).toBe(0x4a % BUCKETS);
    expect(new Topology().eventSubject(`07${"0".repeat(30)}`)).toBe(
      `dossier.event.07.07${"0".repeat(30)}`,
    );
    fc.assert(
      fc.property(key, (mission) => {
        expect(bucketOf(mission)).toBeLessThan(BUCKETS);
      }),
      { numRuns: runs(1000) },
    );
  });

  test("that is not one goes to the first bucket", () => {
    expect(new Topology().eventSubject("none")).toBe("dossier.event.00.none");
  });
});

test.each(["a.b", "", "a b", "*", "x".repeat(65)])("%j is no name on a server", (prefix) => {
  expect(() => new Topology({ prefix })).toThrow(/prefix must be/);
  expect(() => new Topology({ states: prefix })).toThrow(/states must be/);
});

test("two projections have no set of states of one name", () => {
  expect(new Topology({ prefix: "a", states: "b-c" }).stateBucket).toBe("a-b-c");
  expect(() => new Topology({ prefix: "a-b", states: "c" })).toThrow(/prefix must be/);
});

test("a set of states does not have the name of another set's bucket of workers", () => {
  expect(new Topology().workerBucket).toBe("dossier-states-workers");
  expect(() => new Topology({ states: "states-workers" })).toThrow(/states must be .*-workers/);
});

test("live workers share all buckets, and one that leaves hands over only its own", () => {
  const workers = ["a", "b", "c", "d"];
  const shares = workers.map((worker) => bucketsOf(worker, workers));
  expect(shares.flatMap((share) => [...share]).sort((a, b) => a - b)).toEqual(
    Array.from({ length: BUCKETS }, (_, index) => index),
  );
  expect(Math.min(...shares.map(({ size }) => size))).toBeGreaterThan(4);
  for (const [index, worker] of workers.slice(0, 3).entries()) {
    const before = [...(shares[index] ?? [])];
    const after = bucketsOf(worker, ["a", "b", "c"]);
    expect(before.filter((bucket) => !after.has(bucket))).toEqual([]);
  }
});

test("a wrong topology is described by each setting and both values", () => {
  const difference = { place: "dossier-events", setting: "num_replicas", expected: 3, got: 1 };
  const other = { place: "dossier-events/states-07", setting: "ack_wait", expected: 5, got: 6 };
  const { message } = new TopologyError([difference, other]);
  expect(message).toContain("dossier-events: num_replicas is 1, not 3");
  expect(message).toContain("dossier-events/states-07: ack_wait is 6, not 5");
});

describe("the environment", () => {
  test.each([
    [{}, {}],
    [{ NATS_URL: "nats://a, nats://b" }, { url: ["nats://a", "nats://b"] }],
    [{ NATS_CREDS: "f" }, { credentials: { kind: "creds", file: "f" } }],
    [{ NATS_NKEY: "f" }, { credentials: { kind: "nkey", file: "f" } }],
    [{ NATS_TOKEN: "t" }, { credentials: { kind: "token", token: "t" } }],
    [
      { NATS_USER: "u", NATS_PASSWORD: "p" },
      { credentials: { kind: "user", user: "u", password: "p" } },
    ],
    [{ NATS_CA: "ca.pem" }, { tls: { caFile: "ca.pem" } }],
  ])("%j", (environment, options) => {
    expect(natsOptionsFrom(environment)).toEqual(options);
  });
});
