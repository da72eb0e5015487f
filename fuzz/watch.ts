import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Message, Orders } from "./child.js";
import type { Finding } from "./finding.js";
import { readProgress } from "./progress-file.js";

const CHILD = fileURLToPath(new URL("child.js", import.meta.url));

/** A process that has begun no other case for so long hangs. */
const HANGS_AFTER = 60_000;

const LOOKS_EVERY = 500;

/** What is fuzzed, and for how long. */
export type Watched = Omit<Orders, "progress">;

/**
 * Fuzzes a target in a process of its own, and in a further one when that ends before
 * its time, or hangs.
 *
 * @returns How many cases were run.
 */
export async function watchTarget(
  { target, kept, seed, milliseconds }: Watched,
  found: (finding: Finding) => void,
): Promise<number> {
  const until = performance.now() + milliseconds;
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-fuzz-"));
  try {
    let executions = 0;
    const known = new Set<string>();
    const foundOnce = (finding: Finding): void => {
      if (!known.has(finding.signature)) {
        known.add(finding.signature);
        found(finding);
      }
    };
    for (let attempt = 0; performance.now() < until; attempt++) {
      const orders = {
        target,
        kept,
        // Another process with the same seed would meet the same end.
        seed: seed + attempt,
        milliseconds: until - performance.now(),
        progress: join(folder, `progress-${attempt}`),
      };
      executions += await watchProcess(orders, foundOnce);
    }
    return executions;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function watchProcess(orders: Orders, found: (finding: Finding) => void): Promise<number> {
  const child = fork(CHILD, [JSON.stringify(orders)], {
    execArgv: ["--max-old-space-size=2048"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errorOutput = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errorOutput = `${errorOutput}${chunk}`.slice(-4000);
  });
  let done: number | undefined;
  child.on("message", (message: Message) => {
    if (message.kind === "finding") {
      found(message.finding);
    } else {
      done = message.executions;
    }
  });
  let isHanging = false;
  let seen = -1;
  let seenAt = performance.now();
  const watch = setInterval(() => {
    const executions = executionsOf(orders);
    if (executions !== seen) {
      seen = executions;
      seenAt = performance.now();
    } else if (performance.now() - seenAt > HANGS_AFTER) {
      isHanging = true;
      child.kill("SIGKILL");
    }
  }, LOOKS_EVERY);
  const [code, signal] = await once(child, "exit");
  clearInterval(watch);
  if (done !== undefined) {
    return done;
  }
  const executions = executionsOf(orders);
  if (executions === 0) {
    throw new Error(`the process of ${orders.target} did not begin:\n${errorOutput}`);
  }
  const end = isHanging ? "a case ends" : "a case does not end the process";
  found({
    target: orders.target,
    signature: end,
    problem: isHanging ? "it hangs" : `exit code ${code}, signal ${signal}\n${errorOutput}`,
    given: readProgress(orders.progress).given(),
    seed: orders.seed,
  });
  return executions;
}

function executionsOf({ progress }: Orders): number {
  return existsSync(progress) ? readProgress(progress).executions : 0;
}
