// A worker, as a process that a test can end at any moment. It reports on its standard output,
// a line of JSON for each thing that happened.
import { connectToNats, NatsWorker } from "mission-dossier/nats";

const [url = "", options = "{}"] = process.argv.slice(2);
const report = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const nats = await connectToNats({ url });
const worker = await NatsWorker.start(nats, {
  ...JSON.parse(options),
  observer: {
    onWindow: ({ events, missions, flushMs }) =>
      report({ kind: "window", events, missions, flushMs }),
    onStored: ({ seq, headers }) => {
      if (Object.keys(headers).length > 0) {
        report({ kind: "stored", seq, headers });
      }
    },
    onRedelivered: (events) => report({ kind: "redelivered", events }),
    onLostWrite: (mission) => report({ kind: "lostWrite", mission }),
    onDeadLetter: ({ seq, reason }) => report({ kind: "deadLetter", seq, reason }),
    onQuarantine: (event) => report({ kind: "quarantine", ...event }),
    onBuckets: (buckets) => report({ kind: "buckets", count: buckets.length }),
    onError: (error, mission) =>
      report({ kind: "error", mission, message: error instanceof Error ? error.message : error }),
  },
});
report({ kind: "ready" });
process.once("SIGTERM", async () => {
  await worker.stop();
  await nats.close();
  report({ kind: "stopped", memory: process.resourceUsage().maxRSS });
});
