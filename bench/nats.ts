// `npm run bench:nats`: how fast a worker projects the events of a NATS stream, compared with a
// consumer that only acknowledges them. It needs a server; it uses streams of its own there.
import { parseArgs } from "node:util";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import {
  connectToNats,
  NatsWorker,
  natsProgress,
  publishToNats,
  setUpNats,
  Topology,
} from "mission-dossier/nats";
import { eventAt } from "./generate.js";
import { median } from "./measure.js";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "nats://127.0.0.1:4222" },
    events: { type: "string", default: "50000" },
    missions: { type: "string", default: "100,10000" },
    runs: { type: "string", default: "3" },
  },
});

const AT_THE_SAME_TIME = 64;

const nats = await connectToNats({ url: values.url });
for (const missions of values.missions.split(",").map(Number)) {
  const raw: number[] = [];
  const least: number[] = [];
  const projected: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const topology = new Topology({ prefix: `bench_${process.pid}_${missions}_${run}` });
    try {
      await setUpNats(nats, topology);
      const start = performance.now();
      await publishToNats(nats, events(missions), topology);
      print(missions, "published", performance.now() - start);
      const time = await consume(topology);
      raw.push(time);
      least.push(time + (await put(topology, missions)));
      projected.push(await project(topology));
    } finally {
      await remove(topology);
    }
  }
  print(missions, "read and acknowledged", median(raw));
  print(missions, "and one put a mission", median(least));
  print(missions, "projected", median(projected));
  console.log(`${" ".repeat(33)}ratio ${(median(raw) / median(projected)).toFixed(2)}`);
}
await nats.close();

function print(missions: number, what: string, milliseconds: number): void {
  const rate = Math.round((Number(values.events) / milliseconds) * 1000);
  console.log(`${String(missions).padStart(6)} missions  ${what.padEnd(22)} ${rate} events/s`);
}

function* events(missions: number): Generator<Uint8Array> {
  const count = Number(values.events);
  const shape = { events: count, paths: missions * 20, namespaces: missions, disorder: 0, seed: 1 };
  for (let index = 0; index < count; index++) {
    yield new TextEncoder().encode(JSON.stringify(eventAt(index, shape)));
  }
}

/** The time in which a consumer reads and acknowledges every event, in milliseconds. */
async function consume({ eventStream }: Topology): Promise<number> {
  const manager = await jetstreamManager(nats);
  await manager.consumers.add(eventStream, {
    durable_name: "raw",
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 10_000,
  });
  const consumer = await jetstream(nats).consumers.get(eventStream, "raw");
  const start = performance.now();
  const messages = await consumer.consume({ max_messages: 1_000 });
  let left = Number(values.events);
  for await (const message of messages) {
    message.ack();
    if (--left === 0) {
      break;
    }
  }
  await nats.flush();
  const time = performance.now() - start;
  await manager.consumers.delete(eventStream, "raw");
  return time;
}

/**
 * The time in which each mission has a value of the size of a small state put, in milliseconds:
 * with reading and acknowledging, the least that a projection could take.
 */
async function put({ stateBucket }: Topology, missions: number): Promise<number> {
  const bucket = await new Kvm(nats).create(`${stateBucket}-puts`, { allow_direct: true });
  const value = new Uint8Array(1_000);
  const start = performance.now();
  for (let next = 0; next < missions; next += AT_THE_SAME_TIME) {
    const count = Math.min(AT_THE_SAME_TIME, missions - next);
    await Promise.all(
      Array.from({ length: count }, (_, index) => bucket.create(`state.${next + index}`, value)),
    );
  }
  const time = performance.now() - start;
  await bucket.destroy();
  return time;
}

/** The time in which a worker stores and acknowledges every event, in milliseconds. */
async function project(topology: Topology): Promise<number> {
  const start = performance.now();
  let stored = 0;
  let done: () => void = () => undefined;
  const isDone = new Promise<void>((resolve) => {
    done = resolve;
  });
  const worker = await NatsWorker.start(nats, {
    ...{ prefix: topology.prefix, states: topology.states },
    observer: {
      onWindow: ({ events }) => {
        stored += events;
        if (stored >= Number(values.events)) {
          done();
        }
      },
      onError: console.error,
    },
  });
  await isDone;
  // The server takes in the last acknowledgements.
  for (let left = 1; left > 0; ) {
    const { pending, unacknowledged } = await natsProgress(nats, topology);
    left = pending + unacknowledged;
  }
  const time = performance.now() - start;
  await worker.stop();
  return time;
}

async function remove(topology: Topology): Promise<void> {
  const manager = await jetstreamManager(nats);
  const { eventStream, deadLetterStream, stateBucket, workerBucket } = topology;
  for (const stream of [
    eventStream,
    deadLetterStream,
    `KV_${stateBucket}`,
    `OBJ_${stateBucket}`,
    `KV_${workerBucket}`,
  ]) {
    await manager.streams.delete(stream);
  }
}
