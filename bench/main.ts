// `npm run bench`: how long reading, judging and reducing take, compared with reading
// lines and parsing their JSON, which every program has to do.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { acceptsPayload, DossierAccumulator, type EventJson, stateToBinary } from "mission-dossier";
import { schemaText } from "mission-dossier/conformance";
import * as contenders from "./contenders.js";
import { eventAt, type StreamShape, writeStream } from "./generate.js";
import { inProcess, median, race, ratio, wallTime } from "./measure.js";

/** Every n-th event is a snapshot, whose hash covers all paths. */
const SNAPSHOT_EVERY = 50;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    paths: { type: "string", default: "5000" },
    namespaces: { type: "string", default: "1000" },
    disorder: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "5" },
    memory: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

const HELP = `Usage: npm run bench -- [options]

  --events <n>      number of events in a stream (default: 1000000)
  --paths <n>       number of artifacts in a stream (default: 5000)
  --namespaces <n>  number of missions in the interleaved stream (default: 1000)
  --disorder <d>    share of the shuffled stream that is out of order, 0 to 1 (default: 1)
  --seed <n>        seed of the generated events (default: 1)
  --runs <n>        number of rounds; their medians are shown (default: 5)
`;

if (values.help) {
  process.stdout.write(HELP);
} else if (values.memory !== undefined) {
  await printPeakMemory(values.memory);
} else {
  await bench();
}

