// A consumer: reduces a log to the states of its missions. A bad line, a bad event or a bad
// payload does not hold up any other; each is reported with its line and field.
//
//   npx tsx consumer.ts events.jsonl
import { createReadStream } from "node:fs";
import { type EventJson, keyOfNamespace, type Violation } from "mission-dossier";
import { readJsonRecords, reduceStreamByNamespace } from "mission-dossier/stream";

const [log = "events.jsonl"] = process.argv.slice(2);

/** The line of each event, by its position in the stream. */
const lines: number[] = [];
const problems = new Map<number, string[]>();

// An iterable, not a generator: it may have to be read twice.
const events = {
  async *[Symbol.asyncIterator]() {
    lines.length = 0;
    for await (const { place, ...record } of readJsonRecords(createReadStream(log))) {
      if (record.kind === "unreadable") {
        problems.set(place.line, [record.reason]);
      } else {
        lines.push(place.line);
        yield record.json as EventJson; // The reducer validates it.
      }
    }
  },
};

const { missions, unassigned } = await reduceStreamByNamespace(events, {
  onInvalidEvent: ({ position = 0, violations }) => reject(position, violations),
});
for (const { position, violations } of [...missions, unassigned].flatMap(
  ({ skipped }) => skipped,
)) {
  reject(position, violations, "payload.");
}

for (const [line, messages] of [...problems].sort(([a], [b]) => a - b)) {
  for (const message of messages) {
    console.error(`${log}:${line}: ${message}`);
  }
}
for (const { state } of missions) {
  const key = state.namespace === undefined ? "" : keyOfNamespace(state.namespace);
  console.log(`${key} ${state.parityStatus}: ${state.artifacts.size} artifacts`);
}

function reject(position: number, violations: readonly Violation[], prefix = ""): void {
  const messages = violations.map(({ field, message }) => `${prefix}${field}: ${message}`);
  problems.set(lines[position] ?? 0, messages);
}
