// `npm run bench:files`: how long `project` takes for a log of files, compared with `reduce
// --by-namespace` of the same log, in processor time and in wall-clock time.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeStream } from "./generate.js";
import { ratio } from "./measure.js";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "200000" },
    missions: { type: "string", default: "100,10000" },
    runs: { type: "string", default: "3" },
  },
});

/** A module that makes a process print its processor time, in microseconds, when it ends. */
const USAGE = `data:text/javascript,${encodeURIComponent(`process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write("\\n" + (user + system));
})`)}`;

const main = join(resolve(import.meta.dirname, "../.."), "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "mission-dossier-bench-"));
const [log, states] = [join(folder, "log.jsonl"), join(folder, "states")];
try {
  for (const namespaces of values.missions.split(",").map(Number)) {
    const events = Number(values.events);
    const shape = { events, paths: namespaces * 20, namespaces, disorder: 0, seed: 1 };
    await writeStream(log, shape);
    const [reduced, projected]: [Times[], Times[]] = [[], []];
    for (let run = 0; run < Number(values.runs); run++) {
      reduced.push(timesOf("reduce", "--by-namespace", "--format", "json", log));
      rmSync(states, { recursive: true, force: true });
      projected.push(timesOf("project", log, "--states", states));
    }
    const [processor, clock] = (["processor", "clock"] as const).map((kind) =>
      ratio(
        projected.map((times) => times[kind]),
        reduced.map((times) => times[kind]),
      ).toFixed(2),
    );
    console.log(
      `${String(namespaces).padStart(6)} missions  processor ${processor}  clock ${clock}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

type Times = { readonly processor: number; readonly clock: number };

/** The time that a command takes, in milliseconds. */
function timesOf(...args: readonly string[]): Times {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", USAGE, main, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return { processor: Number(stderr.split("\n").at(-1)) / 1_000, clock: performance.now() - start };
}