async function bench(): Promise<void> {
  const runs = numberOf("runs");
  const shape: StreamShape = {
    events: numberOf("events"),
    paths: numberOf("paths"),
    namespaces: 1,
    disorder: 0,
    seed: numberOf("seed"),
  };
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-bench-"));
  try {
    const file = (name: string): string => join(folder, `${name}.jsonl`);
    await writeStream(file("ordered"), shape);
    await writeStream(file("shuffled"), { ...shape, disorder: numberOf("disorder") });
    await writeStream(file("tenth"), { ...shape, events: Math.ceil(shape.events / 10) });
    await writeStream(file("interleaved"), { ...shape, namespaces: numberOf("namespaces") });
    await writeStream(file("claims"), { ...shape, snapshotEvery: SNAPSHOT_EVERY });
    await writeStream(file("claims-shuffled"), {
      ...shape,
      snapshotEvery: SNAPSHOT_EVERY,
      disorder: numberOf("disorder"),
    });
    printMachine(shape, runs, statSync(file("ordered")).size);
    await printStreams(file, shape, runs);
    await printAudit(file, shape, runs);
    printMemory(file, shape, runs);
    await printBinary(file, shape, runs);
    await printPayloads(shape, runs);
    await printAccumulators(file, shape, runs);
    await printIncrement(file, shape, runs);
    printStart(runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function printMachine({ events, paths, seed }: StreamShape, runs: number, bytes: number): void {
  print(`${events} events of ${Math.round(bytes / events)} bytes, ${paths} paths, seed ${seed}`);
  print(
    `medians of ${runs} rounds, Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "?"}`,
  );
}

type FileOf = (name: string) => string;

async function printStreams(file: FileOf, { events }: StreamShape, runs: number): Promise<void> {
  const ordered = file("ordered");
  const times = await race(
    {
      floor: () => contenders.floor(ordered),
      readline: () => contenders.withReadline(ordered),
      reduce: () => contenders.reduce(ordered),
      reduceStream: () => contenders.reduceStream(ordered),
      shuffled: () => contenders.reduce(file("shuffled")),
      tenth: () => contenders.reduce(file("tenth")),
      one: () => contenders.reduceEach(ordered),
      interleaved: () => contenders.reduceEach(file("interleaved")),
      validate: () => contenders.validate(ordered),
      zod: () => contenders.withZod(ordered),
      protovalidate: () => contenders.withProtovalidate(ordered),
    },
    runs,
  );
  const row = (name: string, contender: keyof typeof times): string[] => [
    name,
    microseconds(median(times[contender]), events),
    ratio(times[contender], times.floor).toFixed(2),
  ];
  table(
    "events of a file",
    ["µs an event", "× the floor"],
    [
      row("the floor: lines and JSON.parse", "floor"),
      row("the same with node:readline", "readline"),
      row("reduce, on the floor's lines", "reduce"),
      row("reduce, on readEventFile", "reduceStream"),
      row("validate", "validate"),
      row("zod", "zod"),
      row("protobuf-es and protovalidate", "protovalidate"),
    ],
  );
  table(
    "reduce",
    ["ratio", "at most"],
    [
      ["to the floor", ratio(times.reduce, times.floor).toFixed(2), "1.90"],
      ["to node:readline and JSON.parse", ratio(times.reduce, times.readline).toFixed(2), ""],
      ["shuffled, to in order", ratio(times.shuffled, times.reduce).toFixed(2), "1.10"],
      ["ten times the events", ratio(times.reduce, times.tenth).toFixed(2), "10.50"],
      ["many namespaces, to one", ratio(times.interleaved, times.one).toFixed(2), "1.30"],
    ],
  );
}

async function printAudit(file: FileOf, { events }: StreamShape, runs: number): Promise<void> {
  const claims = file("claims");
  const times = await race(
    {
      reduce: () => contenders.reduce(claims),
      audit: () => contenders.audit(claims),
      reduceReport: () => contenders.reduceReport(claims),
      auditOfStream: () => contenders.auditOfStream(claims),
      shuffled: () => contenders.audit(file("claims-shuffled")),
    },
    runs,
  );
  const row = (name: string, contender: keyof typeof times, base: keyof typeof times): string[] => [
    name,
    microseconds(median(times[contender]), events),
    ratio(times[contender], times[base]).toFixed(2),
  ];
  table(
    `audit, with a snapshot every ${SNAPSHOT_EVERY} events`,
    ["µs an event", "× reduce", "at most"],
    [
      [...row("reduce, on the floor's lines", "reduce", "reduce"), ""],
      [...row("audit, on the floor's lines", "audit", "reduce"), ""],
      [...row("reduce, on readEventFile", "reduceReport", "reduceReport"), ""],
      [...row("audit, on readEventFile", "auditOfStream", "reduceReport"), "2.00"],
      [...row("audit, shuffled", "shuffled", "reduce"), ""],
    ],
  );
}

function printMemory(file: FileOf, { events }: StreamShape, runs: number): void {
  const peak = (contender: string): number =>
    median(
      Array.from({ length: Math.min(runs, 3) }, () =>
        inProcess("--memory", `${contender}:${file("ordered")}`),
      ),
    );
  const [floor, reduce] = [peak("floor"), peak("reduce")];
  const perEvent = ((reduce - floor) * 1024) / events;
  table(
    "peak memory",
    ["MB", "bytes an event", "at most"],
    [
      ["the floor", (floor / 1024).toFixed(0), "", ""],
      ["reduce", (reduce / 1024).toFixed(0), perEvent.toFixed(0), "72"],
    ],
  );
}

/** Runs in a process started by {@link printMemory}, and prints its peak memory in kilobytes. */
async function printPeakMemory(what: string): Promise<void> {
  const [contender = "", ...path] = what.split(":");
  await (contender === "floor" ? contenders.floor : contenders.reduce)(path.join(":"));
  print(String(process.resourceUsage().maxRSS));
}

async function printBinary(file: FileOf, { events }: StreamShape, runs: number): Promise<void> {
  const binary = contenders.binaryEvents(file("ordered"), Math.min(events, 100_000));
  const times = await race(
    {
      decode: () => contenders.decodeBinary(binary),
      reduce: () => contenders.reduceBinary(binary),
    },
    runs,
  );
  table(
    "binary events",
    ["µs an event", "× decoding"],
    [
      ["protobuf-es, decoding only", microseconds(median(times.decode), binary.length), "1.00"],
      [
        "reduce",
        microseconds(median(times.reduce), binary.length),
        ratio(times.reduce, times.decode).toFixed(2),
      ],
    ],
  );
}

async function printPayloads(shape: StreamShape, runs: number): Promise<void> {
  const type = "MissionDossierArtifactIndexed";
  const payloads = Array.from({ length: 2000 }, (_, index) => eventAt(index, shape))
    .filter(({ event_type }) => event_type === type)
    // Parsed from text, because parsed objects may perform differently from literals.
    .map(({ payload }): unknown => JSON.parse(JSON.stringify(payload)));
  const compiled = new Ajv2020().compile(
    JSON.parse(schemaText("mission_dossier_artifact_indexed_payload")),
  );
  const repeat = (judge: (payload: unknown) => boolean) => (): void => {
    for (let round = 0; round < 100; round++) {
      for (const payload of payloads) {
        if (!judge(payload)) {
          throw new Error("a generated payload is invalid");
        }
      }
    }
  };
  const times = await race(
    {
      ajv: repeat((payload) => compiled(payload)),
      ours: repeat((payload) => acceptsPayload(type, payload)),
    },
    Math.max(runs, 5),
  );
  const count = 100 * payloads.length;
  table(
    "the verdict on a payload",
    ["µs", "× Ajv", "at most"],
    [
      ["the schema compiled by Ajv", microseconds(median(times.ajv), count), "1.00", ""],
      [
        "acceptsPayload",
        microseconds(median(times.ours), count),
        ratio(times.ours, times.ajv).toFixed(2),
        "1.30",
      ],
    ],
  );
}

async function printAccumulators(file: FileOf, shape: StreamShape, runs: number): Promise<void> {
  const { events } = shape;
  const ordered = file("ordered");
  const whole = contenders.accumulate(ordered);
  const bytes = whole.toBinary();
  const beside = (bytes.length - stateToBinary(whole.state()).length) / events;
  const [first, second] = contenders.halves(ordered, events);
  const times = await race(
    {
      read: () => contenders.accumulate(ordered),
      write: () => whole.toBinary(),
      restore: () => DossierAccumulator.fromBinary(bytes),
      half: () => contenders.halves(ordered, events, 1),
      merge: () => contenders.merged(first, second),
      copy: () => contenders.merged(first),
    },
    runs,
  );
  // Merging changes an accumulator, so each round begins with a copy of the first half.
  const merge = times.merge.map((time, round) => time - (times.copy[round] ?? Number.NaN));
  table(
    "accumulators",
    ["measured", "target"],
    [
      ["a checkpoint, bytes an event beside the state", beside.toFixed(1), "at most 40"],
      ["writing one, µs an event", microseconds(median(times.write), events), ""],
      ["restoring one, µs an event", microseconds(median(times.restore), events), ""],
      [
        "reading the events again, × restoring",
        ratio(times.read, times.restore).toFixed(1),
        "at least 5",
      ],
      ["merging two halves, × adding one", ratio(merge, times.half).toFixed(2), "at most 0.50"],
    ],
  );
}

async function printIncrement(file: FileOf, shape: StreamShape, runs: number): Promise<void> {
  const large = contenders.accumulate(file("ordered"));
  const added = 1000;
  let next = shape.events;
  const more = (): EventJson[] =>
    Array.from({ length: added }, (_, index) =>
      JSON.parse(JSON.stringify(eventAt(next + index, shape))),
    );
  const ratios: number[] = [];
  const each: { empty: number[]; large: number[] } = { empty: [], large: [] };
  for (let round = 0; round < Math.max(runs, 5) * 4; round++) {
    const events = more();
    next += added;
    const empty = events.map(() => new DossierAccumulator());
    let start = performance.now();
    for (const [index, event] of events.entries()) {
      empty[index]?.add(event);
    }
    const toEmpty = performance.now() - start;
    start = performance.now();
    for (const event of events) {
      large.add(event);
    }
    const toLarge = performance.now() - start;
    each.empty.push(toEmpty);
    each.large.push(toLarge);
    ratios.push(toLarge / toEmpty);
  }
  table(
    "one add",
    ["µs", "ratio", "at most"],
    [
      ["to an empty accumulator", microseconds(median(each.empty), added), "1.00", ""],
      [
        `to one of ${shape.events} events`,
        microseconds(median(each.large), added),
        median(ratios).toFixed(2),
        "2.00",
      ],
    ],
  );
}

function printStart(runs: number): void {
  const root = resolve(import.meta.dirname, "../..");
  const command = [join(root, "dist/cli/main.js"), "reduce"];
  const fixture = join(root, "fixtures/dossier/replay/dossier_replay_happy_path.jsonl");
  const [bare, reduce]: [number[], number[]] = [[], []];
  for (let round = 0; round < Math.max(runs, 5) * 3; round++) {
    bare.push(wallTime(process.execPath, ["-e", "0"]));
    reduce.push(wallTime(process.execPath, [...command, fixture]));
  }
  table(
    "start",
    ["ms", "ratio", "at most"],
    [
      ["node -e 0", median(bare).toFixed(0), "1.00", ""],
      ["mission-dossier reduce", median(reduce).toFixed(0), ratio(reduce, bare).toFixed(2), "3.00"],
    ],
  );
}

function numberOf(name: "events" | "paths" | "namespaces" | "disorder" | "seed" | "runs"): number {
  const number = Number(values[name]);
  if (!(Number.isFinite(number) && number >= 0)) {
    throw new RangeError(`--${name} must be a number`);
  }
  return number;
}

function microseconds(milliseconds: number, count: number): string {
  return ((milliseconds * 1000) / count).toFixed(2);
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const all = [[title, ...heads], ...rows];
  const widths = [title, ...heads].map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  print("");
  for (const row of all) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    print(cells.join("  ").trimEnd());
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
